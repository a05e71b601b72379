package skew

import (
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// Two traces of one case, each with the same span IDs, prove together what
// neither could alone: one holds the clock of b from one side, the other from
// the other.
func TestTracesOfOneCaseShareTheirClocks(t *testing.T) {
	const off = 100 * millisecond // b is ahead
	a := &trace.Resource{Origin: trace.Origin{Service: "a", Host: "a"}}
	b := &trace.Resource{Origin: trace.Origin{Service: "b", Host: "b"}}
	span := func(of, id, parent uint64, at, took int64, kind trace.Kind, r *trace.Resource) trace.Span {
		if r == b {
			at += off
		}
		return trace.Span{Trace: trace.ID{Lo: of}, ID: trace.SpanID(id), Parent: trace.SpanID(parent), Start: epoch + at, Duration: took, Kind: kind, Resource: r}
	}
	first := []trace.Span{
		span(1, 1, 0, 1, 10*millisecond+3, trace.KindClient, a),
		span(1, 2, 1, 2*millisecond+1, 5*millisecond+7, trace.KindServer, b),
	}
	later := []trace.Span{
		span(2, 1, 0, second+1, 3*millisecond+3, trace.KindClient, b),
		span(2, 2, 1, second+1*millisecond+1, 1*millisecond+9, trace.KindServer, a),
	}
	together := Estimate(append(append([]trace.Span{}, first...), later...), nil)
	alone := Estimate(first, nil)
	width := func(c *Clocks) int64 { clock := byName(t, c, "b"); return clock.High - clock.Low }
	if got := byName(t, together, "b"); got.Low > -off || got.High < -off || width(together) >= width(alone) {
		t.Errorf("together [%d, %d], alone %d wide", got.Low, got.High, width(alone))
	}
}

// A link to a span of another trace is evidence: what is linked to came first.
func TestALinkAcrossTracesIsEvidence(t *testing.T) {
	a := &trace.Resource{Origin: trace.Origin{Service: "a", Host: "a"}}
	b := &trace.Resource{Origin: trace.Origin{Service: "b", Host: "b"}}
	producer := trace.Span{Trace: trace.ID{Lo: 1}, ID: 1, Start: epoch + 1, Duration: millisecond, Resource: a, Kind: trace.KindProducer}
	consumer := trace.Span{Trace: trace.ID{Lo: 2}, ID: 1, Start: epoch - second + 1, Duration: millisecond, Resource: b, Kind: trace.KindConsumer}
	consumer.Links = []trace.Link{{Trace: trace.ID{Lo: 1}, Span: 1}}
	c := Estimate([]trace.Span{producer, consumer}, nil)
	if gap := c.Span(1).Offset - c.Span(0).Offset; gap < second-millisecond {
		t.Errorf("the consumer still starts before what it consumes: %d", gap)
	}
}
