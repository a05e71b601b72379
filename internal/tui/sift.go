package tui

import (
	"slices"

	"github.com/otrace/otrace/internal/timeline"
)

// Sifted is what a filter leaves of a timeline: the rows that it wants, and what
// leads to them.
type sifted struct {
	text         string // as it was typed
	wanted, keep []bool
	rows         int // wanted
}

// sift asks the filter for each row.
func sift(tl *timeline.Timeline, text string, f *timeline.Filter) *sifted {
	s := &sifted{text: text, wanted: tl.Wanted(f)}
	s.keep = make([]bool, len(s.wanted))
	copy(s.keep, s.wanted)
	for i := range slices.Backward(tl.Rows) {
		if s.wanted[i] {
			s.rows++
		}
		if p := tl.Rows[i].Parent; s.keep[i] && p >= 0 {
			s.keep[p] = true
		}
	}
	return s
}
