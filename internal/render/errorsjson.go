package render

import (
	"io"
	"strconv"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// SchemaErrors names the format that ErrorsJSON and ErrorsNDJSON write.
const SchemaErrors = "otrace.errors/v1"

// ErrorsJSON writes a report as one JSON document on one line.
func ErrorsJSON(w io.Writer, r *triage.Report) error {
	p := newPage(w)
	p.buf = append(appendReport(append(p.buf, '{'), SchemaErrors, r), `,"groups":[`...)
	p.groups(r, r.Groups, false, ",")
	p.buf = append(p.buf, `],"expected":[`...)
	p.groups(r, r.Expected, true, ",")
	p.buf = append(p.buf, "]}\n"...)
	return p.flush()
}

// ErrorsNDJSON writes a header line and then a line a group, those that are
// expected last.
func ErrorsNDJSON(w io.Writer, r *triage.Report) error {
	p := newPage(w)
	p.buf = append(appendReport(append(p.buf, '{'), SchemaErrors, r), "}\n"...)
	for _, of := range [...]struct {
		groups   []triage.Group
		expected bool
	}{{r.Groups, false}, {r.Expected, true}} {
		if p.groups(r, of.groups, of.expected, "\n"); len(of.groups) > 0 {
			p.buf = append(p.buf, '\n')
		}
	}
	return p.flush()
}

// groups writes groups with something between them. Numbers are those that
// otrace errors show takes.
func (p *page) groups(r *triage.Report, groups []triage.Group, expected bool, between string) {
	before := 0
	if expected {
		before = len(r.Groups) + r.Hidden
	}
	for i := range groups {
		if i > 0 {
			p.buf = append(p.buf, between...)
		}
		p.buf = appendGroup(p.buf, before+i+1, &groups[i], expected)
		if !p.checkpoint() {
			return
		}
	}
}

// appendReport appends what a report says of itself.
func appendReport(b []byte, schema string, r *triage.Report) []byte {
	c := &r.Calendar
	b = appendWord(b, `"schema":`, schema)
	b = appendWord(b, `,"by":`, r.By.String())
	b = appendEdge(b, `,"window":{"from":`, c.Window.From)
	b = appendEdge(b, `,"until":`, c.Window.Until)
	b = appendInt(b, `,"slots":`, int64(c.Slots))
	b = appendBaseline(append(b, '}'), r)
	b = appendInt(b, `,"failing_traces":`, int64(r.Failing))
	b = appendInt(b, `,"failed_spans":`, int64(r.FailedSpans))
	b = appendInt(b, `,"error_logs":`, r.ErrorLogs)
	b = appendInt(b, `,"untraced_logs":`, r.Untraced)
	b = appendInt(b, `,"hidden_groups":`, int64(r.Hidden))
	b = appendCoverage(b, `,"coverage":{"spans":`, r.Spans)
	b = appendCoverage(b, `,"logs":`, r.Logs)
	b = append(b, `},"partial":`...)
	b = strconv.AppendBool(b, len(r.Gaps) > 0)
	b = appendTexts(append(b, `,"searched":{"indices":`...), r.Searched.Indices)
	b = appendTexts(append(b, `,"fields":`...), r.Searched.Fields)
	if r.Searched.Service != "" {
		b = appendText(b, `,"service":`, r.Searched.Service)
	}
	if r.Searched.Operation != "" {
		b = appendText(b, `,"operation":`, r.Searched.Operation)
	}
	b = appendGaps(append(b, '}'), r.Gaps)
	return appendTexts(append(b, `,"warnings":`...), r.Warnings)
}

// appendBaseline appends null where there is none.
func appendBaseline(b []byte, r *triage.Report) []byte {
	c := &r.Calendar
	if c.Slices == 0 {
		return append(b, `,"baseline":null`...)
	}
	b = appendEdge(b, `,"baseline":{"from":`, c.Baseline.From)
	b = appendEdge(b, `,"until":`, c.Baseline.Until)
	b = appendInt(b, `,"slices":`, int64(c.Slices))
	b = appendInt(b, `,"compared":`, int64(r.Compared))
	return append(appendTruth(b, `,"limited":`, r.Limited), '}')
}

func appendCoverage(b []byte, member string, c triage.Coverage) []byte {
	b = appendInt(append(b, member...), `{"read":`, c.Read)
	b = appendCount(b, `,"total":`, int(c.Total), c.Total < 0)
	b = appendTruth(b, `,"sampled":`, c.Sampled)
	return append(appendTruth(b, `,"counted":`, c.Counted), '}')
}

func appendTruth(b []byte, member string, is bool) []byte {
	return strconv.AppendBool(append(b, member...), is)
}

func appendGroup(b []byte, n int, g *triage.Group, expected bool) []byte {
	b = appendInt(b, `{"number":`, int64(n))
	b = appendText(b, `,"id":`, g.ID)
	b = appendWord(b, `,"flag":`, g.Flag.String())
	b = appendWord(b, `,"kind":`, g.Kind.String())
	b = appendTruth(b, `,"expected":`, expected)
	b = appendText(b, `,"service":`, g.Service)
	b = appendText(b, `,"operation":`, g.Operation)
	b = appendText(b, `,"class":`, g.Class)
	b = appendText(b, `,"detail":`, g.Detail)
	b = appendTexts(append(b, `,"frames":`...), g.Frames)
	b = appendText(b, `,"callee":`, g.Callee)
	b = appendGroupCounts(b, g)
	b = append(b, `,"trend":[`...)
	for i, n := range g.Trend {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	b = appendEntries(append(b, `],"entries":[`...), g.Entries)
	b = append(b, `],"example_trace_ids":`...)
	b = appendIDs(b, g.Examples)
	return append(appendSaid(append(b, `,"said":[`...), g.Said), "]}"...)
}

func appendGroupCounts(b []byte, g *triage.Group) []byte {
	b = appendInt(b, `,"traces":`, int64(g.Traces))
	b = appendInt(b, `,"absorbed":`, int64(g.Absorbed))
	b = appendInt(b, `,"spans":`, int64(g.Spans))
	b = appendInt(b, `,"logs":`, g.Logs)
	b = appendInt(b, `,"untraced_logs":`, g.Untraced)
	b = appendInt(b, `,"baseline_traces":`, int64(g.BaselineTraces))
	b = appendInt(b, `,"baseline_logs":`, g.BaselineLogs)
	b = appendMoment(b, `,"first":`, g.First)
	return appendMoment(b, `,"last":`, g.Last)
}

func appendEntries(b []byte, entries []triage.Entry) []byte {
	for i := range entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, `{"service":`, entries[i].Service)
		b = appendText(b, `,"operation":`, entries[i].Operation)
		b = append(appendInt(b, `,"traces":`, int64(entries[i].Traces)), '}')
	}
	return b
}

func appendIDs(b []byte, examples []triage.Example) []byte {
	b = append(b, '[')
	for i := range examples {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, "", examples[i].Trace.String())
	}
	return append(b, ']')
}

func appendSaid(b []byte, said []triage.Said) []byte {
	for i := range said {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, `{"service":`, said[i].Service)
		b = appendText(b, `,"template":`, said[i].Template)
		b = appendInt(b, `,"count":`, said[i].Count)
		b = append(appendErrorLog(append(b, `,"example":`...), &said[i].Example), '}')
	}
	return b
}

// appendErrorLog appends an error log without its document, which its index and
// ID lead to.
func appendErrorLog(b []byte, l *trace.ErrorLog) []byte {
	b = appendMoment(b, `{"time":`, l.Time)
	b = appendText(b, `,"service":`, l.Origin.Service)
	b = appendWord(b, `,"level":`, l.Level.String())
	b = appendText(b, `,"level_raw":`, l.LevelRaw)
	b = appendText(b, `,"message":`, l.Message)
	b = appendText(b, `,"type":`, l.Type)
	b = appendText(b, `,"reason":`, l.Reason)
	b = appendText(b, `,"stack":`, l.Stack)
	b = appendText(b, `,"trace_id":`, l.TraceID.String())
	b = appendSpanID(b, `,"span_id":`, l.Span)
	b = appendText(b, `,"index":`, l.Index)
	return append(appendText(b, `,"id":`, l.DocID), '}')
}
