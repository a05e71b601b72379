package render

import (
	"io"
	"math"
	"strconv"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// SchemaTimeline names the format that JSON and NDJSON write.
const SchemaTimeline = "otrace.timeline/v1"

// JSON writes the timeline as one JSON document on one line. The mode is that
// in which its clocks were estimated.
func JSON(w io.Writer, tl *timeline.Timeline) error {
	p, rows := newPage(w), newRowWriter(tl)
	p.buf = append(appendHead(append(p.buf, '{'), tl), `,"rows":[`...)
	for i := range tl.Rows {
		if i > 0 {
			p.buf = append(p.buf, ',')
		}
		p.buf = rows.append(p.buf, &tl.Rows[i])
		if !p.checkpoint() {
			return p.err
		}
	}
	p.buf = append(appendTail(append(p.buf, "],"...), tl, tl.Hidden), "}\n"...)
	return p.flush()
}

// NDJSON writes the timeline as a header line and then a line a row.
func NDJSON(w io.Writer, tl *timeline.Timeline) error {
	p, rows := newPage(w), newRowWriter(tl)
	p.buf = append(appendHead(append(p.buf, '{'), tl), ',')
	p.buf = append(appendTail(p.buf, tl, tl.Hidden), "}\n"...)
	for i := range tl.Rows {
		p.buf = append(rows.append(p.buf, &tl.Rows[i]), '\n')
		if !p.checkpoint() {
			return p.err
		}
	}
	return p.flush()
}

// appendHead appends the members that stand before the rows.
func appendHead(b []byte, tl *timeline.Timeline) []byte {
	b = append(b, `"schema":"`+SchemaTimeline+`"`...)
	b = appendText(b, `,"trace_id":`, tl.ID.String())
	b = appendMoment(b, `,"start":`, tl.Start)
	b = appendInt(b, `,"duration_ns":`, tl.Duration)
	b = appendTexts(append(b, `,"services":`...), tl.Services)
	b = appendText(b, `,"skew":`, tl.Mode.String())
	return appendClocks(b, tl)
}

// appendTail appends the members that stand behind the rows.
func appendTail(b []byte, tl *timeline.Timeline, hidden timeline.Hidden) []byte {
	b = appendInt(b, `"hidden":{"spans":`, int64(hidden.Spans))
	b = appendInt(b, `,"logs":`, int64(hidden.Logs))
	b = appendInt(b, `,"events":`, int64(hidden.Events))
	b = append(b, `},"partial":`...)
	b = strconv.AppendBool(b, len(tl.Gaps) > 0)
	b = append(b, `,"trace_found":`...)
	b = strconv.AppendBool(b, !tl.NoTrace && tl.Counts.Spans > 0)
	b = append(b, `,"searched":{"indices":`...)
	b = appendTexts(b, tl.Searched.Indices)
	b = appendTexts(append(b, `,"fields":`...), tl.Searched.Fields)
	b = appendGaps(append(b, '}'), tl.Gaps)
	b = appendTexts(append(b, `,"warnings":`...), tl.Warnings)
	return appendLinked(b, tl.Linked)
}

// appendGaps appends what is missing, and why.
func appendGaps(b []byte, gaps []trace.Gap) []byte {
	b = append(b, `,"gaps":[`...)
	for i, g := range gaps {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, `{"source":`, g.Source)
		b = append(appendText(b, `,"reason":`, g.Reason), '}')
	}
	return append(b, ']')
}

// appendLinked appends the linked traces, where there are any.
func appendLinked(b []byte, linked []trace.LinkedTrace) []byte {
	if len(linked) == 0 {
		return b
	}
	b = append(b, `,"linked":[`...)
	for i, l := range linked {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, `{"trace_id":`, l.ID.String())
		b = appendText(b, `,"why":`, l.Why)
		b = appendInt(b, `,"spans":`, int64(l.Spans))
		b = append(appendInt(b, `,"logs":`, int64(l.Logs)), '}')
	}
	return append(b, ']')
}

func appendText(b []byte, member, s string) []byte {
	return safe.AppendJSON(append(b, member...), s)
}

func appendInt(b []byte, member string, n int64) []byte {
	return strconv.AppendInt(append(b, member...), n, 10)
}

// appendBound appends null where a side is unbounded.
func appendBound(b []byte, member string, n int64) []byte {
	if n == math.MinInt64 || n == math.MaxInt64 {
		return append(append(b, member...), "null"...)
	}
	return appendInt(b, member, n)
}

func appendMoment(b []byte, member string, t int64) []byte {
	b = append(b, member...)
	if t == trace.NoTime {
		return append(b, "null"...)
	}
	return append(appendTime(append(b, '"'), t), '"')
}

func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = safe.AppendJSON(b, s)
	}
	return append(b, ']')
}

// appendFloat appends a number, or as text what JSON has no number for.
func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}
