package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// byWords are what groups are called, one and several.
var byWords = [...][2]string{{"cause", "causes"}, {"service", "services"}, {"operation", "operations"}, {"class", "classes"}, {"entry", "entries"}}

// causes counts groups by the word for what they have in common.
func (e *errorPage) causes(n int) string {
	if n == 1 {
		return "1 " + byWords[e.r.By][0]
	}
	return strconv.Itoa(n) + " " + byWords[e.r.By][1]
}

// flagWord is a flag as it stands in a table, "" for a steady group.
func flagWord(f triage.Flag) string {
	if f == triage.Steady {
		return ""
	}
	return strings.ToUpper(f.String())
}

func (e *errorPage) flagPaint(f triage.Flag) paint {
	switch f {
	case triage.New:
		return e.fault
	case triage.Rising, triage.MaybeNew:
		return e.warn
	}
	return paint{}
}

// atLeast counts with a plus where there may be more.
func atLeast(n int64, word string, more bool) string {
	if more {
		return fmt.Sprintf("%d+ %ss", n, word)
	}
	return plural(int(n), word)
}

// traces is how many traces a group stands at the root of.
func (e *errorPage) traces(g *triage.Group) string {
	if g.Kind == triage.LogOnly && g.Traces == 0 {
		return "-"
	}
	return plus(int64(g.Traces), e.r.Spans.Sampled)
}

// logs is how many error logs tell of a group.
func (e *errorPage) logs(g *triage.Group) string {
	if e.silent("elasticsearch") {
		return "?"
	}
	if e.early && g.Logs == 0 {
		return "-"
	}
	return plus(g.Logs, e.r.Logs.Sampled && !e.r.Logs.Counted)
}

// silent reports whether nothing came from a source.
func (e *errorPage) silent(source string) bool {
	return slices.ContainsFunc(e.r.Gaps, func(g trace.Gap) bool { return g.Source == source && !g.Partial })
}

func plus(n int64, more bool) string {
	if more {
		return strconv.FormatInt(n, 10) + "+"
	}
	return strconv.FormatInt(n, 10)
}

// counted is what a group is counted by, in words.
func (e *errorPage) counted(g *triage.Group) string {
	if g.Kind == triage.LogOnly && g.Traces == 0 {
		return atLeast(g.Logs, "log", e.r.Logs.Sampled && !e.r.Logs.Counted)
	}
	return atLeast(int64(g.Traces), "trace", e.r.Spans.Sampled)
}

// before is how many there were in the baseline, "-" when that is not known.
func (e *errorPage) before(g *triage.Group) string {
	unknown := e.r.NoSpansBefore
	if g.Kind == triage.LogOnly {
		unknown = e.r.NoLogsBefore
	}
	if unknown || e.r.Pending || e.r.Calendar.Slices == 0 || e.r.Compared == 0 {
		return "-"
	}
	return plus(int64(g.BaselineTraces), e.r.Limited)
}

// usual is how many there are in a stretch of the baseline that is as long as
// the window, "-" when that is not known.
func (e *errorPage) usual(g *triage.Group) string {
	perWindow := e.perWindow(g)
	if e.before(g) == "-" {
		return "-"
	}
	per := lapse(e.r.Calendar.Window.Until - e.r.Calendar.Window.From)
	if per == "1h" {
		per = "h"
	}
	return rate(perWindow) + "/" + per
}

// perWindow is the rate of the baseline, by the window's length.
func (e *errorPage) perWindow(g *triage.Group) float64 {
	c := &e.r.Calendar
	if c.Slices == 0 || e.r.Compared == 0 || c.Window.From <= c.Baseline.From {
		return 0
	}
	slice := float64(c.Window.From-c.Baseline.From) / float64(c.Slices)
	return float64(g.BaselineTraces) / float64(e.r.Compared) * float64(c.Window.Until-c.Window.From) / slice
}

// rate is a number with the digits that mean something.
func rate(f float64) string {
	switch {
	case f >= 9.95 || f == 0:
		return strconv.FormatFloat(f, 'f', 0, 64)
	case f >= 0.095:
		return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
	}
	return strconv.FormatFloat(f, 'g', 1, 64)
}

// compared is both counts of the baseline in one: "12 (0.5/h)".
func (e *errorPage) compared(g *triage.Group) string {
	if g.BaselineTraces == 0 || e.before(g) == "-" {
		return e.before(g)
	}
	return e.before(g) + " (" + e.usual(g) + ")"
}

// message is what was said: the class of the error and its detail.
func message(g *triage.Group) string { return joined(": ", g.Class, g.Detail) }

// cause is message, or what it is that says nothing.
func cause(g *triage.Group) string { return causeAs(g, g.Class) }

// briefCause is cause without the packages of an exception's type.
func briefCause(g *triage.Group) string { return causeAs(g, briefClass(g)) }

func causeAs(g *triage.Group, class string) string {
	text := joined(": ", class, g.Detail)
	if text == "" && g.Kind == triage.Slow {
		return "slow"
	}
	return text
}

// briefClass is the class without its packages.
func briefClass(g *triage.Group) string {
	if strings.Count(g.Class, ".") > 1 {
		return g.Class[strings.LastIndexByte(g.Class, '.')+1:]
	}
	return g.Class
}

// place is where a group is: its service and operation.
func place(g *triage.Group) string { return firstOf(joined(" ", g.Service, g.Operation), "-") }

// joined joins those texts that there are.
func joined(by string, texts ...string) string {
	kept := texts[:0:0]
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, by)
}

// firstOf is the text, or what stands for an empty one.
func firstOf(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// nature says what stands at the root of a group that is no plain failed span,
// with names in at most so many columns; 0 is whole.
func (e *errorPage) nature(g *triage.Group, most int) string {
	switch g.Kind {
	case triage.Unseen:
		service, callee := g.Service, firstOf(g.Callee, "?")
		if most > 0 {
			service, callee = e.brief(service, most), e.brief(callee, most)
		}
		return joined(" ", service, e.arrow(), callee, "(callee not seen)")
	case triage.Slow:
		return "slow: was still at work when its caller gave up"
	case triage.LogOnly:
		return "logs only"
	}
	return ""
}

func (e *errorPage) arrow() string {
	if e.style.ASCII {
		return "->"
	}
	return "→"
}

// entries tells where the requests came in that fail, the first few of them.
func (e *errorPage) entries(g *triage.Group, most int) string {
	if len(g.Entries) == 0 {
		return ""
	}
	var names []string
	for _, entry := range g.Entries[:min(most, len(g.Entries))] {
		names = append(names, e.brief(joined(" ", entry.Service, entry.Operation), mostColumns)+" "+strconv.Itoa(entry.Traces))
	}
	if more := len(g.Entries) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// mostColumns is how long a name among others may be on a terminal.
const mostColumns = 48

// brief makes a text harmless, and cuts it on a terminal.
func (e *errorPage) brief(text string, most int) string { return e.fitting(most, text) }

// seen is how long before the window's end something was, piped when it was.
func (e *errorPage) seen(t int64) string {
	now := e.r.Calendar.Window.Until
	switch {
	case t == trace.NoTime:
		return "-"
	case e.style.Width == 0:
		return string(appendTime(nil, t))
	case now == 0:
		return time.Unix(0, t).UTC().Format("2006-01-02 15:04")
	}
	return ago(now - t)
}

// since is when a group was first seen. What is there from the first of what was
// looked at may have been there before.
func (e *errorPage) since(g *triage.Group) string {
	text := e.seen(g.First)
	if strings.HasSuffix(text, " ago") && e.r.Calendar.Slot(g.First) == 0 {
		return "over " + text
	}
	return text
}

// ago is a time span in one unit: "3s ago", "2m ago", "5h ago", "3d ago".
func ago(d int64) string {
	const minute, hour, day = 60, 3600, 86400
	switch s := max(d/1e9, 0); {
	case s < minute:
		return fmt.Sprintf("%ds ago", s)
	case s < hour:
		return fmt.Sprintf("%dm ago", s/minute)
	case s < 2*day:
		return fmt.Sprintf("%dh ago", s/hour)
	default:
		return fmt.Sprintf("%dd ago", s/day)
	}
}

// lapse is a length of time in the largest unit of which it is a multiple:
// "90s", "15m", "1h", "24h", "7d".
func lapse(d int64) string {
	s := d/1e9 + (d%1e9+5e8)/1e9
	switch {
	case s <= 0:
		return string(appendDuration(nil, d, true))
	case s%86400 == 0 && s > 86400:
		return fmt.Sprintf("%dd", s/86400)
	case s%3600 == 0:
		return fmt.Sprintf("%dh", s/3600)
	case s%60 == 0:
		return fmt.Sprintf("%dm", s/60)
	case s < 120:
		return fmt.Sprintf("%ds", s)
	}
	return string(appendDuration(nil, d, true))
}
