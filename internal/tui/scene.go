package tui

import (
	"sync"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
)

// A scene is a timeline with what is shown of it: rows that are folded together,
// rows beneath which nothing is shown, and rows that a filter hides. It is the
// model of a view: nothing in it knows how it is drawn.
type scene struct {
	tl     *timeline.Timeline
	into   []int32 // each row's fold, or -1
	folds  []timeline.Fold
	opened []bool  // folds that were opened
	closed []bool  // rows beneath which nothing is shown
	aside  []bool  // the same, of the scene without a filter
	sift   *sifted // what the filter leaves, or nil
	lines  []line
	at     []int32 // each row's line, or -1; rows of a fold have none
	list   []int32 // rows of logs and events that are shown, by time
	stale  bool    // list is of another filter
	byTime []int32 // all rows; to be read once sorted is closed
	sorted chan struct{}
	screen *render.Screen
	width  int    // columns that the screen is for
	more   []bool // scratch of place
	moved  []*skew.Clock
	hidden map[int32]*timeline.Fold // what is beneath rows that were closed
	told   map[clockKey]string      // what was said of clocks
}

// A line is a row, a fold of rows, or a silence.
type line struct {
	row, fold, silence int32 // fold and silence are -1 where the line is none
	depth              int32
	more               bool // another line follows beneath the same row
}

const nothing = -1

// newScene looks through all rows, at as much at a time as there are processors
// for. The order of the logs is not waited for.
func newScene(tl *timeline.Timeline, style render.Style) *scene {
	n := len(tl.Rows)
	s := &scene{
		tl: tl, closed: make([]bool, n), aside: make([]bool, n), at: make([]int32, n),
		moved: render.MovedClocks(tl), told: map[clockKey]string{}, hidden: map[int32]*timeline.Fold{}, sorted: make(chan struct{}), stale: true,
	}
	go func() {
		s.byTime = tl.ByTime()
		close(s.sorted)
	}()
	var measured sync.WaitGroup
	measured.Go(func() {
		style.Width = leastForSides
		s.screen, s.width = render.NewScreen(tl, style), leastForSides
	})
	s.into, s.folds = tl.Folds()
	s.opened = make([]bool, len(s.folds))
	s.layOut()
	measured.Wait()
	return s
}

// layOut makes the lines anew.
func (s *scene) layOut() {
	for i := range s.at {
		s.at[i] = nothing
	}
	s.lines = s.lines[:0]
	silences := 0
	begun := make([]bool, len(s.folds))
	rows := s.tl.Rows
	for i := int32(0); i < int32(len(rows)); {
		silences = s.silencesBefore(i, silences)
		r := &rows[i]
		if s.sift != nil && !s.sift.keep[i] {
			i += 1 + r.Subtree
			continue
		}
		if fold := s.into[i]; s.sift == nil && fold >= 0 && !s.opened[fold] {
			if !begun[fold] {
				begun[fold] = true
				s.lines = append(s.lines, line{row: i, fold: fold, silence: nothing, depth: r.Depth})
			}
			i += 1 + r.Subtree
			continue
		}
		s.at[i] = int32(len(s.lines))
		s.lines = append(s.lines, line{row: i, fold: nothing, silence: nothing, depth: r.Depth})
		if s.closed[i] {
			i += r.Subtree
		}
		i++
	}
	s.silencesBefore(int32(len(rows)), silences)
	s.linkLines()
}

// silencesBefore adds the silences that stand before a row, where the span that
// was silent is shown open. A filter leaves none: what it hides may have told.
func (s *scene) silencesBefore(row int32, next int) int {
	for ; next < len(s.tl.Silences) && s.tl.Silences[next].Before <= row; next++ {
		silence := &s.tl.Silences[next]
		if holder := s.holder(silence); s.sift == nil && holder >= 0 && s.at[holder] >= 0 && !s.closed[holder] {
			s.lines = append(s.lines, line{row: holder, fold: nothing, silence: int32(next), depth: silence.Depth})
		}
	}
	return next
}

// holder is the span that was silent.
func (s *scene) holder(silence *timeline.Silence) int32 {
	row := silence.Before - 1
	for row >= 0 && s.tl.Rows[row].Depth >= silence.Depth {
		row = s.tl.Rows[row].Parent
	}
	return row
}

// linkLines tells of each line whether another follows beneath the same row.
func (s *scene) linkLines() {
	var follows []bool // by depth
	for k := len(s.lines) - 1; k >= 0; k-- {
		depth := int(s.lines[k].depth)
		for len(follows) <= depth {
			follows = append(follows, false)
		}
		s.lines[k].more = follows[depth]
		follows[depth] = true
		follows = follows[:depth+1]
	}
}

// logs lists the logs and events that are shown, over all spans by time.
func (s *scene) logs() []int32 {
	if !s.stale {
		return s.list
	}
	<-s.sorted
	s.list, s.stale = s.list[:0], false
	for _, i := range s.byTime {
		if r := &s.tl.Rows[i]; (r.Kind == timeline.KindLog || r.Kind == timeline.KindEvent) && (s.sift == nil || s.sift.wanted[i]) {
			s.list = append(s.list, i)
		}
	}
	return s.list
}

// place says how a line hangs. Deeper than so many levels it says nothing of
// those above. It is good until the next call.
func (s *scene) place(k, levels int) render.Place {
	l := &s.lines[k]
	s.more = s.more[:0]
	at := render.Place{}
	if int(l.depth) <= levels {
		for range l.depth + 1 {
			s.more = append(s.more, false)
		}
		above := s.tl.Rows[l.row].Parent
		if l.silence >= 0 {
			above = l.row
		}
		for ; above >= 0; above = s.tl.Rows[above].Parent {
			s.more[s.tl.Rows[above].Depth] = s.at[above] >= 0 && s.lines[s.at[above]].more
		}
	}
	s.more = append(s.more[:min(int(l.depth), len(s.more))], l.more)
	at.More = s.more
	if l.silence < 0 && l.fold < 0 && s.closed[l.row] {
		at.Closed = s.beneath(l.row)
	}
	return at
}

// row is what a line shows; a fold's row is one of its own, and so
// is one that only leads to what a filter wants.
func (s *scene) row(k int) *timeline.Row {
	l := &s.lines[k]
	r := &s.tl.Rows[l.row]
	switch {
	case l.fold >= 0:
	case s.sift != nil && !s.sift.wanted[l.row]:
		leading := *r
		leading.Marks |= timeline.MarkLeads
		return &leading
	default:
		return r
	}
	folded := *r
	folded.Kind, folded.Fold, folded.Subtree = timeline.KindFold, &s.folds[l.fold], 0
	folded.Critical = folded.Fold.Critical
	return &folded
}

// beneath counts what a row leads to, once: it may be nearly all.
func (s *scene) beneath(row int32) *timeline.Fold {
	if f := s.hidden[row]; f != nil {
		return f
	}
	f := &timeline.Fold{}
	s.hidden[row] = f
	for i := row + 1; i <= row+s.tl.Rows[row].Subtree; i++ {
		f.Add(&s.tl.Rows[i])
	}
	return f
}

// line returns the line that shows a row, or what hides it.
func (s *scene) line(row int32) int {
	if row < 0 || len(s.lines) == 0 {
		return 0
	}
	for at := row; at >= 0; at = s.tl.Rows[at].Parent {
		if s.at[at] >= 0 {
			return int(s.at[at])
		}
		if fold := s.into[at]; fold >= 0 && s.sift == nil {
			if k := s.foldLine(fold); k >= 0 {
				return k
			}
		}
	}
	return s.before(row)
}

func (s *scene) foldLine(fold int32) int {
	for k := range s.lines {
		if s.lines[k].fold == fold {
			return k
		}
	}
	return nothing
}

// before returns the last line of the rows up to this one.
func (s *scene) before(row int32) int {
	last := 0
	for k := range s.lines {
		if s.lines[k].row > row {
			break
		}
		last = k
	}
	return last
}

// reveal opens all that hides a row, but takes no filter away.
func (s *scene) reveal(row int32) {
	changed := false
	for at := row; at >= 0; at = s.tl.Rows[at].Parent {
		if fold := s.into[at]; fold >= 0 && s.sift == nil && !s.opened[fold] {
			s.opened[fold], changed = true, true
		}
		if at != row && s.closed[at] {
			s.closed[at] = false
			changed = true
		}
	}
	if changed {
		s.layOut()
	}
}

// toggle opens what a line hides, or closes it. It reports false where there is
// nothing beneath.
func (s *scene) toggle(k int) bool {
	l := s.lines[k]
	switch r := &s.tl.Rows[l.row]; {
	case l.silence >= 0:
		return false
	case l.fold >= 0:
		s.opened[l.fold] = true
	case r.Subtree == 0:
		return false
	default:
		s.closed[l.row] = !s.closed[l.row]
	}
	s.layOut()
	return true
}

// closeAll hides what is beneath the spans, but leaves open what leads to
// errors.
func (s *scene) closeAll() {
	rows := s.tl.Rows
	failed := make([]bool, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		failed[i] = failed[i] || rows[i].IsError()
		if p := rows[i].Parent; p >= 0 && failed[i] {
			failed[p] = true
		}
		if rows[i].Subtree > 0 && rows[i].Depth > 0 && !failed[i] {
			s.closed[i] = true
		}
	}
	clear(s.opened)
	s.layOut()
}

// openAll shows every row.
func (s *scene) openAll() {
	clear(s.closed)
	for i := range s.opened {
		s.opened[i] = true
	}
	s.layOut()
}

// next returns the next row for which is holds, from a row on in a direction, or
// -1. Rows that a filter hides are passed over.
func (s *scene) next(from int32, step int32, is func(row int32) bool) int32 {
	for i := from + step; i >= 0 && i < int32(len(s.tl.Rows)); i += step {
		if is(i) && (s.sift == nil || s.sift.keep[i]) {
			return i
		}
	}
	return nothing
}

type clockKey struct {
	clock *skew.Clock
	width int
}

// clockLine tells a clock in the columns of the style. All rows are looked at
// for it, so it is kept.
func (s *scene) clockLine(c *skew.Clock, style render.Style) string {
	key := clockKey{c, style.Width}
	if _, ok := s.told[key]; !ok {
		s.told[key] = render.ClockLine(s.tl, c, style)
	}
	return s.told[key]
}
