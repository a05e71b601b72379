package render

import (
	"io"
	"slices"

	"github.com/otrace/otrace/internal/triage"
)

// SchemaErrorGroup names the format that ErrorGroupJSON writes.
const SchemaErrorGroup = "otrace.error-group/v1"

// ErrorGroupJSON writes one group, and what was asked about it, as one JSON
// document on one line.
func ErrorGroupJSON(w io.Writer, d *GroupDetail) error {
	p := newPage(w)
	p.buf = append(appendReport(append(p.buf, '{'), SchemaErrorGroup, d.Report), `,"group":`...)
	p.buf = appendGroup(p.buf, d.Number, d.Group, d.expected())
	p.buf = appendInt(p.buf, `,"healthy_traces":`, int64(d.Healthy))
	p.buf = appendStandouts(append(p.buf, `,"standouts":[`...), d.Standouts)
	p.buf = append(p.buf, `],"logs":[`...)
	for i := range d.Logs {
		if i > 0 {
			p.buf = append(p.buf, ',')
		}
		p.buf = appendErrorLog(p.buf, &d.Logs[i])
	}
	p.buf = append(p.buf, "]}\n"...)
	return p.flush()
}

// expected reports whether the group is among those that are not counted.
func (d *GroupDetail) expected() bool {
	return slices.ContainsFunc(d.Report.Expected, func(g triage.Group) bool { return g.ID == d.Group.ID })
}

func appendStandouts(b []byte, list []triage.Standout) []byte {
	for i := range list {
		s := &list[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, `{"key":`, s.Key)
		b = appendText(b, `,"value":`, s.Value)
		b = appendInt(b, `,"failing":`, int64(s.Failing))
		b = appendInt(b, `,"failing_of":`, int64(s.FailingOf))
		b = appendInt(b, `,"healthy":`, int64(s.Healthy))
		b = appendInt(b, `,"healthy_of":`, int64(s.HealthyOf))
		b = append(appendFloat(append(b, `,"p":`...), s.P), '}')
	}
	return b
}
