package skew

import (
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A rule is why one clock's correction bounds another's. The order is the
// order of trust: where evidence is contradictory, the lowest rule yields.
type rule uint8

const (
	ruleEnd      rule = iota // a callee ends before its caller does: soft
	ruleLog                  // a log is written after its span started
	ruleOverlap              // a callee starts before its caller ends: medium
	ruleLink                 // a linked span started before the one that links it
	ruleStart                // a child starts after its parent started: hard
	ruleIdentity             // records that claim one machine share its clock
	numRules     = iota
)

// hard reports whether the rule can only fail when records are wrong.
func (r rule) hard() bool { return r >= ruleLink }

const (
	microsecond = int64(1000)
	millisecond = 1000 * microsecond
	second      = 1000 * millisecond

	// maxGap is the largest distance in time that is evidence of anything, 73
	// years. It keeps sums of gaps far from overflow.
	maxGap = int64(1) << 61
)

// A softSample is evidence that is judged against better evidence before it
// counts: x[u] − x[v] ≤ w.
type softSample struct {
	u, v  int32
	w     int64
	slack int64 // by how much the parent outlasted the child
	span  trace.SpanID
}

// grains are how finely each process tells time, in nanoseconds.
type grains struct{ grain, logGrain []int64 }

// A witness collects the evidence of all records.
type witness struct {
	*family
	grains
	edges *edgeTable
	soft  []softSample
}

// measureGrain finds how finely each process tells time. Java agents and
// OpenTelemetry for JavaScript anchor a process's spans of one trace to a whole
// millisecond: then the starts of its local roots all are, but for the
// nanoseconds that go by until the clock is read again.
func measureGrain(f *family, nodes int) []int64 {
	fine, finer := make([]bool, nodes), make([]bool, nodes)
	for i := range f.facts {
		p, s, n := f.parent[i], &f.facts[i], f.node[i]
		if f.mute[i] {
			continue
		}
		fine[n] = fine[n] || s.start%second != 0 || s.duration%second != 0
		finer[n] = finer[n] || s.start%millisecond >= microsecond && (p == none || f.node[p] != n)
	}
	grain := make([]int64, nodes)
	for n := range grain {
		switch grain[n] = microsecond; {
		case !fine[n]:
			grain[n] = second
		case !finer[n]:
			grain[n] = millisecond
		}
	}
	return grain
}

// newWitness makes a witness that has heard nothing yet.
func newWitness(f *family, g grains, maxDense int64) *witness {
	return &witness{family: f, grains: g, edges: newEdgeTable(len(g.grain), maxDense)}
}

// expect makes room for the evidence of some spans: half of them, at most as a
// rule, were called from another process.
func (w *witness) expect(spans int) {
	w.edges.expect(3*spans/2 + 16)
	w.soft = make([]softSample, 0, spans/2)
}

// hearSpans takes the evidence of all spans.
func (w *witness) hearSpans() {
	other := newWitness(w.family, w.grains, maxDense)
	ears := [...]*witness{w, other}
	inHalves(len(w.spans), func(half, from, to int) {
		ear := ears[half]
		ear.expect(to - from)
		for i := from; i < to; i++ {
			ear.hearSpan(int32(i))
		}
		ear.edges.sort()
	})
	w.edges.absorb(other.edges)
	w.soft = append(w.soft, other.soft...)
}

// hearSpan takes the evidence of one span.
func (w *witness) hearSpan(i int32) {
	c := &w.facts[i]
	if w.mute[i] || !c.timed {
		return
	}
	if p := w.parent[i]; p != none && w.node[p] != w.node[i] && w.facts[p].timed {
		w.hearCall(p, i)
	}
	if c.linked {
		w.hearLinks(i)
	}
}

// hearCall takes the evidence of a parent and its child on another process.
func (w *witness) hearCall(p, c int32) {
	parent, child := &w.facts[p], &w.facts[c]
	u, v, id := w.node[p], w.node[c], child.id
	if w.many {
		id = w.spans[c].ID
	}
	w.edges.add(u, v, ruleStart, child.start-parent.start+w.grain[v], id)
	how := w.relation(p, c)
	if how == async || parent.clamped || parent.duration == 0 && w.grain[u] == microsecond {
		return
	}
	slack := parent.duration - child.duration
	if how == call {
		room := parent.end() - child.start
		if slack < 0 && room < 0 { // perhaps it did not wait at all
			room = min(room+onItsWay, 0)
		}
		w.edges.add(v, u, ruleOverlap, room+w.grain[u], id)
	}
	if slack >= 0 && !child.clamped {
		w.addSoft(softSample{v, u, parent.end() - child.end() + w.grain[u], slack, id})
	}
}

// onItsWay is how long a request may be on its way, in nanoseconds, when its
// caller has gone on already: then the callee starts that much after the end of
// the call.
const onItsWay = millisecond

func (w *witness) addSoft(s softSample) {
	if s.w > -maxGap && s.w < maxGap {
		w.soft = append(w.soft, s)
	}
}

// A relation is how a child's life relates to its parent's.
type relation uint8

const (
	async     relation = iota // the child may outlive the parent, or start after it
	call                      // the parent waits for the child
	maybeCall                 // it does so usually
)

// relation reads the span kinds; some exporters lose them all.
func (f *family) relation(p, c int32) relation {
	parent, child := &f.facts[p], &f.facts[c]
	switch {
	case child.kind == trace.KindConsumer || parent.kind == trace.KindProducer:
		return async
	case parent.failed && gaveUp(&f.spans[p]) || child.linked && followsFrom(&f.spans[c]):
		return async
	case parent.kind == trace.KindClient && child.kind == trace.KindServer:
		return call
	case child.kind == trace.KindServer || child.kind == trace.KindUnspecified:
		return maybeCall
	}
	return async
}

// followsFrom reports whether the child says that its parent did not wait. It
// is how OpenTracing's FOLLOWS_FROM survives translation to OpenTelemetry.
func followsFrom(child *trace.Span) bool {
	for i := range child.Links {
		if child.Links[i].Span == child.Parent &&
			trace.FindText(child.Links[i].Attributes, "opentracing.ref_type") == "follows_from" {
			return true
		}
	}
	return false
}

// gaveUp reports whether a caller stopped waiting, so that its end says
// nothing about its callee's.
func gaveUp(s *trace.Span) bool {
	if s.Status != trace.StatusError {
		return false
	}
	if soundsGivenUp(s.StatusMessage) {
		return true
	}
	switch trace.FindText(s.Attributes, "http.response.status_code", "http.status_code") {
	case "408", "499", "504":
		return true
	}
	switch trace.FindText(s.Attributes, "rpc.grpc.status_code") {
	case "1", "4": // cancelled, deadline exceeded
		return true
	}
	return soundsGivenUp(trace.FindText(s.Attributes, "error.type"))
}

func soundsGivenUp(text string) bool {
	text = strings.ToLower(text)
	for _, word := range [...]string{"timeout", "timed out", "timedout", "deadline", "cancel", "abort"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// hearLinks takes the evidence of a span's links to spans that are at hand.
// Links that go both ways, or to the span's own child, tell no order.
func (w *witness) hearLinks(i int32) {
	s := &w.spans[i]
	for _, link := range s.Links {
		of := link.Trace
		if of.IsZero() {
			of = s.Trace
		}
		own := of.Same(s.Trace)
		if own && (link.Span == s.Parent || link.Span == s.ID) || !own && !w.many {
			continue
		}
		t := w.find(w.key(link.Span, of), w.node[i])
		if t == none || w.node[t] == w.node[i] || w.parent[t] == i || !w.facts[t].timed || linksTo(&w.spans[t], s.ID) {
			continue
		}
		w.edges.add(w.node[t], w.node[i], ruleLink, s.Start-w.spans[t].Start+w.grain[w.node[i]], s.ID)
	}
}

func linksTo(s *trace.Span, id trace.SpanID) bool {
	for i := range s.Links {
		if s.Links[i].Span == id {
			return true
		}
	}
	return false
}
