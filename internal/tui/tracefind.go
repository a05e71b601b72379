package tui

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/timeline"
)

// mostFilters is how many filters are remembered.
const mostFilters = 20

// openFilter lets a filter be typed; it holds as it is typed.
func (v *traceView) openFilter() tea.Cmd {
	if v.scene == nil {
		return nil
	}
	before := v.filterText
	p := newPrompt("filter: ", before)
	p.past = v.m.state.Filters
	p.hint = "err  level>=warn  service:a,b*  dur>100ms  text  /regular expression/"
	p.live = func(s string) tea.Cmd {
		cmd, err := v.setFilter(s)
		p.note = ""
		if err != nil {
			p.note = err.Error()
		}
		return cmd
	}
	p.done = func(s string) tea.Cmd {
		cmd, err := v.setFilter(s)
		if err != nil {
			return v.m.failing("filter: " + err.Error())
		}
		v.m.state.remember(s)
		return cmd
	}
	p.leave = func() tea.Cmd {
		cmd, _ := v.setFilter(before) // it held before
		return cmd
	}
	v.m.prompt = p
	return nil
}

func (s *State) remember(filter string) {
	if filter == "" {
		return
	}
	s.Filters = slices.DeleteFunc(slices.Clone(s.Filters), func(old string) bool { return old == filter })
	s.Filters = slices.Insert(s.Filters, 0, filter)
	s.Filters = s.Filters[:min(len(s.Filters), mostFilters)]
}

// setFilter filters by what was typed. What cannot be read changes nothing.
func (v *traceView) setFilter(s string) (tea.Cmd, error) {
	f, err := parseFilter(s)
	if err != nil {
		return nil, err
	}
	v.filterText, v.filter = s, f
	return v.refilter(), nil
}

// refilter asks the filter for each row, beside everything else.
func (v *traceView) refilter() tea.Cmd {
	if v.filter.IsZero() {
		v.sifting.drop()
		if v.scene.sift != nil {
			v.put(nil)
		}
		return nil
	}
	tl, s, f := v.scene.tl, v.filterText, v.filter
	return work(&v.sifting, func() *sifted { return sift(tl, s, &f) })
}

func (v *traceView) sifted(o outcome[*sifted]) tea.Cmd {
	next, last := v.sifting.takes(o.of, o.number)
	if last && len(o.value.wanted) == len(v.scene.tl.Rows) {
		v.put(o.value)
	}
	return next
}

// put lays the scene out for what a filter leaves. What was closed before is of
// the scene without one.
func (v *traceView) put(s *sifted) {
	if (s == nil) != (v.scene.sift == nil) {
		v.scene.closed, v.scene.aside = v.scene.aside, v.scene.closed
		if s != nil {
			clear(v.scene.closed)
		}
	}
	v.scene.sift = s
	v.scene.layOut()
	v.scene.stale = true
	v.relay()
}

// critical shows the critical path only, or no longer.
func (v *traceView) critical() tea.Cmd {
	const word = "critical"
	words := split(v.filterText)
	if i := slices.Index(words, word); i >= 0 {
		words = slices.Delete(words, i, i+1)
	} else {
		words = append(words, word)
	}
	return v.filterBy(words)
}

func (v *traceView) filterBy(words []string) tea.Cmd {
	cmd, err := v.setFilter(strings.Join(words, " "))
	if err != nil {
		return v.m.failing(err.Error())
	}
	return cmd
}

// clearFilter shows all rows again.
func (v *traceView) clearFilter() tea.Cmd { return v.filterBy(nil) }

// A search is what was looked for, and the rows in which it stands.
type search struct {
	text string // as it was typed; "" for none
	want timeline.Filter
	rows []int32 // nil while they are not known
	step int     // where to go when they are
}

// openSearch lets a text be typed that is looked for.
func (v *traceView) openSearch() tea.Cmd {
	if v.scene == nil {
		return nil
	}
	p := newPrompt("/", "")
	p.done = func(s string) tea.Cmd {
		if s == "" {
			v.search = search{}
			v.searching.drop()
			return nil
		}
		want := timeline.Filter{Phrase: s}
		if len(s) > 2 && s[0] == '/' && s[len(s)-1] == '/' {
			re, err := compile(s[1 : len(s)-1])
			if err != nil {
				return v.m.failing("/" + s + ": " + err.Error())
			}
			want = timeline.Filter{Text: re}
		}
		v.search = search{text: s, want: want}
		return v.seek(1)
	}
	v.m.prompt = p
	return nil
}

// seek goes to the next row in which the text stands, or the one before, as soon
// as it is known where that is.
func (v *traceView) seek(step int) tea.Cmd {
	switch {
	case v.scene == nil || v.search.text == "":
		return v.m.saying("/ looks for a text")
	case v.search.rows != nil:
		v.goToMatch(step)
		return nil
	}
	v.search.step = step
	tl, want := v.scene.tl, v.search.want
	return work(&v.searching, func() []int32 { return rowsWith(tl, &want) })
}

func rowsWith(tl *timeline.Timeline, want *timeline.Filter) []int32 {
	rows := []int32{}
	for i, wanted := range tl.Wanted(want) {
		if wanted {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

func (v *traceView) found(o outcome[[]int32]) tea.Cmd {
	next, last := v.searching.takes(o.of, o.number)
	if last && v.search.text != "" {
		v.search.rows = o.value
		v.goToMatch(v.search.step)
	}
	return next
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
			why = fmt.Sprintf(": the filter hides the %d rows that have it", len(v.search.rows))
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

// goTo shows a row and puts the cursor on it.
func (v *traceView) goTo(row int32) {
	v.scene.reveal(row)
	v.moveTo(row)
	if v.tab == tabLogs && v.scene.logLine(row) < 0 || v.tab == tabServices {
		v.tab = tabTimeline
	}
	if z := len(v.zoomed); z > 0 && !v.zoomed[z-1].holds(&v.scene.tl.Rows[row]) {
		v.zoomTo(nil)
	}
}

// matches reports whether the text that is looked for stands in a row.
func (s *search) matches(row int32) bool {
	_, ok := slices.BinarySearch(s.rows, row)
	return ok
}

// nextError goes to the next row that tells of an error, or to the one before.
func (v *traceView) nextError(step int32) tea.Cmd {
	if v.scene == nil {
		return nil
	}
	is := func(i int32) bool { return v.scene.tl.Rows[i].IsError() }
	row := v.scene.next(v.selected, step, is)
	around := ""
	if row < 0 {
		from := int32(-1)
		if step < 0 {
			from = int32(len(v.scene.tl.Rows))
		}
		row, around = v.scene.next(from, step, is), ", around the end"
	}
	if row < 0 {
		return v.m.saying("nothing tells of an error" + v.hiding())
	}
	v.goTo(row)
	nth, all := 0, 0
	for i := range v.scene.tl.Rows {
		if is(int32(i)) && (v.scene.sift == nil || v.scene.sift.keep[i]) {
			if all++; int32(i) <= row {
				nth++
			}
		}
	}
	return v.m.saying(fmt.Sprintf("error %d of %d%s", nth, all, around))
}

// hiding says that a filter holds.
func (v *traceView) hiding() string {
	if v.scene.sift == nil {
		return ""
	}
	return ", of what the filter shows"
}
