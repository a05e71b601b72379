package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// A tracesView lists the traces that a query finds.
type tracesView struct {
	m       *model
	wants   []trace.Condition
	service string
	query   trace.Query // of the last request
	asked   request
	answers []Answer
	found   *trace.Found // nil before there is an answer
	err     error
	rows    list
	only    string // what a trace must tell to be listed
	shown   []int  // of the found ones
}

func newTraces(m *model) *tracesView { return &tracesView{m: m} }

func (v *tracesView) request() *request { return &v.asked }

// mostListed is how many traces are listed.
const mostListed = 200

// A listing is traces that were found, and what for.
type listing struct {
	query trace.Query
	found trace.Found
}

func (v *tracesView) begin() tea.Cmd {
	q := trace.Query{Conditions: v.wants, Service: v.service, Operation: v.m.opts.Scope.Operation, Limit: mostListed}
	source, scope := v.m.opts.Source, v.m.opts.Scope
	q.Service = cmp.Or(q.Service, scope.Service)
	return stages(v.m, &v.asked, "looking for traces", func(ctx context.Context, early func(listing, []Answer)) (listing, []Answer, error) {
		var err error
		if q.Window, err = source.Window(ctx, scope.Since, scope.Until); err != nil {
			return listing{query: q}, nil, err
		}
		found, answers, err := source.Find(ctx, q, func(f trace.Found, a []Answer) { early(listing{q, f}, a) })
		return listing{q, found}, answers, err
	})
}

func (v *tracesView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case early[listing]:
		if v.asked.awaits(msg.number) {
			v.take(msg.value, msg.answers, nil)
		}
		return msg.next
	case answer[listing]:
		if v.asked.takes(msg.number) {
			v.take(msg.value, msg.answers, msg.err)
		}
	}
	return nil
}

func (v *tracesView) take(l listing, answers []Answer, err error) {
	v.answers, v.err = answers, err
	if err == nil || errors.Is(err, trace.ErrNotFound) {
		v.query, v.found = l.query, &l.found
	}
	v.pick(v.only)
}

// pick lists the traces that tell a text.
func (v *tracesView) pick(only string) {
	v.only, v.shown = only, v.shown[:0]
	if v.found == nil {
		return
	}
	for i := range v.found.Traces {
		t := &v.found.Traces[i]
		told := strings.ToLower(t.ID.String() + " " + t.Service + " " + t.Operation + " " + strings.Join(t.Services, " "))
		if strings.Contains(told, strings.ToLower(only)) {
			v.shown = append(v.shown, i)
		}
	}
	v.rows.rows = len(v.shown)
	v.rows.move(v.rows.cursor)
}

func (v *tracesView) crumb() string {
	var parts []string
	for _, c := range v.wants {
		parts = append(parts, c.String())
	}
	if v.service != "" {
		parts = append(parts, v.service)
	}
	if len(parts) == 0 {
		return "traces"
	}
	return "traces " + strings.Join(parts, " ")
}

func (v *tracesView) health() string { return strings.Join(healthOf(v.m.paints, v.answers), "  ") }

func (v *tracesView) status(int) string {
	p := v.m.paints
	var parts []string
	if v.err != nil && v.found != nil && len(v.found.Traces) > 0 {
		parts = append(parts, text(p.Fault, p.cross+" as it was before: "+v.err.Error()))
	}
	if v.found != nil {
		for _, g := range v.found.Gaps {
			parts = append(parts, text(p.Warn, p.missing+" "+g.String()+" (r asks again)"))
		}
		if v.found.More {
			parts = append(parts, text(p.Warn, fmt.Sprintf("the newest %d, there are more", len(v.found.Traces))))
		}
		for _, w := range v.found.Warnings {
			parts = append(parts, text(p.Warn, "! "+w))
		}
	}
	parts = append(parts, text(p.Dim, windowText(v.query.Window)))
	return strings.Join(parts, text(p.Dim, p.dot))
}

// windowText tells when was looked at.
func windowText(w trace.Window) string {
	const layout = "2006-01-02 15:04:05"
	from, until := "", ""
	if w.From != 0 {
		from = " since " + time.Unix(0, w.From).UTC().Format(layout)
	}
	if w.Until != 0 {
		until = " until " + time.Unix(0, w.Until).UTC().Format(layout)
	}
	if from+until == "" {
		return "all that there is"
	}
	return strings.TrimSpace(from+until) + " UTC"
}

func (v *tracesView) bindings() []binding {
	return append(append([]binding{}, moving...),
		binding{keys: []string{"enter", "l", "right"}, group: "move", does: "open the trace", hint: "open", do: v.open},
		binding{keys: []string{"f", "/"}, group: "find", does: "only the traces that tell a text: an ID, a service, an operation", hint: "filter", do: v.openFilter},
		binding{keys: []string{"F"}, group: "find", does: "all traces", do: func() tea.Cmd { v.pick(""); return nil }},
		binding{keys: []string{"e"}, group: "find", does: "next trace with errors", hint: "next error", do: func() tea.Cmd { return v.nextError(1) }},
		binding{keys: []string{"E"}, group: "find", does: "the one before", do: func() tea.Cmd { return v.nextError(-1) }},
		binding{keys: []string{"y"}, group: "take", does: "copy the trace's ID", hint: "copy", do: v.copy},
	)
}

func (v *tracesView) other(key string) tea.Cmd {
	v.rows.jump(key)
	return nil
}

func (v *tracesView) leave() bool {
	if v.only == "" {
		return false
	}
	v.pick("")
	return true
}

// current is the trace that the cursor is on, or nil.
func (v *tracesView) current() *trace.Summary {
	if v.found == nil || v.rows.cursor >= len(v.shown) {
		return nil
	}
	return &v.found.Traces[v.shown[v.rows.cursor]]
}

func (v *tracesView) open() tea.Cmd {
	t := v.current()
	if t == nil {
		return nil
	}
	return v.m.push(newTraceView(v.m, t.ID))
}

func (v *tracesView) openFilter() tea.Cmd {
	before := v.only
	p := newPrompt("filter: ", before)
	p.live = func(s string) tea.Cmd { v.pick(s); return nil }
	p.leave = func() tea.Cmd { v.pick(before); return nil }
	v.m.prompt = p
	return nil
}

func (v *tracesView) nextError(step int) tea.Cmd {
	for k := v.rows.cursor + step; k >= 0 && k < len(v.shown); k += step {
		if t := &v.found.Traces[v.shown[k]]; t.Failed > 0 || t.ErrorLogs > 0 {
			v.rows.move(k)
			return nil
		}
	}
	return v.m.saying("no other trace there has errors")
}

func (v *tracesView) copy() tea.Cmd {
	if t := v.current(); t != nil {
		return v.m.copy("the trace's ID", t.ID.String())
	}
	return nil
}

func (v *tracesView) wheel(by int) { v.rows.move(v.rows.cursor + by) }

func (v *tracesView) click(_, y int) tea.Cmd {
	to := v.rows.top + y - 2
	if y < 2 || to >= v.rows.end() {
		return nil
	}
	if to == v.rows.cursor {
		return v.open()
	}
	v.rows.move(to)
	return nil
}

// Render draws a line a trace.
func (v *tracesView) Render(width, height int) []string {
	p := v.m.paints
	switch {
	case v.found == nil && v.err != nil:
		return v.m.failure(v.err, width)
	case v.found == nil:
		return nil
	}
	v.rows.resize(len(v.shown), height-2)
	count := fmt.Sprintf("%d traces", len(v.found.Traces))
	if v.only != "" {
		count = text(p.Warn, "filter: "+v.only) + "  " + text(p.Title, fmt.Sprintf("%d of %s", len(v.shown), count))
	} else {
		count = text(p.Dim, count)
	}
	lines := []string{p.sides(text(p.Title, "[Traces]"), count, width)}
	if len(v.shown) == 0 {
		return append(lines, "", "  "+text(p.Warn, v.nothing()))
	}
	lines = append(lines, text(p.Dim, p.fit(" "+v.columns(width), width)))
	for k := v.rows.top; k < v.rows.end(); k++ {
		lines = append(lines, v.m.listed(v.line(&v.found.Traces[v.shown[k]], width), k == v.rows.cursor, false, false, width))
	}
	return lines
}

func (v *tracesView) nothing() string {
	switch {
	case v.only != "":
		return "the filter " + v.only + " matches none of them: F takes it away"
	case v.query.Window.IsZero():
		return "there are no traces"
	}
	return "there are no traces " + windowText(v.query.Window)
}

func (v *tracesView) columns(width int) string {
	if width < leastForPanes {
		return "STARTED  ERR      DUR ROOT"
	}
	return "STARTED (UTC)  TRACE    SPANS  LOGS  ERR      DUR ROOT"
}

func (v *tracesView) line(t *trace.Summary, width int) string {
	p := v.m.paints
	when, took := "-", ""
	if t.Start != trace.NoTime {
		at := time.Unix(0, t.Start).UTC()
		if when = at.Format("15:04:05"); width >= leastForPanes {
			when = at.Format("01-02 15:04:05")
		}
		took = render.Duration(t.End-t.Start, p.ASCII)
	}
	errs := fmt.Sprintf("%4s", "")
	if n := t.Failed + t.ErrorLogs; n > 0 {
		errs = text(p.Fault, fmt.Sprintf("%4s", fmt.Sprintf("%s%d", p.cross, n)))
	}
	others := ""
	if list := slices.DeleteFunc(slices.Clone(t.Services), func(s string) bool { return s == t.Service }); width >= leastForSides && len(list) > 0 {
		others = text(p.Dim, "  + "+strings.Join(list, ", "))
	}
	root := text(p.Service, t.Service) + " " + text(render.Paint{}, t.Operation) + others
	took = strings.Repeat(" ", max(8-render.Columns(took), 0)) + took
	if width < leastForPanes {
		return when + " " + errs + " " + took + " " + root
	}
	return fmt.Sprintf("%s %s %s %s %s %s %s", when, p.fit(text(p.Dim, shortID(t.ID)), 8), count(t.Spans, t.Unasked, 5), count(t.Logs, t.Uncounted, 5), errs, took, root)
}

// count is a number, or that it is not known.
func count(n int, unknown bool, width int) string {
	if unknown {
		return fmt.Sprintf("%*s", width, "?")
	}
	return fmt.Sprintf("%*d", width, n)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
