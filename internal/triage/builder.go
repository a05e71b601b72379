package triage

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/template"
	"github.com/otrace/otrace/internal/trace"
)

// A builder makes one report of what came so far.
type builder struct {
	t       *Triage
	said    []*template.Templates // by service
	told    *templates
	base    []int32     // by failure: the number of its first root among all
	rootAt  []*root     // all of them
	causeOf []*cause    // by root
	joined  []int32     // by record: the root that it tells of, among all, or none
	heard   []heard     // by root: what the log of its very span says
	lines   []heardLine // all that those logs say
	meant   []token     // by root
	groupOf []int32     // by root
	groups  numbered[key]
	made    []*making            // by groups
	lost    map[family][]float64 // traces of the baseline without a detail, by slice
}

// heard is what the error log of a failing span says, where there is one.
type heard struct {
	record, frames int32
	speech         int32
}

// A heardLine is one of the logs of a failing span.
type heardLine struct{ root, speech int32 }

func newBuilder(t *Triage) *builder {
	b := &builder{t: t, lost: make(map[family][]float64), said: t.said.templates(), told: newTemplates(t)}
	for i := range t.failures {
		b.base = append(b.base, int32(len(b.rootAt)))
		for k := range t.failures[i].roots {
			r := &t.failures[i].roots[k]
			b.rootAt, b.causeOf = append(b.rootAt, r), append(b.causeOf, &t.causes.list[r.cause])
		}
	}
	b.heard, b.meant, b.groupOf = make([]heard, len(b.rootAt)), make([]token, len(b.rootAt)), make([]int32, len(b.rootAt))
	for i := range b.heard {
		b.heard[i] = heard{none, 0, none}
	}
	return b
}

// report is the whole way from what came to the groups, one step a line.
func (b *builder) report() *Report {
	r := &Report{Calendar: b.t.cal, By: b.t.by}
	b.joinLogs()
	b.settleDetails()
	b.groupRoots()
	b.findLost()
	b.countTraces(r)
	b.countLogs(r)
	b.finish(r)
	b.coverage(r)
	return r
}

// joinLogs finds for each log the root of its trace that it tells of.
func (b *builder) joinLogs() {
	b.joined = make([]int32, len(b.t.records))
	for i := range b.t.records {
		b.joined[i] = none
		r := &b.t.records[i]
		if r.trace == none || b.t.failureOf[r.trace] == none {
			continue
		}
		n := b.t.failureOf[r.trace]
		v := &b.t.voices.list[r.voice]
		at, itself := b.t.failures[n].tellsOf(r.span, v.service)
		if at == none {
			continue
		}
		b.joined[i] = b.base[n] + at
		if r.span == 0 {
			itself = b.onlyRootOf(n, v.service)
		}
		if itself && b.causeOf[b.joined[i]].service == v.service {
			b.hear(b.joined[i], int32(i))
		}
	}
}

// onlyRootOf reports whether just one of a trace's failures began in the
// service: its logs that name no span are then of that.
func (b *builder) onlyRootOf(failure, service int32) bool {
	count := 0
	for i := range b.t.failures[failure].roots {
		if b.causeOf[b.base[failure]+int32(i)].service == service {
			count++
		}
	}
	return count == 1
}

// tellsOf finds the root that a log of the trace tells of: the one that its
// span is on the way of, else one that went through its service; or none.
func (f *failure) tellsOf(id trace.SpanID, service int32) (root int32, itself bool) {
	if id != 0 {
		at, ok := slices.BinarySearchFunc(f.links, id, func(l link, id trace.SpanID) int { return cmp.Compare(l.span, id) })
		if ok {
			return f.links[at].root, f.links[at].at
		}
	}
	for _, p := range f.passes {
		if p.service == service {
			return p.root, false
		}
	}
	return none, false
}

// hear notes what a log of a failing span says: of several the one that names
// the span, then the one with a stack, then the latest.
func (b *builder) hear(root, record int32) {
	v := &b.t.voices.list[b.t.records[record].voice]
	now := heard{record, v.frames, b.told.number(v)}
	b.lines = append(b.lines, heardLine{root, now.speech})
	if was := b.heard[root]; was.record == none || b.compareHeard(&now, &was) > 0 {
		b.heard[root] = now
	}
}

func (b *builder) compareHeard(x, y *heard) int {
	p, q := &b.t.records[x.record], &b.t.records[y.record]
	return cmp.Or(compareBool(p.span != 0, q.span != 0), compareBool(x.frames != 0, y.frames != 0), cmp.Compare(p.time, q.time),
		cmp.Compare(b.told.text(x.speech), b.told.text(y.speech)))
}
