package tui

import (
	"cmp"
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// A groupView shows one group: its page, and the traces to open.
type groupView struct {
	m       *model
	known   *render.GroupDetail // what the list knew
	scope   Scope               // of the list
	asked   request
	answers []Answer
	err     error
	detail  *render.GroupDetail // with what is asked for it alone; nil before that is there
	lacks   []string            // its own, then those of the list
	said    map[trace.ID]string // by trace, what a log of it says

	rows  list
	pane  pane
	page  pageCache
	place place
}

func newGroupView(m *model, d *render.GroupDetail, scope Scope) *groupView {
	v := &groupView{m: m, known: d, scope: scope, pane: pane{m: m}}
	v.note()
	return v
}

func (v *groupView) request() *request { return &v.asked }

func (v *groupView) crumb() string {
	return v.m.paints.cutTo(safe.Of(render.GroupName(v.known.Group)).String(), mostCrumb)
}

// mostCrumb is how many columns of the breadcrumb a group or a search takes.
const mostCrumb = 32

// begin asks what only the group's own view tells. What the list knew is shown
// meanwhile.
func (v *groupView) begin() tea.Cmd {
	source, d := v.m.opts.Source, v.known
	return start(v.m, &v.asked, "looking at healthy traces and at logs", func(ctx context.Context) (*render.GroupDetail, []Answer, error) {
		got, answers, err := source.Group(ctx, d.Report, d.Group)
		if got != nil {
			got.Number = d.Number
		}
		return got, answers, err
	})
}

func (v *groupView) update(msg tea.Msg) tea.Cmd {
	if a, ok := msg.(answer[*render.GroupDetail]); ok && v.asked.takes(a.number) {
		v.answers, v.err = a.answers, a.err
		if a.value != nil {
			v.detail = a.value
			v.note()
		}
	}
	return nil
}

// best is what is known of the group by now.
func (v *groupView) best() *render.GroupDetail {
	if v.detail != nil {
		return v.detail
	}
	return v.known
}

// note keeps what is told in many frames.
func (v *groupView) note() {
	d, style := v.best(), v.m.paints.Style
	v.lacks = nil
	for _, g := range d.Report.Gaps[min(len(v.known.Report.Gaps), len(d.Report.Gaps)):] {
		v.lacks = append(v.lacks, v.m.paints.missing+" "+g.String())
	}
	v.lacks = append(v.lacks, render.Lacks(v.known.Report, style)...)
	v.said = map[trace.ID]string{}
	for i := range d.Logs {
		v.hear(&d.Logs[i], d.Logs[i].Origin.Service == d.Group.Service)
	}
	for i := range d.Group.Said {
		v.hear(&d.Group.Said[i].Example, false)
	}
}

// hear keeps what a log says of its trace, best one of the group's service.
func (v *groupView) hear(l *trace.ErrorLog, better bool) {
	if _, ok := v.said[l.TraceID]; l.Message != "" && (!ok || better) {
		v.said[l.TraceID] = render.LogMessage(l)
	}
}

// pending says why what is asked for the group alone is not there, "" when it
// is.
func (v *groupView) pending() string {
	switch {
	case v.detail != nil:
		return ""
	case v.asked.cancel != nil:
		return "healthy traces to compare with and its newest logs are being asked for" + v.m.paints.cut
	case v.err != nil:
		return "healthy traces to compare with and its newest logs could not be asked for (r asks again)"
	}
	return "healthy traces to compare with and its newest logs were not asked for (r asks)"
}

func (v *groupView) traces() []triage.Example { return v.best().Group.Examples }

// current is the trace that the cursor is on, the zero ID when there is none.
func (v *groupView) current() trace.ID {
	if list := v.traces(); v.rows.cursor < len(list) {
		return list[v.rows.cursor].Trace
	}
	return trace.ID{}
}

func (v *groupView) health() string { return strings.Join(healthOf(v.m.paints, v.answers), "  ") }

// status tells what the group's own view lacks, then what the list lacks.
func (v *groupView) status(width int) string {
	p := v.m.paints
	var list []trouble
	if v.err != nil {
		before := cmp.Or(map[bool]string{true: "as it was before: "}[v.detail != nil], "")
		list = append(list, trouble{p.Fault, p.cross + " " + before + v.err.Error() + " (r asks again)"})
	}
	for _, lack := range v.lacks {
		list = append(list, trouble{p.Warn, lack})
	}
	last := ""
	if v.detail == nil && v.asked.cancel == nil && v.err == nil {
		last = v.pending()
	}
	return p.telling(list, last, "d", width)
}
