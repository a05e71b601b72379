package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// A GroupDetail is one group of a report with what was asked about it alone.
type GroupDetail struct {
	Report    *triage.Report
	Number    int // in the list
	Group     *triage.Group
	Healthy   int               // traces that it was compared with; 0 is none
	Standouts []triage.Standout // in what its traces differ from healthy ones, most telling first
	Logs      []trace.ErrorLog  // newest error logs of its traces, the newest first
}

// ErrorGroup draws one group: what it is and how much there is of it, when it
// happened, what was said and where in the code, whom it affects, in what its
// traces differ from healthy ones, its logs, and traces to open.
func ErrorGroup(w io.Writer, d *GroupDetail, style Style) error {
	p := &groupPage{errorPage: newErrorPage(w, d.Report, style), d: d, g: d.Group}
	p.identity()
	p.scopeOfCounts()
	p.trend()
	p.frames()
	p.affected()
	p.standouts()
	p.said()
	p.logs()
	p.traces()
	return p.flush()
}

// A groupPage is a drawing of one group under way.
type groupPage struct {
	errorPage
	d     *GroupDetail
	g     *triage.Group
	whole bool // logs are broken into lines, rather than cut
	short bool // times are those of the day
}

// bodyIndent is the columns before what stands below a heading.
const bodyIndent = 2

// section begins a part of the page.
func (p *groupPage) section(heading string) {
	p.buf = append(p.buf, '\n')
	p.paragraph(0, bodyIndent, p.title, heading)
}

// identity says what the group is, and how much there is of it.
func (p *groupPage) identity() {
	g := p.g
	p.flow(0, bodyIndent, fact{p.title, strconv.Itoa(p.d.Number) + " " + place(g)}, fact{p.flagPaint(g.Flag), wordOf(g)}, fact{p.dim, g.ID})
	if text := message(g); text != "" {
		p.paragraph(0, bodyIndent, p.fault, text)
	}
	p.flow(0, bodyIndent, append(p.sizes(), fact{paint{}, p.moment("first", g.First, p.since(g))}, fact{paint{}, p.moment("last", g.Last, p.seen(g.Last))})...)
	p.flow(0, bodyIndent, fact{paint{}, p.d.apart()}, fact{paint{}, p.nature(g, 0)}, fact{paint{}, p.absorbed()}, fact{paint{}, p.loose()})
}

// scopeOfCounts says what was looked at, and what of it is not known.
func (p *groupPage) scopeOfCounts() {
	p.flow(0, bodyIndent, fact{p.dim, p.window()}, fact{p.dim, p.against()})
	p.lacks()
}

// apart says that a group is no cause.
func (d *GroupDetail) apart() string {
	if d.expected() {
		return "expected, not counted"
	}
	return ""
}

// sizes is how much there is of the group, now and before.
func (p *groupPage) sizes() []fact {
	g := p.g
	facts := []fact{{paint{}, p.counted(g)}}
	if g.Kind != triage.LogOnly {
		facts = append(facts, fact{paint{}, atLeast(int64(g.Spans), "failed span", p.r.Spans.Sampled)})
	}
	if g.Kind != triage.LogOnly && !p.silent("elasticsearch") && (g.Logs > 0 || !p.early) {
		facts = append(facts, fact{paint{}, atLeast(g.Logs, "error log", p.r.Logs.Sampled && !p.r.Logs.Counted)})
	}
	if p.r.Calendar.Slices > 0 {
		facts = append(facts, fact{paint{}, strings.ToLower(p.baselineName()) + ": " + p.compared(g)})
	}
	return facts
}

// moment tells when something was, and on a terminal how long ago.
func (p *groupPage) moment(what string, t int64, before string) string {
	switch {
	case t == trace.NoTime:
		return ""
	case p.style.Width == 0:
		return what + " " + before
	}
	return fmt.Sprintf("%s %s (%s)", what, time.Unix(0, t).UTC().Format("2006-01-02 15:04:05 UTC"), before)
}

func (p *groupPage) absorbed() string {
	if p.g.Absorbed == 0 {
		return ""
	}
	return fmt.Sprintf("absorbed %d: a retry or a fallback helped", p.g.Absorbed)
}

// loose counts the logs that come from elsewhere than the failing traces.
func (p *groupPage) loose() string {
	if p.g.Untraced == 0 {
		return ""
	}
	return plural(int(p.g.Untraced), "log") + " of no failing trace"
}

func (p *groupPage) frames() {
	if len(p.g.Frames) == 0 {
		return
	}
	p.section("in the code")
	for _, f := range p.g.Frames {
		p.paragraph(bodyIndent, 2*bodyIndent, paint{}, f)
	}
}

// affected lists where the requests came in that fail.
func (p *groupPage) affected() {
	entries := p.g.Entries
	if len(entries) == 0 {
		return
	}
	p.section("makes fail")
	most := len(entries)
	if p.style.Width > 0 {
		most = min(most, mostOfMany)
	}
	digits := len(strconv.Itoa(entries[0].Traces))
	for _, entry := range entries[:most] {
		p.paragraph(bodyIndent, 2*bodyIndent, paint{}, fmt.Sprintf("%*d %s", digits, entry.Traces, joined(" ", entry.Service, entry.Operation)))
	}
	p.more(len(entries) - most)
}

// mostOfMany is how many of a list there is room for on a terminal.
const mostOfMany = 10

func (p *groupPage) more(n int) {
	if n > 0 {
		p.paragraph(bodyIndent, bodyIndent, p.dim, fmt.Sprintf("and %d more", n))
	}
}

// comparison says what the group's traces were compared with.
func (d *GroupDetail) comparison() string {
	switch {
	case d.Healthy == 0:
		return "no healthy traces to compare with"
	case len(d.Standouts) == 0:
		return "nothing stands out against " + plural(d.Healthy, "healthy trace")
	}
	return "stands out against " + plural(d.Healthy, "healthy trace")
}

func (p *groupPage) standouts() {
	p.section(p.d.comparison())
	for i := range p.d.Standouts {
		p.paragraph(bodyIndent, 2*bodyIndent, paint{}, standout(&p.d.Standouts[i]))
	}
}

// standout tells both counts: which share is large is for the reader to see.
func standout(s *triage.Standout) string {
	return fmt.Sprintf("%s=%s: %d of %d failing, %d of %d healthy", s.Key, s.Value, s.Failing, s.FailingOf, s.Healthy, s.HealthyOf)
}

// said tells the templates of the logs, each with one of them.
func (p *groupPage) said() {
	if len(p.g.Said) == 0 {
		return
	}
	p.section("what its logs say")
	for i := range p.g.Said {
		s := &p.g.Said[i]
		p.paragraph(bodyIndent, 2*bodyIndent, paint{}, plus(s.Count, p.r.Logs.Sampled && !p.r.Logs.Counted)+" "+joined(": ", s.Service, s.Template))
		if s.Example.Message != "" {
			p.log(2*bodyIndent, &s.Example)
		}
	}
}

// logs tells the newest logs.
func (p *groupPage) logs() {
	if len(p.d.Logs) == 0 {
		return
	}
	p.section("newest error logs of its traces")
	for i := range p.d.Logs {
		p.log(bodyIndent, &p.d.Logs[i])
	}
}

// log draws a log, on a terminal cut to one line.
func (p *groupPage) log(indent int, l *trace.ErrorLog) {
	var text line
	letter, how := p.level(l.Level)
	text.text(p.dim, safe.Of(p.time(l.Time)+" "))
	text.sign(how, letter+" ")
	if l.Origin.Service != "" {
		text.text(p.service, safe.Of(l.Origin.Service+" "))
	}
	message, why := logText(l)
	text.text(paint{}, safe.Of(message))
	text.text(p.dim, safe.Of(why))
	if p.whole && text.width > p.style.Width-indent {
		p.broken(indent, &text)
		return
	}
	p.buf, _ = text.append(pad(p.buf, indent), max(p.style.Width-indent, 0), p.cut)
	p.buf = append(trimRight(p.buf), '\n')
}

// logText is what a log says, and the error that it names beside.
func logText(l *trace.ErrorLog) (message, why string) {
	message = strings.TrimRight(l.Message, " \t\r\n")
	if said := joined(": ", l.Type, l.Reason); said != "" && !strings.Contains(message, l.Reason) {
		why = " [" + said + "]"
	}
	return message, why
}

// time is a moment of the window: piped in full.
func (p *groupPage) time(t int64) string {
	switch {
	case t == trace.NoTime:
		return "-"
	case p.style.Width == 0:
		return string(appendTime(nil, t))
	case p.short:
		return time.Unix(0, t).UTC().Format("15:04:05.000")
	}
	return time.Unix(0, t).UTC().Format("2006-01-02 15:04:05.000")
}

// traces lists the traces to open.
func (p *groupPage) traces() {
	if len(p.g.Examples) == 0 {
		p.section("no trace to open")
		return
	}
	p.examples(len(p.g.Examples))
	if id := p.g.Examples[0].Trace; p.style.Width > 0 && id.IsTrace() {
		p.buf = append(p.buf, '\n')
		p.flow(0, bodyIndent, fact{p.dim, p.command("otrace show " + id.String())})
	}
}

// examples lists the first of the traces.
func (p *groupPage) examples(most int) {
	p.section("traces, the newest first")
	for _, e := range p.g.Examples[:min(most, len(p.g.Examples))] {
		facts := []fact{{p.linkTo(e.Trace), e.Trace.String()}}
		if e.Time != trace.NoTime {
			facts = append(facts, fact{p.dim, p.time(e.Time)})
		}
		p.flow(bodyIndent, 2*bodyIndent, facts...)
	}
}
