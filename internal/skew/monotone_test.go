package skew

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// A call that fits what was found already narrows intervals or leaves them.
func TestConsistentEvidenceNeverWidens(t *testing.T) {
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		before := Estimate(tr.Spans, tr.Logs)
		rng := rand.New(rand.NewPCG(11, 12))
		spans := slices.Clone(tr.Spans)
		for n := range 5 {
			from, to := rng.IntN(len(tr.Spans)), rng.IntN(len(tr.Spans))
			at := epoch + rng.Int64N(100*millisecond)
			client := span(trace.SpanID(1<<40+2*n), 0, trace.KindClient, tr.Spans[from].Resource, at-epoch, at-epoch+30*ms)
			server := span(trace.SpanID(1<<40+2*n+1), client.ID, trace.KindServer, tr.Spans[to].Resource, at-epoch+5*ms, at-epoch+20*ms)
			client.Start = (client.Start - before.Span(from).Offset) / ms * ms // no clock gets finer by it
			server.Start = (server.Start - before.Span(to).Offset) / ms * ms
			spans = append(spans, client, server)
		}
		after := Estimate(spans, tr.Logs)
		if referenceOf(before) != referenceOf(after) || !reflect.DeepEqual(ignored(before), ignored(after)) {
			return // the calls decided something that was open, or did contradict what had been ignored
		}
		for i := range tr.Spans {
			was, is := before.Span(i), after.Span(i)
			if was.Component != 0 || was.Status == Unknown {
				continue
			}
			if is.Low < was.Low || is.High > was.High || is.HardLow < was.HardLow || is.HardHigh > was.HardHigh {
				t.Fatalf("was %+v, is %+v", was, is)
			}
		}
	})
}

// ignored returns the ignored spans by clock.
func ignored(c *Clocks) map[string][]trace.SpanID {
	spans := make(map[string][]trace.SpanID)
	for _, k := range c.All() {
		for _, sample := range k.IgnoredSamples {
			spans[k.Name] = append(spans[k.Name], sample.Span)
		}
	}
	return spans
}

// referenceOf names the reference of the largest component.
func referenceOf(c *Clocks) string {
	for _, k := range c.All() {
		if k.Status == Reference && k.Component == 0 {
			return k.Name
		}
	}
	return ""
}
