package render

import (
	"bytes"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// A GroupPane says what of a group's page stands in a pane beside a list.
type GroupPane struct {
	Brief   bool   // of the group alone, and only what a report knows: nothing that is told beside the list
	Instead string // of what is asked for the group alone, why it is not there; "" when it is
	Whole   bool   // logs are broken into lines, rather than cut
}

// GroupLines draws a group's page in lines for a pane of the style's width, from
// 30 columns on. Its traces are not among them, unless the page is brief: they
// are a list of their own then.
func GroupLines(d *GroupDetail, pane GroupPane, style Style) []string {
	var out bytes.Buffer
	p := &groupPage{errorPage: newErrorPage(&out, d.Report, style), d: d, g: d.Group, whole: pane.Whole}
	w := d.Report.Calendar.Window
	p.early = d.Report.Pending
	p.short = w.From != 0 && w.Until-w.From <= day
	p.identity()
	if pane.Brief {
		p.brief()
	} else {
		p.page(pane.Instead)
	}
	_ = p.flush() // a buffer takes all
	return strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
}

const day = int64(24 * 3600 * 1e9)

// brief is what tells most in little room.
func (p *groupPage) brief() {
	p.frames()
	p.said()
	p.affected()
	p.trend()
	if len(p.g.Examples) == 0 {
		p.section("no trace to open")
		return
	}
	p.examples(mostOfMany)
}

// page is what the command's page tells, but for the traces.
func (p *groupPage) page(instead string) {
	p.scopeOfCounts()
	p.trend()
	p.frames()
	p.affected()
	if instead != "" {
		p.buf = append(p.buf, '\n')
		p.paragraph(0, bodyIndent, p.dim, instead)
	} else {
		p.standouts()
	}
	p.said()
	p.logs()
}

// mostOfLog is how many columns of one log there are where it is broken into
// lines.
const mostOfLog = 600

// broken draws a line on as many as it takes. Each has its styles to itself.
func (p *groupPage) broken(indent int, l *line) {
	b, _ := l.append(nil, mostOfLog, p.cut)
	style := ""
	room := p.style.Width - indent - bodyIndent - 1 // a comma may stand behind the last column
	for k, part := range strings.Split(ansi.Wrap(string(b), max(room, fewestWords), " ,;&"), "\n") {
		if k > 0 {
			p.buf = pad(p.buf, bodyIndent)
		}
		p.buf = append(append(pad(p.buf, indent), style...), strings.TrimRight(part, " ")...)
		if style = lastStyle(style, part); style != "" {
			p.buf = append(p.buf, resetStyle...)
		}
		p.buf = append(p.buf, '\n')
	}
}

// resetStyle is how paints end.
const resetStyle = "\x1b[0m"

// lastStyle is the style that a part of a line ends in, "" for none.
func lastStyle(before, part string) string {
	at := strings.LastIndex(part, "\x1b[")
	if at < 0 {
		return before
	}
	style := part[at:]
	if style = style[:strings.IndexByte(style, 'm')+1]; style == resetStyle {
		return ""
	}
	return style
}

// GroupName is a group in a few words: "payment 503".
func GroupName(g *triage.Group) string {
	what := briefClass(g)
	switch {
	case what != "":
	case g.Kind == triage.Slow:
		what = "slow"
	case g.Kind == triage.LogOnly:
		what = "logs"
	default:
		what = g.Operation
	}
	return firstOf(joined(" ", g.Service, what), g.ID)
}

// GroupMessage is what a group's errors say: the class and the detail, else
// what one of its logs says, else what kind of a group it is.
func GroupMessage(g *triage.Group) string {
	if text := cause(g); text != "" {
		return text
	}
	for i := range g.Said {
		if text := g.Said[i].Example.Message; text != "" {
			return text
		}
	}
	return place(g)
}

// LogMessage is what an error log says, with the error that it names.
func LogMessage(l *trace.ErrorLog) string {
	message, why := logText(l)
	return message + why
}
