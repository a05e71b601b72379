package triage

import (
	"cmp"
	"slices"
	"strings"
)

// A trail is where a speech is heard: in which traces, and when first.
type trail struct {
	speech int32
	traces int
	hash   uint64 // of the set of the traces
	first  int64
}

// together finds the speeches that one cause makes a service say: those that
// are heard in the same traces, two or more, and nowhere else. Each gets the
// one that is heard first.
func (b *builder) together() map[int32]int32 {
	trails := b.trails()
	slices.SortFunc(trails, func(x, y trail) int {
		return cmp.Or(strings.Compare(b.told.service(x.speech), b.told.service(y.speech)), cmp.Compare(x.traces, y.traces),
			cmp.Compare(x.hash, y.hash), cmp.Compare(x.first, y.first), strings.Compare(b.told.text(x.speech), b.told.text(y.speech)))
	})
	first := make(map[int32]int32)
	for i := 1; i < len(trails); i++ {
		was, is := &trails[i-1], &trails[i]
		if was.traces == is.traces && was.hash == is.hash && b.told.list[was.speech].service == b.told.list[is.speech].service {
			lead, ok := first[was.speech]
			if !ok {
				lead = was.speech
			}
			first[is.speech] = lead
		}
	}
	return first
}

// trails are those of the speeches of which every log names a trace.
func (b *builder) trails() []trail {
	type visit struct{ speech, trace int32 }
	var visits []visit
	all := make([]trail, len(b.told.list))
	for i := range b.t.records {
		r := &b.t.records[i]
		t := &all[b.told.number(&b.t.voices.list[r.voice])]
		if r.trace == none {
			t.traces = -1 << 31 // it cannot be told
			continue
		}
		if t.first == 0 || r.time < t.first {
			t.first = r.time
		}
		visits = append(visits, visit{b.told.number(&b.t.voices.list[r.voice]), r.trace})
	}
	slices.SortFunc(visits, func(x, y visit) int { return cmp.Or(cmp.Compare(x.speech, y.speech), cmp.Compare(x.trace, y.trace)) })
	for _, v := range slices.Compact(visits) {
		t, id := &all[v.speech], b.t.ids.list[v.trace]
		t.speech, t.traces = v.speech, t.traces+1
		t.hash += hashOf(id.String()) // of a set: in any order
	}
	return slices.DeleteFunc(all, func(t trail) bool { return t.traces < 2 })
}
