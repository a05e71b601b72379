package triage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// keepInstances keeps what the window's failing spans are attributed with, of
// each cause the newest.
func (t *Triage) keepInstances(f *failure) {
	for i := range f.roots {
		r := &f.roots[i]
		kept := &t.newest[r.cause]
		if int(t.slot(r.last)) < t.cal.Slices || kept.full(r.last) {
			continue
		}
		s := &t.walk.spans[r.at]
		kept.list = append(kept.list, instance{r.last, f.id, s.ID, int32(i), t.process(s.Resource), t.copies(s.Attributes)})
		if len(kept.list) >= 2*mostInstances {
			kept.trim()
		}
	}
}

// full reports whether there are enough instances that are newer.
func (l *instances) full(at int64) bool { return l.trimmed && at < l.floor }

// trim keeps the newest instances.
func (l *instances) trim() {
	slices.SortFunc(l.list, compareInstances)
	if len(l.list) <= mostInstances {
		return
	}
	clear(l.list[mostInstances:])
	l.list = l.list[:mostInstances]
	l.trimmed, l.floor = true, l.list[mostInstances-1].at
}

// compareInstances puts the newest first.
func compareInstances(a, b instance) int {
	return cmp.Or(cmp.Compare(b.at, a.at), compareIDs(a.trace, b.trace), cmp.Compare(a.span, b.span))
}

func compareIDs(a, b trace.ID) int {
	if a == b {
		return 0
	}
	return cmp.Or(cmp.Compare(a.Hi, b.Hi), cmp.Compare(a.Lo, b.Lo), strings.Compare(a.String(), b.String()))
}

// process is the number of a resource; equal ones are kept once.
func (t *Triage) process(r *trace.Resource) int32 {
	t.key = t.key[:0]
	for i := range r.Attributes {
		a := &r.Attributes[i]
		t.key = append(append(append(append(t.key, a.Key...), 0), clip(a.Value.Text(), longestWord)...), 0)
	}
	if n, ok := t.resources.number[string(t.key)]; ok {
		return n
	}
	t.processes = append(t.processes, t.copies(r.Attributes))
	return t.resources.of(string(t.key))
}

// mostAttributes is how many are kept of a span.
const mostAttributes = 64

// copies are attributes in memory of their own.
func (t *Triage) copies(attrs []trace.Attribute) []trace.Attribute {
	list := make([]trace.Attribute, 0, min(len(attrs), mostAttributes))
	for i := range attrs[:min(len(attrs), mostAttributes)] {
		a := &attrs[i]
		v := a.Value
		switch v.Type {
		case trace.TypeString, trace.TypeBytes:
			v = trace.String(strings.Clone(clip(v.Text(), longestWord)))
		case trace.TypeJSON:
			if len(v.Text()) > longestWord {
				continue // cut, it would be none
			}
			v = trace.JSON(strings.Clone(v.Text()))
		}
		list = append(list, trace.Attribute{Key: t.words.copyOf(a.Key), Value: v})
	}
	return list
}
