package tui

import (
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/timeline"
)

// atOnce is how many bytes of text may be looked at between a key and its frame:
// about 6 ms' worth. What takes longer is done beside everything else.
const atOnce = 40 << 20

// An indexing is the index of one timeline. It is made when it is first needed,
// beside everything else.
type indexing struct {
	tl   *timeline.Timeline
	make func() *timeline.Index // waits until it is made
	made *timeline.Index        // nil before
}

// An indexed timeline has its index.
type indexed struct{ *indexing }

// index is that of the timeline that is shown; of others none is kept.
func (v *traceView) index() *indexing {
	if tl := v.scene.tl; v.indexing == nil || v.indexing.tl != tl {
		v.indexing = &indexing{tl: tl, make: sync.OnceValue(func() *timeline.Index { return timeline.NewIndex(tl) })}
	}
	return v.indexing
}

// prepare makes the index while nothing is typed yet, then reads the texts.
func (v *traceView) prepare() tea.Cmd {
	of := v.index()
	if of.made != nil {
		return func() tea.Msg { of.made.Read(); return nil }
	}
	return tea.Batch(
		func() tea.Msg { of.make(); return indexed{of} },
		func() tea.Msg { of.make().Read(); return nil },
	)
}

// quick returns the index where it can answer a filter between a key and its
// frame, else nil.
func (of *indexing) quick(f *timeline.Filter) *timeline.Index {
	if of.made != nil && of.made.Cost(f) <= atOnce {
		return of.made
	}
	return nil
}

// keep notes that the index is there.
func (of *indexing) keep() { of.made = of.make() }
