package es

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// maxReason is how much of a server's own words is shown.
const maxReason = 240

// A statusError is a server's answer that is none.
type statusError struct {
	host   string
	status int
	kind   string // error.type
	text   string
	after  time.Duration // Retry-After, 0 when the server told none
}

func (e *statusError) Error() string {
	what := strconv.Itoa(e.status)
	if name := http.StatusText(e.status); name != "" {
		what += " " + name
	}
	if e.refused() {
		what = trace.ErrRefused.Error() + ": " + what
	}
	if e.text != "" {
		what += ": " + e.text
	}
	return e.host + ": " + what
}

func (e *statusError) refused() bool {
	return e.status == http.StatusUnauthorized || e.status == http.StatusForbidden
}

// Is makes refusals trace.ErrRefused.
func (e *statusError) Is(target error) bool { return target == trace.ErrRefused && e.refused() }

// newStatusError reads what the server says; a proxy's page of HTML is left out.
func (t *transport) newStatusError(host string, res *esapi.Response, body []byte) error {
	e := &statusError{host: host, status: res.StatusCode, after: retryAfter(res.Header.Get("Retry-After"), t.now())}
	var said struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil {
		e.kind, e.text = reasonOf(said.Error)
	}
	for _, secret := range t.secrets {
		e.text = strings.ReplaceAll(e.text, secret, "…")
	}
	e.text = clean(e.text, maxReason)
	return e
}

// A cause is an error as Elasticsearch words it.
type cause struct {
	Type     string          `json:"type"`
	Reason   string          `json:"reason"`
	Index    string          `json:"index"`
	Root     []cause         `json:"root_cause"`
	CausedBy json.RawMessage `json:"caused_by"`
}

// reasonOf takes the root cause, which says more than "all shards failed".
func reasonOf(raw json.RawMessage) (kind, text string) {
	var plain string
	if json.Unmarshal(raw, &plain) == nil {
		return "", plain
	}
	var c cause
	if json.Unmarshal(raw, &c) != nil {
		return "", ""
	}
	if len(c.Root) > 0 {
		c = c.Root[0]
	}
	return c.Type, c.words()
}

// words is the reason, with the deepest cause where that is another.
func (c cause) words() string {
	text := c.Reason
	if text == "" {
		text = c.Type
	}
	for raw := c.CausedBy; len(raw) > 0; {
		var inner cause
		if json.Unmarshal(raw, &inner) != nil {
			break
		}
		if raw = inner.CausedBy; len(raw) == 0 && inner.Reason != "" && !strings.Contains(text, inner.Reason) {
			text += ": " + inner.Reason
		}
	}
	if c.Index != "" && !strings.Contains(text, c.Index) {
		text += " (index " + c.Index + ")"
	}
	return text
}

// clean makes a foreign text one line of a limited length that is safe to show.
func clean(s string, limit int) string {
	text := safe.Of(strings.Join(strings.Fields(s), " ")).String()
	n := 0
	for i := range text {
		if n++; n > limit {
			return text[:i] + "…"
		}
	}
	return text
}

// join makes one error of several, each fact once.
func join(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	texts := make([]string, 0, len(errs))
	for _, err := range errs {
		texts = union(texts, []string{err.Error()})
	}
	return &joined{text: strings.Join(texts, "; "), errs: errs}
}

type joined struct {
	text string
	errs []error
}

func (j *joined) Error() string   { return j.text }
func (j *joined) Unwrap() []error { return j.errs }

func parseInt(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil && n < 0 {
		return 0, fmt.Errorf("%d is negative", n)
	}
	return n, err
}
