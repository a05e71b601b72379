package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// SchemaFind names the format that FoundJSON and FoundNDJSON write.
const SchemaFind = "otrace.find/v1"

// A Search is what was looked for and what was found.
type Search struct {
	Query trace.Query
	trace.Found
}

// FoundTable draws a line a trace, the newest first, under the names of the
// columns; then what the list lacks.
func FoundTable(w io.Writer, s *Search, style Style) error {
	t := &table{page: newPage(w), theme: newTheme(style), style: style}
	if len(s.Traces) > 0 {
		t.names(s.Traces)
	}
	for i := range s.Traces {
		t.trace(&s.Traces[i])
		if !t.checkpoint() {
			return t.err
		}
	}
	t.footer(s)
	return t.flush()
}

// A table is one drawing under way.
type table struct {
	*page
	*theme
	style   Style
	idWidth int
	rest    int // columns for the last cell; 0 draws it whole
}

const tableColumns = "%-23s %8s %6s %6s %6s  "

func (t *table) names(traces []trace.Summary) {
	for i := range traces {
		t.idWidth = max(t.idWidth, columns(safe.Of(traces[i].ID.String()).String()))
	}
	head := fmt.Sprintf(tableColumns, "START (UTC)", "DURATION", "SPANS", "LOGS", "ERRORS") + fmt.Sprintf("%-*s  ", t.idWidth, "TRACE")
	if t.style.Width > 0 {
		t.rest = max(t.style.Width-len(head), 12)
	}
	t.buf = append(t.dim.append(t.buf, head+"WHAT"), '\n')
}

func (t *table) trace(s *trace.Summary) {
	start, took := "-", "-"
	if s.Start != trace.NoTime {
		start = time.Unix(0, s.Start).UTC().Format("2006-01-02 15:04:05.000")
		took = string(appendDuration(nil, s.End-s.Start, t.style.ASCII))
	}
	logs := strconv.Itoa(s.Logs)
	errors := strconv.Itoa(s.Failed + s.ErrorLogs)
	if s.AtLeast {
		errors += "+"
	}
	cells := fmt.Sprintf("%-23s %*s %6d %6s ", start, 8+len(took)-columns(took), took, s.Spans, logs)
	t.buf = append(t.buf, cells...)
	p := paint{}
	if s.Failed+s.ErrorLogs > 0 {
		p = t.fault
	}
	t.buf = append(p.append(t.buf, fmt.Sprintf("%6s", errors)), "  "...)
	id := safe.Of(s.ID.String()).String()
	t.buf = append(pad(append(t.buf, id...), t.idWidth-columns(id)), "  "...)
	what := safe.Of(whatOf(s)).String()
	if t.rest > 0 && columns(what) > t.rest {
		what = clip(what, t.rest-columns(t.cut)) + t.cut
	}
	t.buf = append(trimRight(append(t.buf, what...)), '\n')
}

// whatOf names a trace: its root, and the services that took part.
func whatOf(s *trace.Summary) string {
	name := strings.TrimSpace(s.Service + " " + s.Operation)
	others := make([]string, 0, len(s.Services))
	for _, service := range s.Services {
		if service != s.Service {
			others = append(others, service)
		}
	}
	switch {
	case name == "" && len(others) > 0:
		return "logs of " + strings.Join(others, ", ")
	case name == "":
		return "logs only"
	case len(others) == 0:
		return name
	}
	return name + " + " + strings.Join(others, ", ")
}

// footer says what the list lacks.
func (t *table) footer(s *Search) {
	if s.More {
		t.say(t.warn, fmt.Sprintf("%s the newest %d of more; see --limit", t.missing, len(s.Traces)))
	}
	if s.Untraced > 0 {
		t.say(t.warn, fmt.Sprintf("%s %s that match name no trace", t.missing, plural(s.Untraced, "log")))
	}
	for _, g := range s.Gaps {
		t.say(t.warn, t.missing+" "+g.String())
	}
	for _, w := range s.Warnings {
		t.say(t.warn, t.bang+" "+w)
	}
}

func (t *table) say(p paint, text string) {
	t.buf = append(p.append(t.buf, safe.Of(text).String()), '\n')
}

// FoundJSON writes what was found as one JSON document on one line.
func FoundJSON(w io.Writer, s *Search) error {
	p := newPage(w)
	p.buf = append(appendSearch(append(p.buf, '{'), s), `,"traces":[`...)
	for i := range s.Traces {
		if i > 0 {
			p.buf = append(p.buf, ',')
		}
		p.buf = appendSummary(p.buf, &s.Traces[i])
		if !p.checkpoint() {
			return p.err
		}
	}
	p.buf = append(p.buf, "]}\n"...)
	return p.flush()
}

// FoundNDJSON writes a header line and then a line a trace.
func FoundNDJSON(w io.Writer, s *Search) error {
	p := newPage(w)
	p.buf = append(appendSearch(append(p.buf, '{'), s), "}\n"...)
	for i := range s.Traces {
		p.buf = append(appendSummary(p.buf, &s.Traces[i]), '\n')
		if !p.checkpoint() {
			return p.err
		}
	}
	return p.flush()
}

// appendSearch appends what stands before the traces.
func appendSearch(b []byte, s *Search) []byte {
	b = append(b, `"schema":"`+SchemaFind+`"`...)
	b = appendTexts(append(b, `,"query":`...), asked(&s.Query))
	b = append(b, `,"window":{`...)
	b = appendEdge(b, `"from":`, s.Query.Window.From)
	b = appendEdge(b, `,"until":`, s.Query.Window.Until)
	b = append(b, `},"partial":`...)
	b = strconv.AppendBool(b, len(s.Gaps) > 0)
	b = append(b, `,"more":`...)
	b = strconv.AppendBool(b, s.More)
	b = appendInt(b, `,"untraced_logs":`, int64(s.Untraced))
	b = append(b, `,"searched":{"indices":`...)
	b = appendTexts(b, s.Searched.Indices)
	b = appendTexts(append(b, `,"fields":`...), s.Searched.Fields)
	b = append(b, `},"gaps":[`...)
	for i, g := range s.Gaps {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, `{"source":`, g.Source)
		b = append(appendText(b, `,"reason":`, g.Reason), '}')
	}
	return appendTexts(append(b, `],"warnings":`...), s.Warnings)
}

// asked is the query as it was typed.
func asked(q *trace.Query) []string {
	var list []string
	for _, c := range q.Conditions {
		list = append(list, c.String())
	}
	for _, flag := range [...]struct{ name, value string }{{"--service", q.Service}, {"--operation", q.Operation}} {
		if flag.value != "" {
			list = append(list, flag.name+" "+flag.value)
		}
	}
	if q.MinDuration > 0 {
		list = append(list, "--min-duration "+time.Duration(q.MinDuration).String())
	}
	if q.MaxDuration > 0 {
		list = append(list, "--max-duration "+time.Duration(q.MaxDuration).String())
	}
	return list
}

// appendEdge appends one side of a window, null when it is open.
func appendEdge(b []byte, member string, t int64) []byte {
	if t == 0 {
		return append(append(b, member...), "null"...)
	}
	return appendMoment(b, member, t)
}

func appendSummary(b []byte, s *trace.Summary) []byte {
	b = appendText(b, `{"trace_id":`, s.ID.String())
	b = appendMoment(b, `,"start":`, s.Start)
	took := int64(0)
	if s.Start != trace.NoTime {
		took = s.End - s.Start
	}
	b = appendInt(b, `,"duration_ns":`, took)
	b = appendText(b, `,"service":`, s.Service)
	b = appendText(b, `,"operation":`, s.Operation)
	b = appendTexts(append(b, `,"services":`...), s.Services)
	b = appendInt(b, `,"spans":`, int64(s.Spans))
	b = appendInt(b, `,"logs":`, int64(s.Logs))
	b = appendInt(b, `,"errors":`, int64(s.Failed+s.ErrorLogs))
	b = appendInt(b, `,"failed_spans":`, int64(s.Failed))
	b = appendInt(b, `,"error_logs":`, int64(s.ErrorLogs))
	b = append(b, `,"error_logs_at_least":`...)
	b = strconv.AppendBool(b, s.AtLeast)
	var in []string
	if s.BySpans {
		in = append(in, "jaeger")
	}
	if s.ByLogs {
		in = append(in, "elasticsearch")
	}
	return append(appendTexts(append(b, `,"matched_in":`...), in), '}')
}
