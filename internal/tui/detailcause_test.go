package tui

import (
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// A caller that failed tells what failed first beneath it, not what those
// between made of it.
func TestCauseIsTheOrigin(t *testing.T) {
	failed := func(id, parent trace.SpanID, service, exception string) trace.Span {
		s := span(id, parent, service, "op", int64(id)*ms, 100*ms-2*int64(id)*ms)
		s.Status = trace.StatusError
		if exception != "" {
			s.Events = []trace.Event{{Name: "exception", Time: s.End(), Attributes: []trace.Attribute{{Key: "exception.type", Value: trace.String(exception)}}}}
		}
		return s
	}
	d := open(t, trace.Evidence{ID: fixtureID, Spans: []trace.Span{failed(1, 0, "gateway", ""), failed(2, 1, "order", "PaymentError"), failed(3, 2, "payment", "NilPointer")}})
	d.sees("payment op: NilPointer").misses("order op: PaymentError")
}
