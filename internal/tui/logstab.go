package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
)

// logsTab draws the logs and events of all services by time.
func (v *traceView) logsTab(width, height int) []string {
	s, p := v.scene, v.m.paints
	logs := s.logs()
	v.logs.resize(len(logs), height-1)
	if len(logs) == 0 {
		return v.nothingLeft(width)
	}
	service := len("SERVICE")
	for _, name := range s.tl.Services {
		service = max(service, render.Columns(safe.Of(name).String()))
	}
	service = min(service, max(width/6, 10))
	times := width >= leastForTimes
	names := fmt.Sprintf("  %8s ", "OFFSET")
	if times {
		names += fmt.Sprintf("%-15s ", "TIME (UTC)")
	}
	lines := []string{text(p.Dim, p.fit(names+fmt.Sprintf("%-*s   MESSAGE", service, "SERVICE"), width))}
	for k := v.logs.top; k < v.logs.end(); k++ {
		row := logs[k]
		line := v.lit(v.logLine(row, service, times, width), len(names)-1, width, k == v.logs.cursor && !v.isElsewhere())
		lines = append(lines, v.listed(line, k == v.logs.cursor, v.search.matches(row), width))
	}
	return lines
}

// leastForTimes is the columns of logs that have room for the time of day.
const leastForTimes = 84

// longest is how many bytes of a message can matter to a line.
const longest = 2000

func (v *traceView) logLine(row int32, service int, times bool, width int) string {
	p, r := v.m.paints, &v.scene.tl.Rows[row]
	sign := " "
	if r.Offset != 0 {
		sign = text(p.Fixed, p.corrected)
	}
	at, clock := "-", ""
	if !r.Marks.Has(timeline.MarkNoTime) {
		at = fmt.Sprintf("%.1f", float64(r.Time-v.scene.tl.Start)/1e6)
		clock = time.Unix(0, r.Time).UTC().Format("15:04:05.000000")
	}
	if clock = text(p.Dim, fmt.Sprintf("%-15s ", clock)); !times {
		clock = ""
	}
	letter, paint, said := v.said(r)
	if len(said) > longest {
		said = strings.ToValidUTF8(said[:longest], "")
	}
	body := render.Paint{}
	if r.IsError() || r.Kind == timeline.KindLog && letter == "W" {
		body = paint
	}
	begin := fmt.Sprintf("%s%8s %s%s %s ", sign, at, clock, p.fit(text(p.Service, r.Service()), service), text(paint, letter))
	return begin + text(body, v.elided(r, said, width-ansi.StringWidth(begin)))
}

// elided is a message without the IDs that stand elsewhere on the screen, where
// it would be cut with them.
func (v *traceView) elided(r *timeline.Row, said string, room int) string {
	if len(said) <= room || r.Kind != timeline.KindLog || !v.id.IsTrace() {
		return said
	}
	if r.Log.Span != 0 {
		said = strings.ReplaceAll(said, r.Log.Span.String(), v.m.paints.cut)
	}
	return strings.ReplaceAll(said, v.id.String(), v.m.paints.cut)
}

// said is what a log or an event says, with its sign.
func (v *traceView) said(r *timeline.Row) (letter string, paint render.Paint, said string) {
	if r.Kind != timeline.KindLog {
		return "*", v.m.paints.Warn, r.Event.Name + " " + attributeText(r)
	}
	letter, paint = v.m.paints.OfLevel(r.Log.Level)
	return letter, paint, strings.TrimRight(r.Log.Message, "\r\n")
}

// attributeText is an event's attributes on one line.
func attributeText(r *timeline.Row) string {
	var parts []string
	for _, a := range r.Event.Attributes {
		parts = append(parts, a.Key+"="+a.Value.Text())
	}
	return strings.Join(parts, " ")
}
