package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// A request is a question to a source that is under way, or none. Only the
// answer to the last one counts.
type request struct {
	number int // of the last request, among those of all views
	what   string
	since  time.Time
	cancel context.CancelFunc // nil when nothing is under way
}

// An answer to a request.
type answer[T any] struct {
	number  int
	value   T
	answers []Answer
	err     error
}

// When a wait is worth telling, and how often its picture changes.
const (
	waitSeen = 150 * time.Millisecond
	waitTurn = 120 * time.Millisecond
)

// A tick redraws what waits.
type tick struct{}

func ticking(after time.Duration) tea.Cmd {
	return tea.Tick(after, func(time.Time) tea.Msg { return tick{} })
}

// start gives up what was under way and asks anew.
func start[T any](m *model, r *request, what string, ask func(context.Context) (T, []Answer, error)) tea.Cmd {
	r.stop()
	ctx, cancel := context.WithCancel(m.ctx)
	r.cancel = cancel
	m.requests++
	r.number = m.requests
	r.what, r.since = what, m.now()
	number := r.number
	return tea.Batch(m.tick(waitSeen), func() tea.Msg {
		value, answers, err := ask(ctx)
		return answer[T]{number, value, answers, err}
	})
}

// An early answer is what is known of a request while it is under way.
type early[T any] struct {
	number  int
	value   T
	answers []Answer
	next    tea.Cmd // waits for what is known later
}

// stages asks anew for what becomes known bit by bit. Of what was not taken in
// time only the newest is kept.
func stages[T any](m *model, r *request, what string, ask func(context.Context, func(T, []Answer)) (T, []Answer, error)) tea.Cmd {
	parts := make(chan early[T], 1)
	var next tea.Cmd
	next = func() tea.Msg {
		if part, more := <-parts; more {
			part.next = next
			return part
		}
		return nil
	}
	number := m.requests + 1
	tell := func(value T, answers []Answer) {
		select {
		case <-parts:
		default:
		}
		parts <- early[T]{number: number, value: value, answers: answers}
	}
	asked := start(m, r, what, func(ctx context.Context) (T, []Answer, error) {
		defer close(parts)
		return ask(ctx, tell)
	})
	return tea.Batch(asked, next)
}

// awaits reports whether an early answer is to the request that is under way.
func (r *request) awaits(number int) bool { return number == r.number && r.cancel != nil }

// stop gives the request up, and reports whether there was one.
func (r *request) stop() bool {
	if r.cancel == nil {
		return false
	}
	r.cancel()
	r.cancel = nil
	return true
}

// takes reports whether an answer is the one that is waited for; the wait is
// over then.
func (r *request) takes(number int) bool {
	return number == r.number && r.stop()
}

// waiting tells what is waited for, "" when that is nothing or only since now.
func (r *request) waiting(p *paints, now time.Time) string {
	took := now.Sub(r.since)
	if r.cancel == nil || took < waitSeen {
		return ""
	}
	turns := []rune(p.wait)
	return string(turns[int(took/waitTurn)%len(turns)]) + " " + r.what + " " + seconds(took)
}
