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

// From how many columns on details stand beside the rows, and from how many on
// they stand below them.
const (
	leastForSides = 100
	leastForPanes = 60

	leastForDrawer = 16 // lines
)

// Render draws the tabs, the rows, and the details where there is room for them.
func (v *traceView) Render(width, height int) []string {
	p := v.m.paints
	if v.scene == nil {
		return v.empty(width)
	}
	lines := []string{v.tabs(width)}
	height--
	switch detail := v.detailSize(width, height); {
	case v.full:
		return append(lines, v.details(width, height)...)
	case detail == 0:
		return append(lines, v.body(width, height)...)
	case width >= leastForSides:
		return append(lines, v.beside(width, height, detail)...)
	default:
		lines = append(lines, v.body(width, height-detail-1)...)
		for len(lines) < 1+height-detail-1 {
			lines = append(lines, "")
		}
		lines = append(lines, text(p.Dim, strings.Repeat(p.across, width)))
		return append(lines, v.details(width, detail)...)
	}
}

// share is the part of the width that the details have, in percent.
func (v *traceView) share() int {
	if v.m.state.Share == 0 {
		return 32
	}
	return v.m.state.Share
}

// detailSize is the columns or lines that the details have; 0 for none.
func (v *traceView) detailSize(width, height int) int {
	switch {
	case v.m.state.Hidden || v.tab == tabRaw || v.tab == tabServices || width < leastForPanes:
		return 0
	case width >= leastForSides:
		return max(min(width*v.share()/100, width-leastForPanes), 30)
	}
	if lines := height * v.share() / 100; height >= leastForDrawer {
		return max(lines, 4)
	}
	return 0
}

// beside draws the rows and the details side by side.
func (v *traceView) beside(width, height, detail int) []string {
	p := v.m.paints
	left, right := v.body(width-detail-3, height), v.details(detail, height)
	side := text(p.Dim, p.side)
	if v.inDetail {
		side = text(p.Title, p.side)
	}
	lines := make([]string, height)
	for k := range lines {
		l, r := "", ""
		if k < len(left) {
			l = left[k]
		}
		if k < len(right) {
			r = right[k]
		}
		lines[k] = p.fit(l, width-detail-3) + " " + side + " " + p.fit(r, detail)
	}
	return lines
}

// empty says what is waited for, or what went wrong.
func (v *traceView) empty(width int) []string {
	if v.err != nil {
		return v.m.failure(v.err, width)
	}
	if v.asked.cancel == nil {
		return []string{"", text(v.m.paints.Dim, "  nothing was asked for: r asks")}
	}
	return nil
}

// failure tells what went wrong, and what to do.
func (m *model) failure(err error, width int) []string {
	pg := page{paints: m.paints, width: width - 4, wrap: true}
	pg.add("")
	pg.hang(m.paints.Fault, text(m.paints.Fault, m.paints.cross)+" ", "  ", err.Error())
	if m.opts.Hint != nil {
		if hint := m.opts.Hint(err); hint != "" {
			pg.para(m.paints.Dim, hint)
		}
	}
	pg.add("")
	pg.para(m.paints.Dim, "r asks again")
	for k := range pg.lines {
		pg.lines[k] = "  " + pg.lines[k]
	}
	return pg.lines
}

// tabs is the line that names them, and tells what a filter leaves.
func (v *traceView) tabs(width int) string {
	p := v.m.paints
	var parts []string
	for t, name := range tabNames {
		if label := fmt.Sprintf("%d %s", t+1, name); tab(t) == v.tab {
			parts = append(parts, text(p.Title, "["+label+"]"))
		} else if width >= 40 {
			parts = append(parts, text(p.Dim, " "+label+" "))
		}
	}
	return p.sides(strings.Join(parts, ""), v.filtering(), width)
}

// filtering tells the filter and how much it leaves. A search is told when there
// is no filter.
func (v *traceView) filtering() string {
	p, s := v.m.paints, v.scene.sift
	switch {
	case s != nil:
		all := len(v.scene.tl.Rows)
		count := fmt.Sprintf("%d of %d rows", s.rows, all)
		if v.sifting.busy {
			count += p.cut
		}
		return text(p.Warn, "filter: "+s.text) + "  " + text(p.Title, count)
	case v.sifting.busy:
		return text(p.Warn, "filtering"+p.cut)
	case v.search.rows != nil:
		return text(p.Dim, fmt.Sprintf("/%s: %d rows", v.search.text, len(v.search.rows)))
	}
	return text(p.Dim, fmt.Sprintf("%d rows", len(v.scene.tl.Rows)))
}

// body draws the tab.
func (v *traceView) body(width, height int) []string {
	switch v.tab {
	case tabLogs:
		return v.logsTab(width, height)
	case tabServices:
		return v.servicesTab(width, height)
	case tabRaw:
		return v.rawTab(width, height)
	}
	return v.timelineTab(width, height)
}

// timelineTab draws the rows as a tree on a time axis.
func (v *traceView) timelineTab(width, height int) []string {
	s := v.scene
	v.rows.resize(len(s.lines), height-1)
	if len(s.lines) == 0 {
		return v.nothingLeft(width)
	}
	v.fitScreen(width - 1)
	lines := []string{v.names(width)}
	var buf []byte
	for k := v.rows.top; k < v.rows.end(); k++ {
		buf = v.appendRow(buf[:0], k)
		lines = append(lines, v.listed(string(buf), k == v.rows.cursor, v.search.matches(s.lines[k].row), width))
	}
	return lines
}

// names are those of the columns. A time on the axis that has no room is left
// out whole.
func (v *traceView) names(width int) string {
	line := " " + string(v.scene.screen.AppendNames(nil))
	if ansi.StringWidth(line) > width {
		line = ansi.Truncate(line, width, "")
		if at := strings.LastIndexByte(line, ' '); at > 0 {
			line = line[:at]
			if v.m.paints.Color {
				line += reset
			}
		}
	}
	return v.m.paints.fit(line, width)
}

func (v *traceView) appendRow(b []byte, k int) []byte {
	s := v.scene
	at := s.place(k, v.scene.screen.Levels())
	if l := &s.lines[k]; l.silence >= 0 {
		return v.scene.screen.AppendSilence(b, &s.tl.Silences[l.silence], at)
	}
	return v.scene.screen.Append(b, s.row(k), at)
}

// fitScreen shares the width out, and lets the bars show what is zoomed to.
func (v *traceView) fitScreen(width int) {
	if s := v.scene; s.width != width {
		s.width = width
		s.screen.Resize(width)
	}
	axis := v.axis()
	v.scene.screen.Zoom(axis.from, axis.length)
}

// nothingLeft says why no row is seen.
func (v *traceView) nothingLeft(width int) []string {
	p := v.m.paints
	pg := page{paints: p, width: width - 2, wrap: true}
	pg.add("")
	if s := v.scene.sift; s != nil {
		c := v.scene.tl.Counts
		pg.para(p.Warn, fmt.Sprintf("the filter %s matches nothing: it hides %d spans, %d logs and %d events", s.text, c.Spans, c.Logs, c.Events))
		pg.para(p.Dim, "f changes it, F takes it away")
	} else {
		pg.para(p.Dim, "there is nothing to show")
	}
	return pg.lines
}

// listed is a line of a list, with the sign of the cursor or of what was looked
// for before it.
func (v *traceView) listed(line string, cursor, match bool, width int) string {
	return v.m.listed(line, cursor, match, v.inDetail || v.full, width)
}

func (m *model) listed(line string, cursor, match, elsewhere bool, width int) string {
	p := m.paints
	sign := " "
	if match {
		sign = text(p.Warn, p.match)
	}
	switch {
	case cursor && elsewhere:
		return p.fit(text(p.Dim, p.cursor)+line, width)
	case cursor:
		return p.highlight(text(p.Title, p.cursor)+line, width)
	}
	return p.fit(sign+line, width)
}

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
		lines = append(lines, v.listed(v.logLine(row, service, times), k == v.logs.cursor, v.search.matches(row), width))
	}
	return lines
}

// leastForTimes is the columns of logs that have room for the time of day.
const leastForTimes = 84

// longest is how many bytes of a message can matter to a line.
const longest = 2000

func (v *traceView) logLine(row int32, service int, times bool) string {
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
	return fmt.Sprintf("%s%8s %s%s %s %s", sign, at, clock, p.fit(text(p.Service, r.Service()), service), text(paint, letter), text(body, said))
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

// rawTab draws the row as JSON.
func (v *traceView) rawTab(width, height int) []string {
	r := v.currentRow()
	if r == nil {
		return v.nothingLeft(width)
	}
	lines := v.cache.of(cacheKey{kind: "raw", line: v.line(), width: width, wrap: !v.m.state.Unwrap, scene: v.scene}, func() []string { return v.jsonLines(r, width-1) })
	v.raw.fill(len(lines), height)
	return indented(lines[v.raw.top:v.raw.end()])
}

func (v *traceView) jsonLines(r *timeline.Row, width int) []string {
	pg := page{paints: v.m.paints, width: width, wrap: !v.m.state.Unwrap}
	whole := string(v.json(r))
	for line := range strings.SplitSeq(whole, "\n") {
		inner := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", min(len(line)-len(inner), width/2))
		key, value, ok := strings.Cut(inner, `": `)
		if !ok || !strings.HasPrefix(key, `"`) {
			pg.hang(render.Paint{}, indent, indent+"  ", inner)
			continue
		}
		pg.hang(render.Paint{}, indent+text(v.m.paints.Service, key+`":`)+" ", indent+"  ", value)
	}
	return pg.lines
}

func indented(lines []string) []string {
	out := make([]string, len(lines))
	for k := range lines {
		out[k] = " " + lines[k]
	}
	return out
}

// details draws what there is to tell about the cursor's line.
func (v *traceView) details(width, height int) []string {
	l := v.line()
	key := cacheKey{kind: "detail", line: l, width: width, wrap: !v.m.state.Unwrap, scene: v.scene}
	lines := v.cache.of(key, func() []string {
		if int(l.row) >= len(v.scene.tl.Rows) || len(v.scene.tl.Rows) == 0 {
			return nil
		}
		return details(v.scene, l, v.m.paints, width, !v.m.state.Unwrap)
	})
	v.detail.fill(len(lines), height)
	shown := make([]string, 0, height)
	for _, line := range lines[v.detail.top:v.detail.end()] {
		shown = append(shown, v.m.paints.fit(line, width))
	}
	if rest := len(lines) - v.detail.end(); rest > 0 && len(shown) > 2 {
		p := v.m.paints
		tail := text(p.Dim, fmt.Sprintf("%s %d more", p.cut, rest+1))
		shown[len(shown)-1] = strings.Repeat(" ", max(width-ansi.StringWidth(tail), 0)) + tail
	}
	return shown
}

// A detailCache keeps the lines of a text until something else is told.
type detailCache struct {
	key   cacheKey
	lines []string
}

type cacheKey struct {
	kind  string
	line  line
	width int
	wrap  bool
	scene *scene
}

func (c *detailCache) of(key cacheKey, make func() []string) []string {
	if c.key != key {
		c.key, c.lines = key, make()
	}
	return c.lines
}
