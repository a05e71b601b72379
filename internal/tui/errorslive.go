package tui

import (
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/triage"
)

// A live list asks again by itself, and marks what came since somebody looked.
type live struct {
	every   time.Duration // 0 for when r is pressed
	beats   int           // of the last wait
	pressed int           // keys, when the last report came
	seen    map[string]triage.Flag
	fresh   map[string]bool // by the group's ID
}

// usualEvery is how often a list asks again when nothing else is said.
const usualEvery = 10 * time.Second

// A due is the moment at which a live list asks again.
type due struct {
	of     *errorsView
	number int
}

// after is a message that comes later.
func (m *model) after(wait time.Duration, msg tea.Msg) tea.Cmd {
	over := m.tick(wait)
	if over == nil {
		return nil
	}
	return func() tea.Msg {
		over()
		return msg
	}
}

// wait begins to wait for the moment to ask again.
func (v *errorsView) wait() tea.Cmd {
	if v.every <= 0 {
		return nil
	}
	v.beats++
	return v.m.after(v.every, due{v, v.beats})
}

// dueNow asks again, unless a request is under way or something else is looked
// at: it waits once more then.
func (v *errorsView) dueNow(d due) tea.Cmd {
	switch {
	case d.of != v || d.number != v.beats || v.every <= 0:
		return nil
	case v.asked.cancel != nil || v.m.top() != view(v):
		return v.wait()
	}
	return v.begin()
}

func (v *errorsView) toggleLive() tea.Cmd {
	if v.m.opts.Source.Fixed() {
		return v.m.failing("a bundle never changes: there is nothing to wait for")
	}
	if v.every > 0 {
		v.every = 0
		return v.m.saying("no longer live: r asks again")
	}
	if v.every = v.m.opts.Every; v.every <= 0 {
		v.every = usualEvery
	}
	v.m.saying("live: asks again every " + everyText(v.every))
	return v.begin()
}

func everyText(d time.Duration) string { return render.Duration(int64(d), true) }

// liveText says that the list asks by itself, and when it did last.
func (v *errorsView) liveText(short bool) string {
	last := ""
	if !v.at.IsZero() {
		last = v.at.UTC().Format("15:04:05")
	}
	switch {
	case v.every <= 0 && (last == "" || short):
		return ""
	case v.every <= 0:
		return "as of " + last + " UTC"
	case short || last == "":
		return "live " + everyText(v.every)
	}
	text := fmt.Sprintf("live, every %s, last at %s UTC", everyText(v.every), last)
	if n := len(v.fresh); n > 0 {
		text = fmt.Sprintf("%s%d new%s%s", freshSign, n, v.m.paints.dot, text)
	}
	return text
}

// mark notes which groups are new, or newly flagged, since a key was pressed
// last.
func (v *errorsView) mark(before, now *errorScene, pressed int) {
	switch {
	case before == nil || before.report.Pending || before.scope != now.scope:
		v.seen = now.flags()
	case pressed != v.pressed:
		v.seen = before.flags()
	}
	v.pressed = pressed
	v.fresh = map[string]bool{}
	for id, flag := range now.flags() {
		if was, ok := v.seen[id]; !ok || flag > was {
			v.fresh[id] = true
		}
	}
}

// flags are those of all groups that are counted, by ID.
func (s *errorScene) flags() map[string]triage.Flag {
	flags := make(map[string]triage.Flag, len(s.report.Groups))
	for i := range s.report.Groups {
		flags[s.report.Groups[i].ID] = s.report.Groups[i].Flag
	}
	return flags
}

// freshSign stands before a group that is new since somebody looked.
const freshSign = "+"
