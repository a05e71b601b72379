package render

import (
	"fmt"
	"strings"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// details tells, below a clock's line, what is not in it, and of a clock that
// was corrected or is open what sets its bounds.
func (r *clockReport) details(c *skew.Clock) {
	if rest := r.rest(c); rest != "" {
		r.detail(r.dim, rest)
	}
	if c.Refuted {
		r.detail(r.warn, "claims "+r.machine(c)+", which others of another clock claim, too: a cloned host ID?")
	}
	if c.Status == skew.Proven && moved(c) || c.Status == skew.OneSided {
		r.bounds(c)
	}
	if c.DriftPPM != 0 {
		r.detail(paint{}, fmt.Sprintf("drifts by %+.1f ppm: the offset is that at the middle of the trace, the bounds are those of most of its windows of time", c.DriftPPM))
	}
	if len(c.Evidence) > 0 && (moved(c) || c.Status == skew.OneSided || c.Ignored > 0 || r.widths[samplesColumn] == 0) {
		r.detail(r.dim, evidence(c))
	}
	r.ignored(c)
}

func (r *clockReport) detail(p paint, text string) {
	r.paragraph(detailIndent, hangIndent, p, text)
}

// rest tells what the table has no columns for. The samples are in the
// evidence.
func (r *clockReport) rest(c *skew.Clock) string {
	var parts []string
	cells := r.cells(c)
	add := func(column int, text string) {
		if r.widths[column] == 0 {
			parts = append(parts, text)
		}
	}
	if c.Status != skew.Reference && c.Status != skew.Unknown {
		add(boundsColumn, cells[boundsColumn])
	}
	add(statusColumn, cells[statusColumn])
	add(spansColumn, plural(c.Spans, "span"))
	add(logsColumn, plural(c.Logs, "log"))
	text := strings.Join(parts, ", ")
	if on := cells[servicesColumn]; on != "" && r.widths[servicesColumn] == 0 {
		text = strings.TrimPrefix(text+" of "+on, " ")
	}
	return text
}

// bounds tells what sets the ends of a clock's interval, and what is left of
// it where callers need not wait.
func (r *clockReport) bounds(c *skew.Clock) {
	n := r.scaleOf(c)
	r.bound(c, "at least ", n, c.Low, c.LowBy, r.whyLow, "nothing bounds it from below")
	r.bound(c, "at most ", n, c.High, c.HighBy, r.whyHigh, "nothing bounds it from above")
	if c.DriftPPM == 0 && (c.HardLow != c.Low || c.HardHigh != c.High) {
		hard := n.interval(c.HardLow, c.HardHigh)
		if hard == "none" {
			hard = "no bounds"
		}
		r.detail(r.dim, "by starts and links alone, whoever waits for whom: "+hard)
	}
}

func (r *clockReport) bound(c *skew.Clock, side string, n scale, at int64, by skew.Proof, why func(*skew.Clock, skew.Proof) string, open string) {
	switch {
	case at == skew.Unbounded || at == skew.UnboundedBack:
		r.detail(paint{}, open)
	case by.Rule != "":
		r.detail(paint{}, side+n.full(at)+": "+why(c, by)+" ("+by.Rule+")")
	}
}

// whyLow says why a clock's times cannot be corrected by less.
func (r *clockReport) whyLow(c *skew.Clock, by skew.Proof) string {
	span, other := r.span(by.Span), safe.Of(by.Clock).String()
	switch {
	case by.Rule == "start":
		return span + " was called from " + other + " and cannot have started before"
	case by.Rule == "link":
		return span + " links to one on " + other + " and cannot have started before that"
	case by.Rule == "overlap":
		return span + " on " + other + " cannot have started after its caller here had stopped waiting"
	case by.Rule == "log":
		return "a log here of " + span + " on " + other + " cannot have been written before that started"
	case r.stamped(c, by.Span):
		return "a log on " + other + " of " + span + " cannot have been written after that ended"
	}
	return span + " on " + other + " cannot have ended after its caller here"
}

// whyHigh says why a clock's times cannot be corrected by more.
func (r *clockReport) whyHigh(c *skew.Clock, by skew.Proof) string {
	span, other := r.span(by.Span), safe.Of(by.Clock).String()
	switch {
	case by.Rule == "start":
		return span + " on " + other + " was called from here and cannot have started before"
	case by.Rule == "link":
		return span + " on " + other + " links to one here and cannot have started before that"
	case by.Rule == "overlap":
		return span + " was called from " + other + " and cannot have started after its caller had stopped waiting"
	case by.Rule == "log":
		return "a log on " + other + " of " + span + " cannot have been written before that started"
	case r.stampedElsewhere(c, by.Span):
		return "a log here of " + span + " on " + other + " cannot have been written after that ended"
	}
	return span + " was called from " + other + " and cannot have ended after its caller"
}

// evidence counts the samples by rule: "evidence: 20 start, 12 overlap, 9 end".
func evidence(c *skew.Clock) string {
	rules := make([]string, len(c.Evidence))
	for i, n := range c.Evidence {
		rules[i] = fmt.Sprintf("%d %s", n.Samples, n.Rule)
	}
	text := "evidence: " + strings.Join(rules, ", ")
	if c.Pooled > 0 {
		text += fmt.Sprintf(", of %s: bounds are estimates", plural(c.Pooled, "trace"))
	}
	return text
}

// ignored lists the evidence that was not believed. That of the reference
// stands at the other clocks: each sample is about two.
func (r *clockReport) ignored(c *skew.Clock) {
	switch {
	case c.Ignored == 0:
		return
	case c.Status == skew.Reference:
		r.detail(r.dim, fmt.Sprintf("%s ignored: see the clocks on their other side", plural(c.Ignored, "sample")))
		return
	}
	r.detail(r.warn, plural(c.Ignored, "sample")+" ignored:")
	for _, s := range c.IgnoredSamples {
		r.paragraph(hangIndent, hangIndent+2, paint{}, r.span(s.Span)+" ("+s.Rule+"): "+s.Why)
	}
	if rest := c.Ignored - len(c.IgnoredSamples); rest > 0 && len(c.IgnoredSamples) > 0 {
		r.paragraph(hangIndent, hangIndent, r.dim, fmt.Sprintf("and %d more", rest))
	}
}

// machine names what a clock's records claim to run on.
func (r *clockReport) machine(c *skew.Clock) string {
	for i := range r.tl.Rows {
		row := &r.tl.Rows[i]
		if row.Kind != timeline.KindSpan || row.Clock == nil || row.Clock.Name != c.Name {
			continue
		}
		if host := row.Span.Resource.Host; host != "" {
			return "the machine " + host
		}
	}
	return "a machine"
}

// A spanName is what a span is called for people.
type spanName struct {
	text    string
	clock   string
	several bool // spans that are not the same share its ID
}

// spansOf names the spans that the clocks' evidence is about.
func spansOf(tl *timeline.Timeline) map[trace.SpanID]spanName {
	spans := make(map[trace.SpanID]spanName)
	for i := range tl.Clocks {
		c := &tl.Clocks[i]
		spans[c.LowBy.Span], spans[c.HighBy.Span] = spanName{}, spanName{}
		for _, s := range c.IgnoredSamples {
			spans[s.Span] = spanName{}
		}
	}
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Kind != timeline.KindSpan || r.Clock == nil {
			continue
		}
		known, wanted := spans[r.Span.ID]
		if !wanted {
			continue
		}
		name := spanName{text: strings.TrimSpace(r.Service() + " " + r.Span.Operation), clock: r.Clock.Name}
		if known.clock != "" && known != name {
			name = spanName{several: true, clock: known.clock}
		}
		spans[r.Span.ID] = name
	}
	return spans
}

// span tells a span's ID, and what it is called where that is certain.
func (r *clockReport) span(id trace.SpanID) string {
	const most = 40 // columns, on a terminal
	if id == 0 {
		return "a span without an ID"
	}
	text := safe.Of(r.spans[id].text).String()
	if r.style.Width > 0 && columns(text) > most {
		text = clip(text, most-columns(r.cut)) + r.cut
	}
	if text == "" {
		return "span " + id.String()
	}
	return "span " + id.String() + " (" + text + ")"
}

// stamped reports whether a span is certainly of this clock.
func (r *clockReport) stamped(c *skew.Clock, id trace.SpanID) bool {
	s := r.spans[id]
	return s.clock == c.Name && !s.several
}

// stampedElsewhere reports whether a span is certainly of another clock.
func (r *clockReport) stampedElsewhere(c *skew.Clock, id trace.SpanID) bool {
	s := r.spans[id]
	return s.clock != "" && s.clock != c.Name && !s.several
}
