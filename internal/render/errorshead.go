package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/triage"
)

// overview tells what the whole comes to: how much failed, when, what it is
// compared with, and what is not known of it.
func (e *errorPage) overview() {
	r := e.r
	if len(r.Groups)+r.Hidden == 0 {
		e.nothing()
	} else {
		e.flow(0, 2, append(e.amounts(), e.flagged()...)...)
	}
	e.flow(0, 2, fact{paint{}, e.scope()}, fact{e.dim, e.window()}, fact{e.dim, e.against()}, fact{e.dim, e.untraced()})
	e.lacks()
}

// amounts is how much failed, as far as anything is known of it.
func (e *errorPage) amounts() []fact {
	r := e.r
	var facts []fact
	if r.Failing > 0 || !e.silent("jaeger") {
		facts = append(facts, fact{e.title, atLeast(int64(r.Failing), "failing trace", r.Spans.Sampled)})
	}
	if r.ErrorLogs > 0 || !e.early && !e.silent("elasticsearch") {
		facts = append(facts, fact{e.title, atLeast(r.ErrorLogs, "error log", r.Logs.Sampled && !r.Logs.Counted)})
	}
	return facts
}

// flagged is how many groups there are, and how many are flagged.
func (e *errorPage) flagged() []fact {
	var flags [triage.New + 1]int
	for i := range e.r.Groups {
		flags[e.r.Groups[i].Flag]++
	}
	facts := []fact{{e.title, e.causes(len(e.r.Groups) + e.r.Hidden)}}
	for f := triage.New; f > triage.Steady; f-- {
		if flags[f] > 0 {
			facts = append(facts, fact{e.flagPaint(f), fmt.Sprintf("%d %s", flags[f], flagWord(f))})
		}
	}
	return facts
}

// nothing says that no cause was found, and where it was looked, so that it can
// be believed.
func (e *errorPage) nothing() {
	e.flow(0, 2, append([]fact{e.found()}, e.amounts()...)...)
	e.paragraph(0, 2, e.dim, e.looked())
}

// found is the verdict where no cause was found, marked where it is none.
func (e *errorPage) found() fact {
	if len(e.r.Gaps) > 0 {
		return fact{e.warn, e.missing + " " + e.verdict()}
	}
	return fact{e.title, e.verdict()}
}

// verdict says that no cause was found. Where something is missing it must not
// be taken for good news.
func (e *errorPage) verdict() string {
	r := e.r
	switch {
	case len(r.Gaps) > 0:
		return "no cause was found, but not everything was looked at"
	case len(r.Expected) > 0:
		return "nothing failed but what is expected"
	case r.Failing > 0 || r.ErrorLogs > 0:
		return "no cause was found"
	}
	return "nothing failed"
}

// looked says what was looked for, and where.
func (e *errorPage) looked() string {
	s := e.r.Searched
	where := ", of which no index is known"
	if len(s.Indices) > 0 {
		where = fmt.Sprintf(" in %s (%s)", plural(len(s.Indices), "index"), some(s.Indices))
	}
	if len(s.Indices) > 0 && len(s.Fields) > 0 {
		where += " by " + some(s.Fields)
	}
	return "looked for failed spans, and for error logs" + where
}

// scope names what was looked at, where that is not everything.
func (e *errorPage) scope() string {
	s := e.r.Searched
	texts := make([]string, 0, 2)
	if s.Service != "" {
		texts = append(texts, "service "+e.brief(s.Service, mostColumns))
	}
	if s.Operation != "" {
		texts = append(texts, "operation "+e.brief(s.Operation, mostColumns))
	}
	if len(texts) == 0 {
		return ""
	}
	return "only " + strings.Join(texts, ", ")
}

// window tells the window: how long it is and when it ends, piped both ends in
// full.
func (e *errorPage) window() string {
	w := e.r.Calendar.Window
	switch {
	case w.IsZero():
		return "all time"
	case w.From == 0 || w.Until == 0 || e.style.Width == 0:
		return "from " + edge(w.From, "the beginning") + " to " + edge(w.Until, "now")
	}
	return lapse(w.Until-w.From) + " until " + time.Unix(0, w.Until).UTC().Format("2006-01-02 15:04:05 UTC")
}

// edge is an end of a window, in full, or what stands for an open one.
func edge(t int64, open string) string {
	if t == 0 {
		return open
	}
	return string(appendTime(nil, t))
}

// against says what is usual here: what lies before the window.
func (e *errorPage) against() string {
	r, c := e.r, &e.r.Calendar
	if c.Slices == 0 {
		return "compared with nothing before: what is new or rising is not known"
	}
	if r.Pending {
		return fmt.Sprintf("the %s before are still being asked for", lapse(c.Window.From-c.Baseline.From))
	}
	text := fmt.Sprintf("against the %s before, in %s", lapse(c.Window.From-c.Baseline.From), plural(c.Slices, "slice"))
	switch {
	case r.Compared == 0:
		return text + ", of which nothing is known: what is new or rising is not known"
	case r.Compared < c.Slices:
		return fmt.Sprintf("%s, of which %d can be compared with", text, r.Compared)
	}
	return text
}

func (e *errorPage) untraced() string {
	if e.r.Untraced == 0 {
		return ""
	}
	return plural(int(e.r.Untraced), "error log") + " without a trace ID"
}

// lacks tells what was not read, and what that does to the numbers.
func (e *errorPage) lacks() {
	for _, text := range e.limits() {
		e.paragraph(0, 2, e.warn, e.missing+" "+text)
	}
	for _, g := range e.r.Gaps {
		e.paragraph(0, 2, e.warn, e.missing+" "+g.String())
	}
	for _, w := range e.r.Warnings {
		e.paragraph(0, 2, e.warn, e.bang+" "+w)
	}
}

// limits tells in sentences what was sampled or cut.
func (e *errorPage) limits() []string {
	var list []string
	add := func(c triage.Coverage, what string) {
		if c.Sampled || c.Total > c.Read {
			list = append(list, read(c, what))
		}
	}
	add(e.r.Spans, "failing trace")
	add(e.r.Logs, "error log")
	if e.r.Limited && e.r.Calendar.Slices > 0 {
		list = append(list, `what lies before was not read whole: its counts are at least so high, and "NEW?" may have been there`)
	}
	return list
}

// read tells how much of something was read.
func read(c triage.Coverage, what string) string {
	were := "were"
	if c.Read == 1 {
		were = "was"
	}
	text := plural(int(c.Read), what) + " " + were + " read, and there are more"
	if c.Total >= 0 {
		text = fmt.Sprintf("%d of %s %s read", c.Read, plural(int(c.Total), what), were)
	}
	if c.Counted {
		return text + ", a random sample; how many there are of each was counted where they are"
	}
	return text + ": their counts are at least so high"
}
