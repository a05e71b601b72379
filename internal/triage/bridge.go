package triage

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// clockSlack is how far apart the clocks of two machines may be.
const clockSlack = int64(5e9)

// bridge puts failed servers whose callers are lost beneath the one span that
// they can have made fail: a call to a service that leaves no spans, or what
// else failed without a reason of its own.
func (w *walk) bridge() {
	var stranded []int32
	for i := range w.spans {
		s, n := &w.spans[i], &w.nodes[i]
		if s.Kind == trace.KindServer && w.failed(int32(i)) && n.parent == none && s.Parent != 0 && s.Parent != s.ID && !n.marks.has(repeated) {
			stranded = append(stranded, int32(i))
		}
	}
	if len(stranded) == 0 || len(stranded) > mostStranded {
		return
	}
	above := w.unexplained(stranded)
	for _, i := range stranded {
		if above != none && i != above && encloses(&w.spans[above], &w.spans[i]) {
			w.put(i, above)
		}
	}
}

// unexplained is the only span that failed, though nothing that it called did,
// and that does not stand beneath one of these; or none.
func (w *walk) unexplained(stranded []int32) int32 {
	explained := make([]bool, len(w.nodes))
	for i := range w.nodes {
		if p := w.nodes[i].parent; p != none && w.failed(int32(i)) {
			explained[p] = true
		}
	}
	services := w.services()
	only, hops := none, mostHops
	for i := range w.spans {
		if explained[i] || !w.failed(int32(i)) || w.nodes[i].marks.has(repeated) || w.explains(&w.spans[i], services) || slices.Contains(stranded, w.top(int32(i), &hops)) {
			continue
		}
		if only != none {
			return none
		}
		only = int32(i)
	}
	if hops < 0 {
		return none
	}
	return only
}

// Traces in which more than this is to be gone through are left as they are.
const (
	mostHops     = 1 << 17
	mostStranded = 64
)

// top is the first of a span's callers, as far as hops are left.
func (w *walk) top(i int32, hops *int) int32 {
	for ; w.nodes[i].parent != none && *hops >= 0; *hops-- {
		i = w.nodes[i].parent
	}
	return i
}

func (w *walk) services() map[string]bool {
	services := make(map[string]bool)
	for i := range w.spans {
		services[w.spans[i].Resource.Service] = true
	}
	return services
}

// explains reports whether a failed span that called nothing that failed needs
// no other reason: it says one, or called a database, a broker, or a
// service whose spans did come.
func (w *walk) explains(s *trace.Span, services map[string]bool) bool {
	if isCalling(s) {
		return services[calleeOf(s)] || trace.FindText(s.Attributes, "db.system.name", "db.system", "messaging.system") != ""
	}
	f := factsOf(s)
	return f.exception != "" || f.says() != ""
}

// encloses reports whether a call may have taken place within another one, of a
// machine whose clock may differ.
func encloses(outer, inner *trace.Span) bool {
	return inner.Duration <= outer.Duration && inner.Start >= outer.Start-clockSlack && inner.End() <= outer.End()+clockSlack
}
