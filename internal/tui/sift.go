package tui

import (
	"github.com/otrace/otrace/internal/timeline"
)

// Sifted is what a filter leaves of a timeline: the rows that it wants, and what
// leads to them.
type sifted struct {
	tl           *timeline.Timeline
	text         string // as it was typed
	wanted, keep []bool
	rows         int          // wanted
	all          timeline.Set // that are kept
	depths       []int32
}

// sift asks the filter for all rows.
func sift(tl *timeline.Timeline, x *timeline.Index, text string, f *timeline.Filter) *sifted {
	wanted := x.Wanted(f)
	all := x.Leading(wanted)
	return &sifted{tl: tl, text: text, rows: wanted.Len(), wanted: rowsOf(tl, wanted), keep: rowsOf(tl, all), all: all, depths: x.Depths()}
}

func rowsOf(tl *timeline.Timeline, set timeline.Set) []bool {
	is := make([]bool, len(tl.Rows))
	for row := range set.All() {
		is[row] = true
	}
	return is
}

// layOutKept makes the lines anew of what a filter leaves: no other rows are
// visited.
func (s *scene) layOutKept() {
	for i := range s.at {
		s.at[i] = nothing
	}
	s.lines = s.lines[:0]
	var last []int // by depth, the line to which another beneath the same row may follow
	past := int32(0)
	for row := range s.sift.all.All() {
		if row < past {
			continue
		}
		k, depth := len(s.lines), s.sift.depths[row]
		for len(last) <= int(depth) {
			last = append(last, nothing)
		}
		if before := last[depth]; before >= 0 {
			s.lines[before].more = true
		}
		last = append(last[:depth], k)
		s.at[row] = int32(k)
		s.lines = append(s.lines, line{row: row, fold: nothing, silence: nothing, depth: depth})
		if s.closed[row] {
			past = row + 1 + s.tl.Rows[row].Subtree
		}
	}
}
