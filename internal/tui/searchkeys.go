package tui

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

func (v *searchView) bindings() []binding {
	edit := func(t field) func() tea.Cmd { return func() tea.Cmd { return v.edit(t) } }
	list := append(append([]binding{}, moving...),
		binding{keys: []string{"enter", "l", "right"}, group: "move", does: "open the trace", hint: "open", do: v.open},
		binding{keys: []string{"i"}, group: "search", does: "change what is looked for", hint: "search", do: edit(termService)},
		binding{keys: []string{"s"}, with: []string{"p", "a", "t", "d"}, group: "search", does: "the service, operation, attributes, time, duration", do: edit(termService)},
		binding{keys: []string{"p"}, do: edit(termOperation)},
		binding{keys: []string{"a"}, do: edit(termAttributes)},
		binding{keys: []string{"t"}, hint: "time", do: edit(termSince)},
		binding{keys: []string{"d"}, do: edit(termDuration)},
		binding{keys: []string{"!"}, group: "search", does: "only traces with errors, or all", hint: "errors only", do: v.toggleErrors},
		binding{keys: []string{"+"}, group: "search", does: "list more traces", do: v.more},
		binding{keys: []string{"f", "/"}, group: "find", does: "of those listed, the ones that tell a text: an ID, a service, an operation", hint: "filter", do: v.openFilter},
		binding{keys: []string{"F"}, group: "find", does: "no filter", do: func() tea.Cmd { v.filter(""); return nil }},
		binding{keys: []string{"e", "]"}, with: []string{"["}, group: "find", does: "next trace with errors, the one before", hint: "next error", do: func() tea.Cmd { return v.nextError(1) }},
		binding{keys: []string{"["}, do: func() tea.Cmd { return v.nextError(-1) }},
		binding{keys: []string{"O"}, group: "look", does: "the newest first, the longest, those with the most errors", hint: "order", do: v.reorder},
		binding{keys: []string{"BY"}, group: "look", does: "the column: S found by its spans, L by its logs"},
	)
	list = append(list, v.m.copying(v.copyables, "the trace's ID, the command line, what is listed as JSON")...)
	return append(list, binding{keys: []string{"o"}, group: "take", does: "open the trace in Jaeger", do: v.browse})
}

func (v *searchView) other(key string) tea.Cmd {
	v.rows.jump(key)
	return nil
}

func (v *searchView) open() tea.Cmd {
	t := v.current()
	if t == nil {
		return nil
	}
	return v.m.push(newTraceView(v.m, t.ID))
}

func (v *searchView) openFilter() tea.Cmd {
	return v.m.filterList(v.only, "", v.filter)
}

// filterList lets a text be typed that the rows of a list must tell, and set
// list them; given up, those of before are listed again.
func (m *model) filterList(before, hint string, set func(only string)) tea.Cmd {
	p := newPrompt("filter: ", before)
	p.hint = hint
	p.live = func(s string) tea.Cmd { set(s); return nil }
	p.leave = func() tea.Cmd { set(before); return nil }
	m.prompt = p
	return nil
}

func (v *searchView) nextError(step int) tea.Cmd {
	for k := v.rows.cursor + step; k >= 0 && k < len(v.shown); k += step {
		if faults(&v.got.found.Traces[v.shown[k]]) > 0 {
			v.rows.move(k)
			return nil
		}
	}
	return v.m.saying("no other trace there has errors")
}

func (v *searchView) reorder() tea.Cmd {
	v.by = (v.by + 1) % allOrders
	v.relay()
	return v.m.saying(orderNames[v.by])
}

func (v *searchView) toggleErrors() tea.Cmd {
	t := v.terms
	if t[termErrors] == "" {
		t[termErrors] = onlyErrors
	} else {
		t[termErrors] = ""
	}
	return v.search(t)
}

// nextLimit is how many traces are listed when one asks for more of them; in the
// end it is all.
func nextLimit(n int) int {
	for _, next := range [...]int{usualLimit, 1000, 5000} {
		if n > 0 && n < next {
			return next
		}
	}
	return 0
}

// limitText is a limit as it is said.
func limitText(n int) string {
	if n == 0 {
		return "all"
	}
	return strconv.Itoa(n)
}

// more raises the limit.
func (v *searchView) more() tea.Cmd {
	if v.got == nil || !v.got.found.More {
		return v.m.saying("all that match are listed")
	}
	t := v.terms
	t[termLimit] = strconv.Itoa(nextLimit(v.got.query.Limit))
	return v.search(t)
}

func (v *searchView) copyables() []copyable {
	command := copyable{"c", "command", "the command line", v.command}
	t := v.current()
	if t == nil {
		return []copyable{command}
	}
	return []copyable{
		{"i", "trace ID", "the trace's ID", t.ID.String},
		command,
		{"j", "JSON", "what is listed as JSON", v.json},
	}
}

// json is what is listed, as otrace find writes it.
func (v *searchView) json() string {
	found := v.got.found
	found.Traces = make([]trace.Summary, 0, len(v.shown))
	for _, i := range v.shown {
		found.Traces = append(found.Traces, v.got.found.Traces[i])
	}
	var out bytes.Buffer
	_ = render.FoundJSON(&out, &render.Search{Query: v.got.query, Found: found}) // a buffer takes all
	return out.String()
}

// command is the command line that lists the same without this screen.
func (v *searchView) command() string {
	q, err := v.terms.query()
	if err != nil {
		return ""
	}
	list := []string{"otrace", "find"}
	flags := v.m.opts.Source.Command()
	add := func(name, value string) {
		if value != "" {
			flags = append(flags, name, value)
		}
	}
	add("--service", q.Service)
	add("--operation", q.Operation)
	if q.MinDuration > 0 {
		add("--min-duration", time.Duration(q.MinDuration).String())
	}
	if q.MaxDuration > 0 {
		add("--max-duration", time.Duration(q.MaxDuration).String())
	}
	since, until := v.terms[termSince], v.terms[termUntil]
	switch {
	case since != "" || until != "":
	case v.got != nil && v.got.query.Window.From != 0: // which is usual here, and not there
		since = time.Unix(0, v.got.query.Window.From).UTC().Format(time.RFC3339Nano)
	case v.terms == terms{}: // find must have something to look for
		since = "1970-01-01"
	}
	add("--since", since)
	add("--until", until)
	add("--limit", strconv.Itoa(q.Limit))
	dashed := false
	for _, c := range q.Conditions {
		dashed = dashed || strings.HasPrefix(c.Key, "-")
	}
	if dashed { // which would be read as flags
		list, flags = append(list, append(flags, "--")...), nil
	}
	for _, c := range q.Conditions {
		list = append(list, c.String())
	}
	list = append(list, flags...)
	for i, w := range list {
		list[i] = quoted(w)
	}
	return strings.Join(list, " ")
}

// browse opens the trace's page, or says where it is.
func (v *searchView) browse() tea.Cmd {
	t := v.current()
	if t == nil {
		return nil
	}
	page := render.TracePage(&timeline.Timeline{ID: t.ID}, v.m.opts.Style)
	switch open := v.m.opts.Browse; {
	case page == "":
		return v.m.failing("no page is known: a context names it as jaeger-ui")
	case open == nil:
		return v.m.copy("the address in Jaeger", page)
	default:
		return func() tea.Msg { return done{"opened " + page, open(page)} }
	}
}
