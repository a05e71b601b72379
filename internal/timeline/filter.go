package timeline

import (
	"regexp"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A Filter says which rows are wanted. The zero Filter wants all. All that it
// asks for must be met; of several services or operations, one.
//
// What it asks of spans (operation, duration, the critical path) a log or
// event meets with the span that it is in. With Errors, a failed span comes
// with all that it said. A level hides logs and leaves spans alone; in the
// filters within a filter only a log meets it, so that logs from warn on, or
// what failed, can be asked for.
type Filter struct {
	Errors      bool
	Critical    bool
	NoLogs      bool
	Services    []Pattern
	Operations  []Pattern
	MinDuration int64          // nanoseconds
	MaxDuration int64          // nanoseconds, 0 for any
	Level       trace.Level    // logs below it are not wanted, nor those of unknown level; LevelUnknown wants all
	MaxLevel    trace.Level    // nor those above this one; LevelUnknown wants all
	Text        *regexp.Regexp // in a span's names, status and attributes, a log's document, an event; or nil
	Phrase      string         // the same as a plain text, or ""; case matters where it has capitals
	Depth       int            // levels of spans, 0 for all
	Fields      []Field

	All, Any, Not []Filter // all of All must be met, one of Any, none of Not
}

// A Pattern is a text in which * stands for any other; case does not matter.
type Pattern struct{ parts []string }

// NewPattern reads a pattern.
func NewPattern(s string) Pattern { return Pattern{strings.Split(strings.ToLower(s), "*")} }

// String returns the pattern in lower case.
func (p Pattern) String() string { return strings.Join(p.parts, "*") }

// Matches reports whether the whole text is of the pattern.
func (p Pattern) Matches(text string) bool { return p.matches(strings.ToLower(text)) }

// matches is Matches for a text in lower case.
func (p Pattern) matches(text string) bool {
	first, last := p.parts[0], p.parts[len(p.parts)-1]
	if len(p.parts) == 1 {
		return text == first
	}
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range p.parts[1 : len(p.parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

func anyMatches(patterns []Pattern, text string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p Pattern) bool { return p.Matches(text) })
}

// IsZero reports whether the filter wants everything.
func (f *Filter) IsZero() bool {
	return !f.Errors && !f.Critical && !f.NoLogs && len(f.Services) == 0 && len(f.Operations) == 0 &&
		f.MinDuration == 0 && f.MaxDuration == 0 && f.Level == trace.LevelUnknown && f.MaxLevel == trace.LevelUnknown &&
		f.Text == nil && f.Phrase == "" && f.Depth == 0 && len(f.Fields)+len(f.All)+len(f.Any)+len(f.Not) == 0
}

// Filter returns the timeline with the rows that the filter wants and all that
// lead to them, and counts the others as hidden. Its extent, clocks and counts
// stay those of the whole.
func (tl *Timeline) Filter(f *Filter) *Timeline {
	wanted := tl.Wanted(f)
	keep := slices.Clone(wanted)
	for i := range slices.Backward(tl.Rows) {
		if p := tl.Rows[i].Parent; keep[i] && p != none {
			keep[p] = true
		}
	}
	part := *tl
	part.root, part.whole, part.Silences = tl.Root(), tl.Whole(), nil
	part.Rows = make([]Row, 0, len(tl.Rows))
	to := make([]int32, len(tl.Rows))
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if !keep[i] {
			part.Hidden.add(r)
			continue
		}
		to[i] = int32(len(part.Rows))
		part.Rows = append(part.Rows, *r)
		row := &part.Rows[to[i]]
		row.Subtree = 0
		if !wanted[i] {
			row.Marks |= MarkLeads
		}
		if r.Parent != none {
			row.Parent = to[r.Parent]
		}
	}
	part.countSubtrees()
	return &part
}

// add counts a row that is not shown.
func (h *Hidden) add(r *Row) {
	switch r.Kind {
	case KindSpan:
		h.Spans++
	case KindLog:
		h.Logs++
	case KindEvent:
		h.Events++
	}
}

// countSubtrees sets every row's Subtree from the parents.
func (tl *Timeline) countSubtrees() {
	for i := range slices.Backward(tl.Rows) {
		if p := tl.Rows[i].Parent; p != none {
			tl.Rows[p].Subtree += 1 + tl.Rows[i].Subtree
		}
	}
}

// Wanted tells of each row whether the filter wants it for itself, rather than
// because it leads to one that is wanted.
func (tl *Timeline) Wanted(f *Filter) []bool {
	keep := make([]bool, len(tl.Rows))
	level := make([]int, len(tl.Rows)) // how many spans lead to the row, itself included
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Parent != none {
			level[i] = level[r.Parent]
		}
		if r.Kind == KindSpan || r.Kind == KindMissing {
			level[i]++
		}
		keep[i] = f.wants(r, level[i])
	}
	return keep
}

// wants reports whether the filter wants a row that so many spans lead to.
func (f *Filter) wants(r *Row, level int) bool {
	return r.Kind != KindMissing && (r.Kind != KindLog || !f.NoLogs && f.takesLevel(r.Log.Level)) && f.meets(r, level)
}

// isMet is wants for a filter within another.
func (f *Filter) isMet(r *Row, level int) bool {
	switch {
	case f.NoLogs && r.Kind == KindLog, f.asksLevel() && (r.Kind != KindLog || !f.takesLevel(r.Log.Level)):
		return false
	}
	return f.meets(r, level)
}

func (f *Filter) asksLevel() bool { return f.Level|f.MaxLevel != trace.LevelUnknown }

func (f *Filter) takesLevel(l trace.Level) bool {
	return l >= f.Level && (f.MaxLevel == trace.LevelUnknown || l != trace.LevelUnknown && l <= f.MaxLevel)
}

// meets asks all but what is asked of logs alone.
func (f *Filter) meets(r *Row, level int) bool {
	if f.Depth > 0 && level > f.Depth || !anyMatches(f.Services, r.Service()) {
		return false
	}
	if f.Errors && !r.IsError() && (r.Kind == KindSpan || r.Span == nil || r.Span.Status != trace.StatusError) {
		return false
	}
	return f.wantsSpan(r) && (f.Text == nil || r.says(f.Text)) && (f.Phrase == "" || r.says(phrase(f.Phrase))) &&
		f.meetsFields(r) && f.meetsOthers(r, level)
}

func (f *Filter) meetsFields(r *Row) bool {
	for i := range f.Fields {
		if !f.Fields[i].isMet(r) {
			return false
		}
	}
	return true
}

// meetsOthers asks the filters within.
func (f *Filter) meetsOthers(r *Row, level int) bool {
	meets := func(g Filter) bool { return g.isMet(r, level) }
	return !slices.ContainsFunc(f.All, func(g Filter) bool { return !meets(g) }) &&
		(len(f.Any) == 0 || slices.ContainsFunc(f.Any, meets)) && !slices.ContainsFunc(f.Not, meets)
}

func (f *Filter) asksSpan() bool {
	return len(f.Operations) > 0 || f.MinDuration != 0 || f.MaxDuration != 0 || f.Critical
}

// wantsSpan asks of the span what only a span can meet.
func (f *Filter) wantsSpan(r *Row) bool {
	return !f.asksSpan() || r.Span != nil && f.takesDuration(r.Span.Duration) && anyMatches(f.Operations, r.Span.Operation) &&
		(!f.Critical || r.Critical)
}

func (f *Filter) takesDuration(d int64) bool {
	return d >= f.MinDuration && (f.MaxDuration == 0 || d <= f.MaxDuration)
}

// says reports whether the text stands in what the row's record tells.
func (r *Row) says(text finder) bool {
	switch r.Kind {
	case KindLog:
		return text.MatchString(r.Log.Message) || text.Match(r.Log.Document)
	case KindEvent:
		return text.MatchString(r.Event.Name) || anySays(r.Event.Attributes, text)
	}
	s := r.Span
	return text.MatchString(s.Operation) || text.MatchString(s.Resource.Service) || text.MatchString(s.StatusMessage) ||
		anySays(s.Attributes, text) || anySays(s.Resource.Attributes, text)
}

func anySays(attrs []trace.Attribute, text finder) bool {
	return slices.ContainsFunc(attrs, func(a trace.Attribute) bool {
		return text.MatchString(a.Key) || text.MatchString(a.Value.Text())
	})
}
