package timeline

import (
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A Fold stands for several rows beneath one parent.
type Fold struct {
	Kind                Kind // of the first one
	Siblings            int  // rows directly beneath the parent
	Same                bool // they all say what the first one says
	Spans, Logs, Events int  // all that is folded
	Failed              int  // spans and logs among them that tell of an error
	Shortest, Longest   int64
	Total               int64 // of the siblings' durations, nanoseconds
	End                 int64 // when the last of them ended, corrected
	Critical            bool  // one of them is on the critical path
}

// Where folding begins.
const (
	fewestAlike = 5  // siblings that say the same
	fewestMixed = 60 // siblings of any kind; of those the first stay
	keptMixed   = 20
)

// Fold returns the timeline for a screen: siblings that say the same become
// one row that counts them, and so do the many of a large fan-out. The first
// failure of its kind is never folded, nor is what leads to it.
func (tl *Timeline) Fold() *Timeline {
	f := tl.fold()
	if len(f.folds) == 0 {
		return tl
	}
	return f.rows()
}

// Folds tells what Fold would fold: for each row the number of the fold that it
// goes into with all beneath it, or -1, and the folds.
func (tl *Timeline) Folds() ([]int32, []Fold) {
	f := tl.fold()
	return f.into, f.folds
}

func (tl *Timeline) fold() *folder {
	f := &folder{tl: tl, into: make([]int32, len(tl.Rows)), failed: tl.failures()}
	for i := range f.into {
		f.into[i] = none
	}
	f.foldChildren(0, int32(len(tl.Rows)))
	for i := range tl.Rows {
		if r := &tl.Rows[i]; r.Subtree >= fewestAlike {
			f.foldChildren(int32(i)+1, int32(i)+1+r.Subtree)
		}
	}
	return f
}

// failures tells of each row whether it or anything beneath it failed.
func (tl *Timeline) failures() []bool {
	failed := make([]bool, len(tl.Rows))
	for _, i := range tl.Errors() {
		for ; i != none && !failed[i]; i = tl.Rows[i].Parent {
			failed[i] = true
		}
	}
	return failed
}

// Errors lists the rows that tell of errors, in their order.
func (tl *Timeline) Errors() []int32 {
	if tl.whole == nil {
		return tl.errors
	}
	var errors []int32
	for i := range tl.Rows {
		if tl.Rows[i].IsError() {
			errors = append(errors, int32(i))
		}
	}
	return errors
}

// A folder decides which rows go into which fold.
type folder struct {
	tl     *Timeline
	into   []int32 // each row's fold, or none; what is beneath goes with it
	failed []bool
	folds  []Fold
	kids   []int32
	alike  map[said][]int32
}

// said is what siblings have in common that are folded together.
type said struct {
	kind          Kind
	failed        bool
	service, text string
}

// foldChildren folds the children that stand between two rows.
func (f *folder) foldChildren(from, to int32) {
	f.kids = f.kids[:0]
	for k := from; k < to; k += 1 + f.tl.Rows[k].Subtree {
		f.kids = append(f.kids, k)
	}
	if len(f.kids) < fewestAlike {
		return
	}
	f.foldAlike()
	f.foldMixed()
}

// foldAlike folds siblings that say the same. Of those that failed the first
// stays, to be seen whole.
func (f *folder) foldAlike() {
	if !f.mayBeAlike() {
		return
	}
	if f.alike == nil {
		f.alike = make(map[said][]int32)
	}
	clear(f.alike)
	for _, k := range f.kids {
		if key, ok := f.key(k); ok {
			f.alike[key] = append(f.alike[key], k)
		}
	}
	for key, rows := range f.alike {
		if key.failed {
			rows = rows[1:]
		}
		if len(rows) >= fewestAlike {
			f.fold(rows, true)
		}
	}
}

// mayBeAlike reports whether enough of the children could say the same. Most
// spans have a few that differ, which a glance tells.
func (f *folder) mayBeAlike() bool {
	var seen [64]uint8
	if len(f.kids) > len(seen) {
		return true
	}
	for _, k := range f.kids {
		r := &f.tl.Rows[k]
		slot := byte(r.Kind)
		if r.Kind == KindSpan && r.Span.Operation != "" {
			name := r.Span.Operation
			slot += name[0]*3 + name[len(name)/2]*5 + name[len(name)-1]*7 + byte(len(name))*11
		}
		if seen[slot%64]++; seen[slot%64] == fewestAlike {
			return true
		}
	}
	return false
}

func (f *folder) key(k int32) (said, bool) {
	r := &f.tl.Rows[k]
	key := said{kind: r.Kind, failed: f.failed[k], service: r.Service()}
	switch r.Kind {
	case KindSpan:
		key.text = r.Span.Operation
	case KindEvent:
		key.text = r.Event.Name
	case KindLog:
		if key.text = r.Log.Template; key.text == "" {
			key.text = withoutNumbers(r.Log.Message)
		}
	default:
		return key, false
	}
	if key.failed {
		key.text += f.complaint(k)
	}
	return key, true
}

// mostCompared bounds how many rows of a failed sibling are compared.
const mostCompared = 64

// complaint is what the errors of a row and beneath it say: siblings that
// failed for different reasons are not alike.
func (f *folder) complaint(k int32) string {
	var b strings.Builder
	for i := k; i <= min(k+f.tl.Rows[k].Subtree, k+mostCompared); i++ {
		r := &f.tl.Rows[i]
		if !r.IsError() {
			continue
		}
		b.WriteByte('\n')
		switch r.Kind {
		case KindSpan:
			b.WriteString(r.Span.Operation + "\n" + withoutNumbers(r.Span.StatusMessage))
		case KindLog:
			b.WriteString(withoutNumbers(r.Log.Message))
		case KindEvent:
			b.WriteString(withoutNumbers(trace.FindText(r.Event.Attributes, "exception.type", "exception.message")))
		}
	}
	return b.String()
}

// withoutNumbers replaces every number, or word with digits in it, by one #:
// what is left is what messages from one place in the code have in common.
func withoutNumbers(s string) string {
	b := make([]byte, 0, min(len(s), 200))
	word, digits := 0, false
	for i := 0; i <= min(len(s), 200); i++ {
		inWord := i < min(len(s), 200) && isWord(s[i])
		if inWord {
			digits = digits || s[i] >= '0' && s[i] <= '9'
			b = append(b, s[i])
			continue
		}
		if digits {
			b = append(b[:word], '#')
		}
		if i < min(len(s), 200) {
			b = append(b, s[i])
		}
		word, digits = len(b), false
	}
	return string(b)
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c >= 0x80
}

// foldMixed folds what a large fan-out still has beyond its first rows.
func (f *folder) foldMixed() {
	rest := slices.DeleteFunc(slices.Clone(f.kids), func(k int32) bool { return f.into[k] != none })
	if len(rest) < fewestMixed {
		return
	}
	rest = slices.DeleteFunc(rest[keptMixed:], func(k int32) bool { return f.failed[k] || f.tl.Rows[k].Kind == KindMissing })
	if len(rest) >= fewestAlike {
		f.fold(rest, false)
	}
}

// fold puts rows into a new fold.
func (f *folder) fold(rows []int32, same bool) {
	fold := Fold{Kind: f.tl.Rows[rows[0]].Kind, Siblings: len(rows), Same: same, Shortest: f.tl.Rows[rows[0]].length()}
	for _, k := range rows {
		f.into[k] = int32(len(f.folds))
		r := &f.tl.Rows[k]
		d := r.length()
		fold.Shortest, fold.Longest, fold.Total = min(fold.Shortest, d), max(fold.Longest, d), saturate(fold.Total, d)
		fold.End, fold.Critical = max(fold.End, r.End()), fold.Critical || r.Critical
		for i := k; i <= k+r.Subtree; i++ {
			fold.Add(&f.tl.Rows[i])
		}
	}
	f.folds = append(f.folds, fold)
}

func (r *Row) length() int64 {
	if r.Kind != KindSpan {
		return 0
	}
	return r.Span.Duration
}

// Add counts a row among those that are folded.
func (fold *Fold) Add(r *Row) {
	switch r.Kind {
	case KindSpan:
		fold.Spans++
	case KindLog:
		fold.Logs++
	case KindEvent:
		fold.Events++
	}
	if r.IsError() && (r.Kind != KindEvent || fold.Kind == KindEvent) {
		fold.Failed++
	}
}

// rows returns the timeline with one row for each fold, where its first row
// was. A fold within a fold is not shown.
func (f *folder) rows() *Timeline {
	part := *f.tl
	part.root, part.whole, part.Rows = f.tl.Root(), f.tl.Whole(), make([]Row, 0, len(f.tl.Rows))
	to := make([]int32, len(f.tl.Rows))
	shown := make([]bool, len(f.folds))
	silences := f.tl.Silences
	part.Silences = nil
	for i := 0; i < len(f.tl.Rows); i++ {
		r := f.tl.Rows[i]
		for ; len(silences) > 0 && int(silences[0].Before) <= i; silences = silences[1:] {
			part.Silences = append(part.Silences, silences[0].moved(len(part.Rows)))
		}
		if fold := f.into[i]; fold != none {
			i += int(r.Subtree)
			for ; len(silences) > 0 && silences[0].within(i, r.Depth); silences = silences[1:] {
			}
			if shown[fold] {
				continue
			}
			shown[fold] = true
			r.Kind, r.Fold, r.Critical = KindFold, &f.folds[fold], f.folds[fold].Critical
			part.Folded++
		} else {
			to[i] = int32(len(part.Rows))
		}
		if r.Parent != none {
			r.Parent = to[r.Parent]
		}
		r.Subtree = 0
		part.Rows = append(part.Rows, r)
	}
	for _, s := range silences {
		part.Silences = append(part.Silences, s.moved(len(part.Rows)))
	}
	part.countSubtrees()
	return &part
}
