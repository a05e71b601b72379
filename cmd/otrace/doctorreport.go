package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
)

// A report is what otrace doctor says, as JSON has it.
type report struct {
	Schema        string              `json:"schema"`
	Healthy       bool                `json:"healthy"`
	TookMS        int64               `json:"took_ms"`
	Settings      []config.Setting    `json:"settings"`
	Sections      []section           `json:"sections"`
	Jaeger        *jaegerFacts        `json:"jaeger,omitempty"`
	Elasticsearch *elasticFacts       `json:"elasticsearch,omitempty"`
	Bundle        *bundleFacts        `json:"bundle,omitempty"`
	Fields        map[string][]string `json:"fields,omitempty"`
	Sample        *sampleFacts        `json:"sample,omitempty"`

	refused bool // a server turned the credentials down
}

// jaegerFacts are what programs may want to know of Jaeger.
type jaegerFacts struct {
	Address      string   `json:"address"`
	Dialect      string   `json:"dialect"`
	Version      string   `json:"version"`
	Services     []string `json:"services"`
	RoundTripNS  int64    `json:"round_trip_ns"`
	ClockAheadNS *int64   `json:"clock_ahead_ns"` // null where it is not told
}

// elasticFacts are what programs may want to know of Elasticsearch.
type elasticFacts struct {
	Address      string     `json:"address"`
	Product      string     `json:"product"`
	Version      string     `json:"version"`
	Indices      []string   `json:"indices"`
	Documents    int64      `json:"documents"`
	Fields       []fieldUse `json:"fields"`
	RoundTripNS  int64      `json:"round_trip_ns"`
	ClockAheadNS *int64     `json:"clock_ahead_ns"`
}

// A fieldUse is how many documents tell a role by a field.
type fieldUse struct {
	Role      string `json:"role"`
	Field     string `json:"field"`
	Documents int64  `json:"documents"`
}

// bundleFacts are how much a bundle holds.
type bundleFacts struct {
	Spans          int `json:"spans"`
	Logs           int `json:"logs"`
	TracesSpans    int `json:"traces_with_spans"`
	TracesLogs     int `json:"traces_with_logs"`
	TracesWithBoth int `json:"traces_with_both"`
}

// sampleFacts are what came of joining one trace.
type sampleFacts struct {
	TraceID string   `json:"trace_id"`
	From    string   `json:"from"` // who named it
	Spans   int      `json:"spans"`
	Logs    int      `json:"logs"`
	Fields  []string `json:"fields"` // that hold its ID
}

// A section is what was found about one thing.
type section struct {
	Name     string    `json:"name"`
	Findings []finding `json:"findings"`
}

// A finding is one line: what was looked at, and how that is.
type finding struct {
	Status status `json:"status"`
	What   string `json:"what"`
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
}

// A status says whether a finding is good.
type status string

const (
	statusOK      status = "ok"
	statusWarning status = "warning" // it works, and may not be what is wanted
	statusFailed  status = "failed"
)

func (s *section) ok(what, text string) {
	s.Findings = append(s.Findings, finding{statusOK, what, text, ""})
}

func (s *section) warn(what, text, hint string) {
	s.Findings = append(s.Findings, finding{statusWarning, what, text, hint})
}

func (s *section) fail(what, text, hint string) {
	s.Findings = append(s.Findings, finding{statusFailed, what, text, hint})
}

// failed are the names of the sections in which something is wrong.
func (r *report) failed() []string {
	var names []string
	for _, s := range r.Sections {
		if slices.ContainsFunc(s.Findings, func(f finding) bool { return f.Status == statusFailed }) {
			names = append(names, s.Name)
		}
	}
	return names
}

// A reportPage draws a report.
type reportPage struct {
	b     strings.Builder
	style render.Style
}

// The colours of a report, by the terminal's own palette.
const (
	paintGood = "32"
	paintWarn = "33"
	paintBad  = "1;31"
	paintDim  = "2"
	paintHead = "1"
)

// writeReport draws the report for people.
func (a *app) writeReport(r *report, style render.Style) error {
	p := &reportPage{style: style}
	p.settings(r.Settings)
	for i := range r.Sections {
		p.section(&r.Sections[i])
	}
	if len(r.Fields) > 0 {
		p.fields(r.Fields)
	}
	_, err := io.WriteString(a.out, p.b.String())
	return output(err)
}

func (p *reportPage) settings(settings []config.Setting) {
	p.head("settings")
	keys, values := 0, 0
	for _, s := range settings {
		keys, values = max(keys, width(s.Key)), max(values, min(width(s.Value), 52))
	}
	for _, s := range settings {
		fmt.Fprintf(&p.b, "  %s  %s  %s\n", padTo(s.Key, keys), padTo(s.Value, values), p.paint(paintDim, "("+clean(s.Origin)+")"))
	}
}

func (p *reportPage) section(s *section) {
	p.b.WriteByte('\n')
	p.head(s.Name)
	whats := 0
	for _, f := range s.Findings {
		whats = max(whats, width(f.What))
	}
	for _, f := range s.Findings {
		fmt.Fprintf(&p.b, "%s %s  %s\n", p.mark(f.Status), padTo(f.What, whats), clean(f.Text))
		if f.Hint != "" {
			fmt.Fprintf(&p.b, "  %s  %s\n", strings.Repeat(" ", whats), p.paint(paintDim, "hint: "+clean(f.Hint)))
		}
	}
}

// fields is a list to paste into a context, for those who want it fixed.
func (p *reportPage) fields(fields map[string][]string) {
	p.b.WriteByte('\n')
	p.head("fields, as a context may name them")
	p.b.WriteString("fields:\n")
	for _, role := range roleOrder {
		if len(fields[role]) == 0 {
			continue
		}
		fmt.Fprintf(&p.b, "  %s: [%s]\n", role, clean(strings.Join(quoted(fields[role]), ", ")))
	}
}

// quoted are names as YAML wants them in a list.
func quoted(names []string) []string {
	out := slices.Clone(names)
	for i, name := range out {
		if strings.ContainsAny(name[:1], "@`!&*|>%'\"?-") || strings.ContainsAny(name, ",:{}[]# ") {
			out[i] = "'" + strings.ReplaceAll(name, "'", "''") + "'"
		}
	}
	return out
}

func (p *reportPage) head(name string) {
	p.b.WriteString(p.paint(paintHead, clean(name)) + "\n")
}

// mark is a status as one sign: its shape tells it without its colour.
func (p *reportPage) mark(s status) string {
	sign, color := "✓", paintGood
	switch s {
	case statusWarning:
		sign, color = "!", paintWarn
	case statusFailed:
		sign, color = "✗", paintBad
	}
	if p.style.ASCII {
		sign = map[status]string{statusOK: "+", statusWarning: "!", statusFailed: "x"}[s]
	}
	return p.paint(color, sign)
}

func (p *reportPage) paint(color, text string) string {
	if !p.style.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func clean(s string) string { return safe.Of(s).String() }

func width(s string) int { return ansi.StringWidth(clean(s)) }

func padTo(s string, columns int) string {
	return clean(s) + strings.Repeat(" ", max(0, columns-width(s)))
}
