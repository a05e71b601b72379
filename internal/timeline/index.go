package timeline

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/otrace/otrace/internal/trace"
)

// An Index answers filters as Wanted does, but quickly enough for every key that
// is typed. It keeps what filters ask of rows side by side, the texts of all rows
// in one piece in small letters, and what was found before: who types on looks
// only where the shorter text was found, and who deletes finds it again. It may
// be used by several goroutines; the timeline must not change.
type Index struct {
	tl         *Timeline
	facts      []fact
	parents    []int32
	depths     []int32
	present    Set // rows that stand for a record
	services   []string
	operations []string
	most       int // bytes of documents that are read

	reading sync.Once
	texts   atomic.Pointer[texts] // nil until they were asked for

	mu      sync.Mutex
	found   []finding // the latest last
	columns []*column // the latest last
}

// A fact is what filters ask of one row, but its texts.
type fact struct {
	level     int32 // how many spans lead to the row, itself included
	service   int32 // in Index.services
	operation int32 // of its span, in Index.operations; none without a span
	duration  int64 // of its span
	kind      Kind
	said      trace.Level
	failed    bool // as Filter.Errors has it
	critical  bool
}

// A finding is the rows that say a phrase, or match a regular expression.
type finding struct {
	what string // with a sign of its kind before it
	rows Set
	n    int // how many
}

// What is kept of what was found.
const (
	mostFindings = 64
	mostColumns  = 4
)

// NewIndex looks at every row once, but not yet at its texts.
func NewIndex(tl *Timeline) *Index {
	n := len(tl.Rows)
	x := &Index{tl: tl, most: mostRead, facts: make([]fact, n), parents: make([]int32, n), depths: make([]int32, n), present: newSet(n)}
	services, operations := newNames(), newNames()
	for i := range tl.Rows {
		r, f := &tl.Rows[i], &x.facts[i]
		x.parents[i], x.depths[i] = r.Parent, r.Depth
		if r.Kind != KindMissing {
			x.present.add(int32(i))
		}
		*f = fact{kind: r.Kind, failed: r.IsError(), critical: r.Critical, operation: none}
		if r.Parent != none {
			f.level = x.facts[r.Parent].level
		}
		if r.Kind == KindSpan || r.Kind == KindMissing {
			f.level++
		}
		if r.Kind == KindLog {
			f.said = r.Log.Level
		}
		f.service = services.of(r.Service())
		if s := r.Span; s != nil {
			f.operation, f.duration = operations.of(s.Operation), s.Duration
			f.failed = f.failed || r.Kind != KindSpan && s.Status == trace.StatusError
		}
	}
	x.services, x.operations = services.list, operations.list
	return x
}

// Wanted returns the rows that the filter wants for themselves.
func (x *Index) Wanted(f *Filter) Set {
	s := x.set(f, func(fact *fact) bool {
		return fact.kind != KindLog || !f.NoLogs && f.takesLevel(fact.said)
	})
	x.narrow(s, f)
	return s
}

// met returns the rows that meet a filter within another.
func (x *Index) met(f *Filter) Set {
	s := x.set(f, func(fact *fact) bool {
		return (!f.NoLogs || fact.kind != KindLog) && (!f.asksLevel() || fact.kind == KindLog && f.takesLevel(fact.said))
	})
	x.narrow(s, f)
	return s
}

// set returns the rows that meet all that facts can answer; logs are asked what
// only they are.
func (x *Index) set(f *Filter, log func(*fact) bool) Set {
	s := slices.Clone(x.present)
	services, operations := matching(f.Services, x.services), matching(f.Operations, x.operations)
	if !f.Errors && !f.NoLogs && !f.asksLevel() && !f.asksSpan() && f.Depth == 0 && services == nil {
		return s
	}
	for i := range x.facts {
		fact := &x.facts[i]
		switch {
		case !log(fact), f.Depth > 0 && int(fact.level) > f.Depth, f.Errors && !fact.failed, services != nil && !services[fact.service]:
			s.remove(int32(i))
		case !f.asksSpan(), fact.operation != none && f.takesDuration(fact.duration) && (operations == nil || operations[fact.operation]) && (!f.Critical || fact.critical):
		default:
			s.remove(int32(i))
		}
	}
	return s
}

// matching tells which names match; nil where all do.
func matching(patterns []Pattern, names []string) []bool {
	if len(patterns) == 0 {
		return nil
	}
	match := make([]bool, len(names))
	for i, name := range names {
		match[i] = anyMatches(patterns, name)
	}
	return match
}

// narrow leaves those rows in the set that meet the rest of the filter.
func (x *Index) narrow(s Set, f *Filter) {
	if f.Text != nil {
		s.and(x.matching(f))
	}
	if f.Phrase != "" {
		s.and(x.saying(f.Phrase))
	}
	for i := range f.Fields {
		s.and(x.holding(&f.Fields[i]))
	}
	for i := range f.All {
		s.and(x.met(&f.All[i]))
	}
	if len(f.Any) > 0 {
		any := newSet(len(x.facts))
		for i := range f.Any {
			any.or(x.met(&f.Any[i]))
		}
		s.and(any)
	}
	for i := range f.Not {
		s.andNot(x.met(&f.Not[i]))
	}
}

// Leading returns the rows of the set with all that lead to them.
func (x *Index) Leading(s Set) Set {
	all := slices.Clone(s)
	for row := range s.All() {
		for p := x.parents[row]; p != none && !all.Has(p); p = x.parents[p] {
			all.add(p)
		}
	}
	return all
}

// Depths are those of the rows. They must not be changed.
func (x *Index) Depths() []int32 { return x.depths }

// Cost is how many bytes of text are looked at, at most, to answer the filter
// now; math.MaxInt where that cannot be told.
func (x *Index) Cost(f *Filter) int {
	cost := 0
	if f.Text != nil {
		if _, ok := x.known(regular + f.Text.String()); !ok {
			return math.MaxInt
		}
	}
	if f.Phrase != "" {
		cost = x.costOf(f.Phrase)
	}
	for i := range f.Fields {
		field := &f.Fields[i]
		if x.column(field.key) == nil {
			return math.MaxInt
		}
		if field.text != "" {
			cost = plus(cost, x.costOf(field.text))
		}
	}
	for _, list := range [...][]Filter{f.All, f.Any, f.Not} {
		for i := range list {
			cost = plus(cost, x.Cost(&list[i]))
		}
	}
	return cost
}

func plus(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

// The signs of findings.
const (
	plain   = "="
	regular = "/"
)

// known returns what was found before.
func (x *Index) known(what string) (Set, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range slices.Backward(x.found) {
		if x.found[i].what == what {
			return x.found[i].rows, true
		}
	}
	return nil, false
}

// keep remembers what was found; sets that are kept do not change.
func (x *Index) keep(what string, rows Set) Set {
	n := rows.Len()
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.found) == mostFindings {
		x.found = slices.Delete(x.found, 0, mostFindings/4)
	}
	x.found = append(x.found, finding{what, rows, n})
	return rows
}

// matching returns the rows that the filter's regular expression matches.
func (x *Index) matching(f *Filter) Set {
	what := regular + f.Text.String()
	if s, ok := x.known(what); ok {
		return s
	}
	return x.keep(what, x.each(func(r *Row) bool { return r.says(f.Text) }))
}

// each asks rows one by one, some at a time.
func (x *Index) each(is func(r *Row) bool) Set {
	s := newSet(len(x.facts))
	inParallel((len(s)+wordsAtOnce-1)/wordsAtOnce, func(part int) {
		from := part * wordsAtOnce * 64
		for i := from; i < min(from+wordsAtOnce*64, len(x.facts)); i++ {
			if r := &x.tl.Rows[i]; r.Kind != KindMissing && is(r) {
				s.add(int32(i))
			}
		}
	})
	return s
}

// Parts of sets that share no word are filled by several goroutines.
const (
	wordsAtOnce = 64
	goroutines  = 4
)

// inParallel does so many parts of something.
func inParallel(parts int, do func(part int)) {
	var next atomic.Int64
	var working sync.WaitGroup
	for range min(goroutines, parts) {
		working.Go(func() {
			for part := next.Add(1) - 1; part < int64(parts); part = next.Add(1) - 1 {
				do(int(part))
			}
		})
	}
	working.Wait()
}
