package tui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// A background is work on all rows, which may take longer than a frame. One piece
// of work runs at a time; of those that are asked for meanwhile only the last
// is done.
type background struct {
	number int // of the work that was asked for last
	busy   bool
	next   tea.Cmd
}

// An outcome of such work.
type outcome[T any] struct {
	of     *background
	number int
	value  T
}

// work asks for a piece of work.
func work[T any](b *background, do func() T) tea.Cmd {
	b.number++
	number := b.number
	cmd := func() tea.Msg { return outcome[T]{b, number, do()} }
	if b.busy {
		b.next = cmd
		return nil
	}
	b.busy = true
	return cmd
}

// drop lets what is under way be of no use.
func (b *background) drop() {
	b.number++
	b.next = nil
}

// takes notes that a piece of work is done, and reports whether it is the one
// that was asked for last. The command is the work to do next.
func (b *background) takes(of *background, number int) (tea.Cmd, bool) {
	if of != b {
		return nil, false
	}
	next := b.next
	b.next, b.busy = nil, next != nil
	return next, number == b.number
}
