package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// A request is a question to a source that is under way, or none. Only the
// answer to the last one counts.
type request struct {
	number int // of the last request
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
	r.number++
	r.what, r.since = what, m.now()
	number := r.number
	return tea.Batch(m.tick(waitSeen), func() tea.Msg {
		value, answers, err := ask(ctx)
		return answer[T]{number, value, answers, err}
	})
}

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
