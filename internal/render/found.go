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
	style  Style
	widths [7]int
}

// tableColumns are the names of the columns. Numbers stand right in theirs.
var tableColumns = [7]string{"START (UTC)", "DURATION", "SPANS", "LOGS", "ERRORS", "TRACE", "WHAT"}

const (
	foundStart    = 0
	foundDuration = 1
	foundSpans    = 2
	foundLogs     = 3
	errorsColumn  = 4
	lastColumn    = 6
)

// names measures the columns and writes their names. The last is cut where the
// line ends.
func (t *table) names(traces []trace.Summary) {
	for c, name := range tableColumns {
		t.widths[c] = columns(name)
	}
	for i := range traces {
		for c, cell := range t.cells(&traces[i]) {
			t.widths[c] = max(t.widths[c], columns(cell))
		}
	}
	t.fit()
	t.buf = append(t.buf, t.dim.on...)
	t.line(tableColumns, paint{})
	t.buf = append(append(t.buf[:len(t.buf)-1], t.dim.off...), '\n')
}

// leastWhat is the room for what a trace is, before other columns go.
const leastWhat = 13

// fit leaves out columns that have no room, the least telling first, and gives
// the last one the rest.
func (t *table) fit() {
	if t.style.Width == 0 {
		return
	}
	rest := t.style.Width
	for _, w := range t.widths[:lastColumn] {
		rest -= w + 2
	}
	for _, c := range [...]int{foundLogs, foundSpans, foundDuration, foundStart} {
		if rest >= leastWhat {
			break
		}
		rest += t.widths[c] + 2
		t.widths[c] = 0
	}
	t.widths[lastColumn] = max(rest, leastWhat)
}

// cells is a trace in words.
func (t *table) cells(s *trace.Summary) [7]string {
	start, took := "-", "-"
	if s.Start != trace.NoTime {
		start = time.Unix(0, s.Start).UTC().Format("2006-01-02 15:04:05.000")
		took = string(appendDuration(nil, s.End-s.Start, t.style.ASCII))
	}
	errors := strconv.Itoa(s.Failed + s.ErrorLogs)
	if s.AtLeast || s.Uncounted || s.Unasked {
		errors += "+"
	}
	return [7]string{
		start, took, number(s.Spans, s.Unasked), number(s.Logs, s.Uncounted), errors,
		safe.Of(s.ID.String()).String(), safe.Of(whatOf(s)).String(),
	}
}

func number(n int, unknown bool) string {
	if unknown {
		return "?"
	}
	return strconv.Itoa(n)
}

func (t *table) trace(s *trace.Summary) {
	p := paint{}
	if s.Failed+s.ErrorLogs > 0 {
		p = t.fault
	}
	t.line(t.cells(s), p)
}

// line writes a line of cells, the one of the errors painted.
func (t *table) line(cells [7]string, errors paint) {
	for c, cell := range cells {
		p, blank := paint{}, t.widths[c]-columns(cell)
		if c == errorsColumn {
			p = errors
		}
		switch {
		case t.widths[c] == 0:
		case c == lastColumn && blank < 0:
			t.buf = append(append(t.buf, clip(cell, t.widths[c]-columns(t.cut))...), t.cut...)
		case c == lastColumn:
			t.buf = append(t.buf, cell...)
		case c == foundStart || c == lastColumn-1:
			t.buf = pad(append(t.buf, cell...), blank+2)
		default:
			t.buf = pad(p.append(pad(t.buf, blank), cell), 2)
		}
	}
	t.buf = append(trimRight(t.buf), '\n')
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
		t.say(t.warn, fmt.Sprintf("%s %s", t.missing, untraced(s.Untraced)))
	}
	for _, g := range s.Gaps {
		t.say(t.warn, t.missing+" "+g.String())
	}
	for _, w := range s.Warnings {
		t.say(t.warn, t.bang+" "+w)
	}
}

func untraced(n int) string {
	if n == 1 {
		return "1 log matches and names no trace"
	}
	return fmt.Sprintf("%d logs match and name no trace", n)
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
	b = appendGaps(append(b, '}'), s.Gaps)
	return appendTexts(append(b, `,"warnings":`...), s.Warnings)
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

// appendCount appends null for a number that is not known.
func appendCount(b []byte, member string, n int, unknown bool) []byte {
	if unknown {
		return append(append(b, member...), "null"...)
	}
	return appendInt(b, member, int64(n))
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
	b = appendCount(b, `,"spans":`, s.Spans, s.Unasked)
	b = appendCount(b, `,"logs":`, s.Logs, s.Uncounted)
	b = appendInt(b, `,"errors":`, int64(s.Failed+s.ErrorLogs))
	b = appendCount(b, `,"failed_spans":`, s.Failed, s.Unasked)
	b = appendCount(b, `,"error_logs":`, s.ErrorLogs, s.Uncounted)
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
