package tui

import (
	"fmt"
	"slices"
	"sort"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/timeline"
)

// A search is what was looked for, and the rows in which it stands.
type search struct {
	text string // as it was typed; "" for none
	want timeline.Filter
	rows []int32 // nil while they are not known
	step int     // where to go when they are; 0 stays
	work int     // the piece of work that looks for them
}

// hits are the rows of a timeline in which a text stands.
type hits struct {
	tl   *timeline.Timeline
	rows []int32
}

// newSearch reads what is typed: a text, or a regular expression between slashes.
func newSearch(s string) (search, error) {
	if !isPattern(s) {
		return search{text: s, want: timeline.Filter{Phrase: s}}, nil
	}
	re, err := compile(s[1 : len(s)-1])
	return search{text: s, want: timeline.Filter{Text: re}}, err
}

// openSearch lets a text be typed that is looked for; where it stands is counted
// as it is typed.
func (v *traceView) openSearch() tea.Cmd {
	if v.scene == nil {
		return nil
	}
	before, tl, p := v.search, v.scene.tl, newPrompt("/", "")
	p.told = v.counted
	p.live = func(s string) tea.Cmd {
		cmd, err := v.lookFor(s)
		p.note = ""
		if err != nil {
			p.note = err.Error()
		}
		return cmd
	}
	p.done = func(s string) tea.Cmd {
		cmd, err := v.lookFor(s)
		if err != nil {
			v.search = before
			return v.m.failing("/" + s + ": " + err.Error())
		}
		if s == "" {
			return nil
		}
		return tea.Batch(cmd, v.seek(1))
	}
	p.leave = func() tea.Cmd {
		v.searching.drop()
		if v.search = before; v.scene.tl != tl {
			v.search.rows = nil
		}
		return nil
	}
	v.m.prompt = p
	return v.prepare()
}

// lookFor finds the rows in which a text stands. What cannot be read changes
// nothing.
func (v *traceView) lookFor(s string) (tea.Cmd, error) {
	if s == v.search.text {
		return v.look(), nil
	}
	to, err := newSearch(s)
	if err != nil {
		return nil, err
	}
	v.search = to
	v.searching.drop()
	return v.look(), nil
}

// look finds the rows, unless they are known or being looked for: at once, where
// that is quick, else beside everything else.
func (v *traceView) look() tea.Cmd {
	if s := &v.search; s.text == "" || s.rows != nil || v.searching.busy && s.work == v.searching.number {
		return nil
	}
	of, want := v.index(), v.search.want
	if x := of.quick(&want); x != nil {
		v.search.rows = rowsWith(x, &want)
		return nil
	}
	cmd := work(&v.searching, func() hits { return hits{of.tl, rowsWith(of.make(), &want)} })
	v.search.work = v.searching.number
	return cmd
}

func rowsWith(x *timeline.Index, want *timeline.Filter) []int32 {
	found := x.Wanted(want)
	return slices.AppendSeq(make([]int32, 0, found.Len()), found.All())
}

func (v *traceView) found(o outcome[hits]) tea.Cmd {
	next, last := v.searching.takes(o.of, o.number)
	if !last || v.search.text == "" || o.value.tl != v.scene.tl {
		return next
	}
	v.index().keep()
	v.search.rows = o.value.rows
	if v.search.step != 0 {
		v.goToMatch(v.search.step)
		v.search.step = 0
	}
	return next
}

// seek goes to the next row in which the text stands, or the one before, as soon
// as it is known where that is.
func (v *traceView) seek(step int) tea.Cmd {
	if v.scene == nil || v.search.text == "" {
		return v.m.saying("/ looks for a text")
	}
	cmd := v.look()
	if v.search.rows == nil {
		v.search.step = step
		return cmd
	}
	v.goToMatch(step)
	return nil
}

// counted tells how many rows have what is being typed.
func (v *traceView) counted() string {
	n, hidden := len(v.search.rows), v.hiddenHits()
	switch {
	case v.search.text == "":
		return ""
	case v.search.rows == nil:
		return v.m.paints.cut
	case n == 0:
		return "nowhere"
	case hidden > 0:
		return fmt.Sprintf("%s, and %d that the filter hides", counting(n-hidden, "row"), hidden)
	}
	return counting(n, "row")
}

// hiddenHits counts the rows that have it and are not seen for the filter.
func (v *traceView) hiddenHits() int {
	n := 0
	if s := v.scene.sift; s != nil {
		for _, row := range v.search.rows {
			if !s.keep[row] {
				n++
			}
		}
	}
	return n
}

// spans tells where in a harmless text that stands which is looked for: from and
// to in bytes, one behind another.
func (s *search) spans(text string) [][2]int {
	if s.text == "" {
		return nil
	}
	return s.want.Spans(text)
}

// goToMatch goes around the end, and says so.
func (v *traceView) goToMatch(step int) {
	rows := v.search.rows
	if s := v.scene.sift; s != nil {
		rows = slices.DeleteFunc(slices.Clone(rows), func(i int32) bool { return !s.keep[i] })
	}
	n := len(rows)
	if n == 0 {
		why := ""
		if len(v.search.rows) > 0 {
			why = fmt.Sprintf(": the filter hides it in %s", counting(len(v.search.rows), "row"))
		}
		v.m.failing("/" + v.search.text + " is nowhere" + why)
		return
	}
	at := sort.Search(n, func(k int) bool { return rows[k] > v.selected })
	if step < 0 {
		at = sort.Search(n, func(k int) bool { return rows[k] >= v.selected }) - 1
	}
	around := ""
	switch {
	case at >= n:
		at, around = 0, ", from the top again"
	case at < 0:
		at, around = n-1, ", from the end again"
	}
	v.goTo(rows[at])
	v.m.saying(fmt.Sprintf("/%s: %d of %d%s", v.search.text, at+1, n, around))
}

// matches reports whether the text that is looked for stands in a row.
func (s *search) matches(row int32) bool {
	_, ok := slices.BinarySearch(s.rows, row)
	return ok
}
