package triage

import "github.com/otrace/otrace/internal/trace"

// An absence is a span of a service that got lost, by the children that name it.
type absence struct {
	id       trace.SpanID
	several  bool // there is more than one such span in the service
	children []int32
}

// adopt puts the children of a lost server span beneath the call that it must
// have answered: the only failed one to that service of which nothing else was
// seen. Otherwise what failed beneath it would seem to be another cause.
func (w *walk) adopt() {
	lost := make(map[string]*absence)
	for i := range w.spans {
		s, n := &w.spans[i], &w.nodes[i]
		if n.parent != none || s.Parent == 0 || s.Parent == s.ID || n.marks.has(repeated) || s.Kind == trace.KindConsumer {
			continue
		}
		a := lost[s.Resource.Service]
		if a == nil {
			a = &absence{id: s.Parent}
			lost[s.Resource.Service] = a
		}
		a.several = a.several || a.id != s.Parent
		a.children = append(a.children, int32(i))
	}
	callers := make(map[string][]int32)
	for i := range w.spans {
		s := &w.spans[i]
		if s.Kind == trace.KindClient && w.failed(int32(i)) && w.nodes[i].kid == none && !w.nodes[i].marks.has(repeated) {
			if callee := calleeOf(s); lost[callee] != nil && callee != s.Resource.Service {
				callers[callee] = append(callers[callee], int32(i))
			}
		}
	}
	for service, a := range lost {
		if calls := callers[service]; len(calls) == 1 && !a.several {
			for _, i := range a.children {
				w.put(i, calls[0])
			}
		}
	}
	w.bridge()
}
