package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// mostFilters is how many filters are remembered.
const mostFilters = 20

// openFilter lets a filter be typed; it holds as it is typed.
func (v *traceView) openFilter() tea.Cmd {
	if v.scene == nil {
		return nil
	}
	v.typeFilter(v.filterText, v.filterText)
	return v.prepare()
}

// typeFilter goes on with one that may be wrong; before held before. What cannot
// be read is told, and stays to be mended.
func (v *traceView) typeFilter(typed, before string) *prompt {
	p := newPrompt("filter: ", typed)
	p.past = v.m.state.Filters
	p.hint = "err  level>=warn  service:a,b*  key:value  -not this  this or that  dur>100ms  text  /regular expression/"
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
			v.typeFilter(s, before).note = err.Error()
			return nil
		}
		v.m.state.remember(s)
		return cmd
	}
	p.leave = func() tea.Cmd {
		cmd, _ := v.setFilter(before) // it held before
		return cmd
	}
	v.m.prompt = p
	return p
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

// refilter asks the filter for all rows: at once, where that is quick, else
// beside everything else.
func (v *traceView) refilter() tea.Cmd {
	if v.filter.IsZero() {
		v.sifting.drop()
		if v.scene.sift != nil {
			v.put(nil)
		}
		return nil
	}
	of, s, f := v.index(), v.filterText, v.filter
	if x := of.quick(&f); x != nil {
		v.sifting.drop()
		v.put(sift(of.tl, x, s, &f))
		return nil
	}
	return work(&v.sifting, func() *sifted { return sift(of.tl, of.make(), s, &f) })
}

func (v *traceView) sifted(o outcome[*sifted]) tea.Cmd {
	next, last := v.sifting.takes(o.of, o.number)
	if last && o.value.tl == v.scene.tl {
		v.index().keep()
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
	if i := slices.Index(words, word); i >= 0 && !hasOr(words) {
		return v.filterBy(slices.Delete(words, i, i+1))
	}
	return v.filterBy(also(words, word))
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
