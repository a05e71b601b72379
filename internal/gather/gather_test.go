package gather_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
)

// An answer is a source that says one thing.
type answer struct {
	unasked
	ev  trace.Evidence
	err error
}

func (a answer) Spans(context.Context, trace.ID, trace.Window) (trace.Evidence, error) {
	return a.ev, a.err
}

func (a answer) Logs(context.Context, trace.ID, gather.Hint) (trace.Evidence, error) {
	return a.ev, a.err
}

var (
	spans    = answer{ev: trace.Evidence{Spans: make([]trace.Span, 2)}}
	logs     = answer{ev: trace.Evidence{Logs: make([]trace.Log, 3), Searched: trace.Searched{Indices: []string{"logs"}}}}
	someLogs = answer{ev: trace.Evidence{Logs: make([]trace.Log, 1), Gaps: []trace.Gap{{Reason: "2 of 5 shards failed"}}}}
	noLogs   = answer{}
	noTrace  = answer{err: fmt.Errorf("jaeger: trace 1: %w", trace.ErrNotFound)}
	down     = answer{err: errors.New("connection refused at x:1")}
	refused  = answer{err: fmt.Errorf("elasticsearch: 401: %w", trace.ErrRefused)}
	onlyGap  = answer{ev: trace.Evidence{Gaps: []trace.Gap{{Source: "elasticsearch", Reason: "timed out"}}}}
)

func TestAll(t *testing.T) {
	tests := []struct {
		name        string
		spans, logs answer
		wantErr     string // "" shows something
		wantGaps    string
		wantNoTrace bool
	}{
		{"both answer", spans, logs, "", "", false},
		{"no logs is an answer", spans, noLogs, "", "", false},
		{"no trace, but logs", noTrace, logs, "", "", true},
		{"jaeger is down", down, logs, "", "jaeger is missing: connection refused at x:1", false},
		{"elasticsearch is down", spans, down, "", "elasticsearch is missing: connection refused at x:1", false},
		{"elasticsearch refuses", spans, refused, "", "elasticsearch is missing: 401: refused", false},
		{"some shards failed", spans, someLogs, "", "elasticsearch is incomplete: 2 of 5 shards failed", false},
		{"nobody knows it", noTrace, noLogs, "not found", "", true},
		{"both are down", down, down, "no source answered", "", false},
		{"no trace, and elasticsearch is down", noTrace, down, "jaeger has no such trace, and its logs are unknown", "", true},
		{"no logs, and jaeger is down", down, noLogs, "elasticsearch has no logs of it, and its spans are unknown", "", false},
		{"nothing found in a search that was cut short", noTrace, onlyGap, "nothing was found, but elasticsearch is incomplete: timed out", "elasticsearch is incomplete: timed out", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ev, err := gather.All(t.Context(), trace.ID{Lo: 1}, gather.Sources{Spans: tt.spans, SpansName: "jaeger", Logs: tt.logs, LogsName: "elasticsearch"})
			if (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("error %v, want %q", err, tt.wantErr)
			}
			var gaps []string
			for _, g := range ev.Gaps {
				gaps = append(gaps, g.String())
			}
			if got := strings.Join(gaps, "; "); got != tt.wantGaps {
				t.Errorf("gaps %q, want %q", got, tt.wantGaps)
			}
			if ev.NoTrace != tt.wantNoTrace {
				t.Errorf("no trace: %v", ev.NoTrace)
			}
			if err == nil && (len(ev.Spans) != len(tt.spans.ev.Spans) || len(ev.Logs) != len(tt.logs.ev.Logs)) {
				t.Errorf("%d spans and %d logs", len(ev.Spans), len(ev.Logs))
			}
		})
	}
}

func TestAllKeepsWhatTheErrorsAre(t *testing.T) {
	src := gather.Sources{Spans: noTrace, SpansName: "jaeger", Logs: refused, LogsName: "elasticsearch"}
	if _, err := gather.All(t.Context(), trace.ID{Lo: 1}, src); !errors.Is(err, trace.ErrRefused) {
		t.Errorf("%v does not tell that a source refused", err)
	}
	src.Logs = noLogs
	if _, err := gather.All(t.Context(), trace.ID{Lo: 1}, src); !errors.Is(err, trace.ErrNotFound) {
		t.Errorf("%v does not tell that nobody knows the trace", err)
	}
}

// A source that waits for the other proves that both are asked at once.
type meeting struct {
	unasked
	place chan struct{}
}

func (m meeting) meet(ctx context.Context) error {
	select {
	case m.place <- struct{}{}:
		return nil
	case <-m.place:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m meeting) Spans(ctx context.Context, _ trace.ID, _ trace.Window) (trace.Evidence, error) {
	return spans.ev, m.meet(ctx)
}

func (m meeting) Logs(ctx context.Context, _ trace.ID, _ gather.Hint) (trace.Evidence, error) {
	return logs.ev, m.meet(ctx)
}

func TestSourcesAreAskedSideBySide(t *testing.T) {
	m := meeting{place: make(chan struct{})}
	ev, err := gather.All(t.Context(), trace.ID{Lo: 1}, gather.Sources{Spans: m, Logs: m})
	if err != nil || len(ev.Gaps) > 0 {
		t.Errorf("%v, %v", err, ev.Gaps)
	}
}

// unasked is the half of a source that these tests never ask.
type unasked struct{}

func (unasked) FindSpans(context.Context, trace.Query) (trace.Found, error) {
	panic("nobody searches here")
}

func (unasked) FindLogs(context.Context, trace.Query) (trace.Found, error) {
	panic("nobody searches here")
}

func (unasked) Tally(context.Context, trace.ID) (trace.Summary, error) { panic("nobody counts here") }
