package jaeger

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// TestAnOldTraceThatBreaksOffIsNotTakenForWhole has a trace that is not to be
// had by its ID, and a search for it whose answer breaks off behind its first
// span.
func TestAnOldTraceThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	began := time.Now().Add(-240 * time.Hour).UnixNano()
	server := newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(r.URL.Path, id) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"error":{"httpCode":404,"message":"No traces found"}}`))
			return
		}
		fmt.Fprintf(w, `{"result":{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[`+
			`{"traceId":"%s","spanId":"00f067aa0ba902b7","name":"pay","startTimeUnixNano":"%d","endTimeUnixNano":"%d"},{"traceId":"%s",`, id, began, began+1000, id)
	})
	c := newClient(t, Config{URL: server.URL})
	wanted, _ := trace.ParseID(id)
	ev, err := c.Spans(t.Context(), wanted, trace.Window{From: began, Until: began + 1000})
	if err != nil || len(ev.Spans) != 1 || len(ev.Gaps) != 1 || !strings.HasPrefix(ev.Gaps[0].Reason, "only 1 span came") {
		t.Errorf("%d spans, gaps %v, %v", len(ev.Spans), ev.Gaps, err)
	}
}
