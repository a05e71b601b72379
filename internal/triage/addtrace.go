package triage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// AddTrace takes all spans of one trace. One in which no span failed, and one
// that came already, add nothing.
func (t *Triage) AddTrace(spans []trace.Span) {
	if !slices.ContainsFunc(spans, func(s trace.Span) bool { return s.Status == trace.StatusError }) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.number(spans[0].Trace)
	if t.failureOf[n] != none {
		return
	}
	t.walk.plant(spans)
	t.walk.trackFailures()
	f := failure{id: t.ids.list[n]}
	t.addRoots(&f)
	t.keepInstances(&f)
	t.addLinks(&f)
	t.walk.spans = nil // they are the caller's again
	t.failureOf[n] = int32(len(t.failures))
	t.failures = append(t.failures, f)
}

// fewRoots are as many as are looked through for an equal one.
const fewRoots = 16

// addRoots gathers the roots of the trace that was walked.
func (t *Triage) addRoots(f *failure) {
	w := &t.walk
	type kind struct{ cause, entry int32 }
	var known map[kind]int32
	for _, i := range w.order {
		if w.failed(i) {
			f.failed++
		}
		if !w.nodes[i].marks.has(self) || w.nodes[i].marks.has(gone) {
			continue
		}
		r := t.rootOf(i)
		at := none
		if known == nil {
			at = int32(slices.IndexFunc(f.roots, func(o root) bool { return o.cause == r.cause && o.entry == r.entry }))
		} else if k, ok := known[kind{r.cause, r.entry}]; ok {
			at = k
		}
		if at == none {
			at = int32(len(f.roots))
			f.roots = append(f.roots, r)
			if len(f.roots) == fewRoots {
				known = make(map[kind]int32)
				for k, o := range f.roots {
					known[kind{o.cause, o.entry}] = int32(k)
				}
			} else if known != nil {
				known[kind{r.cause, r.entry}] = at
			}
		} else {
			f.roots[at].merge(&r)
		}
		w.nodes[i].root = at
	}
}

// merge adds more failures of the same kind.
func (r *root) merge(o *root) {
	if cmp.Or(cmp.Compare(o.last, r.last), cmp.Compare(o.span, r.span)) > 0 {
		r.last, r.span, r.at = o.last, o.span, o.at
	}
	r.first = min(r.first, o.first)
	r.spans += o.spans
}

// rootOf is what a failure began with.
func (t *Triage) rootOf(i int32) root {
	w := &t.walk
	n, s := &w.nodes[i], &w.spans[i]
	f := factsOf(s)
	c := cause{said: silent}
	shown := i
	switch {
	case n.slow != none && f.timedOut():
		shown = n.slow
		c.kind, c.class = Slow, t.words.of("slow")
	case isCalling(s) && !w.calleeSeen(i):
		callee := calleeOf(s)
		c.kind, c.callee, c.peer = Unseen, t.words.of(callee), t.words.of(peerOf(s, callee))
	}
	at := &w.spans[shown]
	c.service, c.operation = t.words.of(at.Resource.Service), t.words.of(OperationOf(at.Operation))
	if c.kind != Slow {
		c.expected = w.expected(i, &f)
		c.class = t.words.of(steadyClass(f.class()))
		c.frames = t.stacks.of(f.stack)
		if text := gist(f.says()); text != "" {
			c.said = t.said.of(c.service).Add(text)
		}
	}
	r := root{cause: t.cause(c), spans: 1, first: s.Start, last: s.Start, span: at.ID, at: shown}
	if n.entry != none {
		e := &w.spans[n.entry]
		r.entry = t.entries.of(entry{t.words.of(e.Resource.Service), t.words.of(OperationOf(e.Operation))})
	}
	return r
}

func (t *Triage) cause(c cause) int32 {
	n := t.causes.of(c)
	if int(n) == len(t.newest) {
		t.newest = append(t.newest, instances{})
	}
	return n
}

// calleeSeen reports whether another service has a span of a call.
func (w *walk) calleeSeen(i int32) bool {
	for k := w.nodes[i].kid; k != none; k = w.nodes[k].next {
		if w.spans[k].Resource.Service != w.spans[i].Resource.Service || w.spans[k].Kind == trace.KindServer {
			return true
		}
	}
	return false
}

// addLinks notes which spans and services the failures went through, so that
// logs find the root that they tell of.
func (t *Triage) addLinks(f *failure) {
	w := &t.walk
	f.links, f.passes = make([]link, 0, int(f.failed)+4), make([]passed, 0, 4)
	for _, i := range w.order {
		n := &w.nodes[i]
		if !n.marks.has(carries) {
			continue
		}
		r := w.nodes[n.owner].root
		f.links = append(f.links, link{w.spans[i].ID, r, n.owner == i})
		if n.slow != none && n.root != none {
			f.links = append(f.links, link{w.spans[n.slow].ID, r, true})
		}
		f.pass(passed{t.words.of(w.spans[i].Resource.Service), r})
	}
	for i := range f.roots {
		c := &t.causes.list[f.roots[i].cause]
		f.pass(passed{c.service, int32(i)})
		if c.callee != 0 { // its span is not seen, but its logs may be
			f.pass(passed{c.callee, int32(i)})
		}
	}
	slices.SortFunc(f.links, func(a, b link) int {
		if c := cmp.Or(cmp.Compare(a.span, b.span), -compareBool(a.at, b.at)); c != 0 {
			return c
		}
		return t.compareRoots(f, a.root, b.root)
	})
	f.links = slices.Clip(slices.CompactFunc(f.links, func(a, b link) bool { return a.span == b.span }))
	slices.SortFunc(f.passes, func(a, b passed) int {
		return cmp.Or(cmp.Compare(a.service, b.service), -compareBool(t.begins(f, a), t.begins(f, b)), t.compareRoots(f, a.root, b.root))
	})
}

// mostPasses bounds what is kept of one trace.
const mostPasses = 64

func (f *failure) pass(p passed) {
	if len(f.passes) < mostPasses && !slices.Contains(f.passes, p) {
		f.passes = append(f.passes, p)
	}
}

// begins reports whether a failure began in the service.
func (t *Triage) begins(f *failure, p passed) bool {
	return t.causes.list[f.roots[p.root].cause].service == p.service
}

// compareRoots puts those first that reached an entry, then the latest.
func (t *Triage) compareRoots(f *failure, i, j int32) int {
	a, b := &f.roots[i], &f.roots[j]
	x, y := &t.causes.list[a.cause], &t.causes.list[b.cause]
	return cmp.Or(-compareBool(a.entry > 0, b.entry > 0), cmp.Compare(b.last, a.last), cmp.Compare(b.span, a.span),
		strings.Compare(t.words.list[x.class], t.words.list[y.class]), strings.Compare(t.words.list[x.operation], t.words.list[y.operation]))
}

// compareBool puts false first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
