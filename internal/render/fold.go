package render

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// mostFoldText is what the text of a fold is cut to where no width cuts it, in
// UTF-16 units: its count stands behind.
const mostFoldText = 160

// serviceOf is the service of a row, none where it stands for several of
// different ones.
func serviceOf(r *timeline.Row) string {
	if r.Kind == timeline.KindFold && !r.Fold.Same {
		return ""
	}
	return r.Service()
}

// sayFold tells what a row stands for: what its rows say and how many they
// are, or how many of what. That number is never cut.
func (t *tree) sayFold(r *timeline.Row, withService bool) {
	t.line.sign(t.dim, t.folded)
	p := paint{}
	if r.IsError() {
		p = t.fault
		t.line.sign(p, t.cross)
	}
	t.line.sign(p, " ")
	if !r.Fold.Same {
		t.sayMixed(r.Fold)
		return
	}
	if withService && r.Service() != "" {
		t.line.text(t.service, safe.Of(r.Service()))
		t.line.sign(paint{}, " ")
	}
	t.sayAlike(r, p)
	t.line.keep()
	if begun(r) {
		t.line.sign(t.title, " "+t.times+strconv.Itoa(r.Fold.Siblings)+" more")
	} else {
		t.line.sign(t.title, " "+t.times+strconv.Itoa(r.Fold.Siblings))
	}
	t.sayIfFits(t.foldDetails(r)...)
}

// sayAlike tells what the rows of a fold say, in the words of the first.
func (t *tree) sayAlike(r *timeline.Row, p paint) {
	text := ""
	switch r.Fold.Kind {
	case timeline.KindSpan:
		text = r.Span.Operation
	case timeline.KindEvent:
		text = r.Event.Name
		t.line.sign(p, t.event)
		t.line.sign(p, " ")
	case timeline.KindLog:
		text = strings.TrimRight(r.Log.Message, "\r\n")
		letter, q := t.level(r.Log.Level)
		t.line.sign(q, letter)
		t.line.sign(q, " ")
		if r.Log.Level >= trace.LevelWarn {
			p = q
		}
	}
	if said := safe.Of(text); t.style.Width > 0 || len(said.String()) <= mostFoldText {
		t.line.text(p, said)
	} else {
		t.line.text(p, safe.Of(string(cutAt([]byte(said.String()), mostFoldText, t.cut))))
	}
}

// begun reports whether the first of its kind stands above the fold: what
// failed is always seen once.
func begun(r *timeline.Row) bool {
	return r.Fold.Failed > 0 || r.Fold.Kind == timeline.KindEvent && r.Event.Name == "exception"
}

// sayMixed tells of a fold of rows that have little in common.
func (t *tree) sayMixed(f *timeline.Fold) {
	t.line.keep()
	t.line.sign(t.title, strconv.Itoa(f.Siblings)+" more")
	contents := strings.Join(foldContents(f), ", ")
	if f.Spans+f.Logs+f.Events > f.Siblings {
		t.sayIfFits(", in all "+contents, ": "+contents)
	} else {
		t.sayIfFits(": " + contents)
	}
}

// foldContents counts what is folded: "180 spans, 32 logs, 2 failed".
func foldContents(f *timeline.Fold) (parts []string) {
	for _, c := range [...]struct {
		n    int
		word string
	}{{f.Spans, "span"}, {f.Logs, "log"}, {f.Events, "event"}} {
		if c.n > 0 {
			parts = append(parts, plural(c.n, c.word))
		}
	}
	if f.Failed > 0 {
		parts = append(parts, strconv.Itoa(f.Failed)+" failed")
	}
	return parts
}

// foldDetails are the ways to tell how a fold's rows went, the longest first.
func (t *tree) foldDetails(r *timeline.Row) []string {
	how, f := "", r.Fold
	switch {
	case f.Failed > 0 && f.Kind == timeline.KindSpan && r.Span.Status != trace.StatusError:
		how = ", " + plural(f.Failed, "failure") + " within"
	case f.Failed > 0 && f.Kind == timeline.KindSpan:
		how = ", all failed"
	}
	if f.Total <= 0 {
		return []string{how}
	}
	total := string(appendDuration(nil, f.Total, t.style.ASCII)) + " in all"
	return []string{how + "  " + t.between(f.Shortest, f.Longest) + ", " + total, how + "  " + total, how}
}

// between is "0.1–4.8ms", the unit once where it is the same.
func (t *tree) between(shortest, longest int64) string {
	from, to := string(appendDuration(nil, shortest, t.style.ASCII)), string(appendDuration(nil, longest, t.style.ASCII))
	if from == to {
		return to + " each"
	}
	unit := strings.Trim(to, "0123456789.")
	if number := strings.TrimSuffix(from, unit); strings.Trim(number, "0123456789.") == "" {
		from = number
	}
	return from + t.dash + to
}

// sayIfFits adds the first text that leaves the line whole.
func (t *tree) sayIfFits(texts ...string) {
	for _, s := range texts {
		if t.style.Width == 0 || t.line.width+utf8.RuneCountInString(s) <= t.textWidth {
			t.line.sign(t.dim, s)
			return
		}
	}
}

// sayClosed counts what is not shown beneath a row: of that, failures are told
// first.
func (t *tree) sayClosed() {
	if t.closed == nil {
		return
	}
	parts := foldContents(t.closed)
	t.sayIfFits("  ("+strings.Join(parts, ", ")+")", "  ("+parts[len(parts)-1]+")")
}
