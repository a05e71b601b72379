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
	tl      *timeline.Timeline
	into    []int32 // each row's fold, or -1
	folds   []timeline.Fold
	opened  []bool  // folds that were opened
	closed  []bool  // rows beneath which nothing is shown
	aside   []bool  // the same, of the scene without a filter
	sift    *sifted // what the filter leaves, or nil
	lines   []line
	at      []int32 // each row's line, or -1; rows of a fold have none
	list    []int32 // rows of logs and events that are shown, by time
	stale   bool    // list is of another filter
	byTime  []int32 // all rows; to be read once sorted is closed
	sorted  chan struct{}
	screen  *render.Screen
	without render.ColumnSet // that the screen leaves out
	width   int              // columns that the screen is for
	more    []bool           // scratch of place
	moved   []*skew.Clock
	hidden  map[int32]*timeline.Fold // what is beneath rows that were closed
	told    map[clockKey]string      // what was said of clocks
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
	var measured sync.WaitGroup
	measured.Go(func() {
		style.Width = leastForSides
		s.screen, s.width = render.NewScreen(tl, style), leastForSides
	})
	s.into, s.folds = tl.Folds()
	s.opened = make([]bool, len(s.folds))
	s.lines = make([]line, 0, s.leastLines())
	s.layOut()
	measured.Wait()
	go func() {
		s.byTime = tl.ByTime()
		close(s.sorted)
	}()
	return s
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

// clockLine tells a clock in the columns of the style. It is kept: a theme is
// made for it.
func (s *scene) clockLine(c *skew.Clock, style render.Style) string {
	key := clockKey{c, style.Width}
	if _, ok := s.told[key]; !ok {
		s.told[key] = s.screen.ClockLine(c, style)
	}
	return s.told[key]
}
