// Package render draws timelines: as a tree for people, as JSON for programs.
//
// It only draws. What nests where, which moment a row stands at and what is
// odd about it was decided when the timeline was built; a renderer adds widths,
// colours and words. Everything is appended to one buffer and written as it
// fills, so 100,000 rows cost no allocation each, and text from outside passes
// through package safe before it can reach a terminal.
package render

import (
	"io"
	"math"
	"strconv"
	"time"
)

// Style says what the output is for.
type Style struct {
	Width int  // columns to fill, bars included; 0 draws every row whole, without bars
	Color bool // colours and weights; never the only carrier of a meaning
	Light bool // the terminal's background is light
	ASCII bool // no character beyond ASCII in what otrace draws itself

	Expected bool   // of errors: what is expected is listed, too, and not only counted
	Where    string // the flags that lead to the same sources, for commands to type next

	Links    bool   // the terminal may be sent hyperlinks
	JaegerUI string // where Jaeger's UI is, without its paths; empty for no links to it
	Kibana   string // where Kibana is
}

// flushAt is how many bytes are gathered before they are written.
const flushAt = 64 << 10

// A page gathers output and remembers the first error of writing it.
type page struct {
	w   io.Writer
	buf []byte
	err error
}

func newPage(w io.Writer) *page { return &page{w: w, buf: make([]byte, 0, flushAt+8<<10)} }

// checkpoint writes what was gathered once it is worth a call. It reports
// whether going on makes sense.
func (p *page) checkpoint() bool {
	if len(p.buf) >= flushAt {
		p.flush()
	}
	return p.err == nil
}

func (p *page) flush() error {
	if p.err == nil && len(p.buf) > 0 {
		_, p.err = p.w.Write(p.buf)
	}
	p.buf = p.buf[:0]
	return p.err
}

// appendDuration appends d nanoseconds with about three digits, in the unit
// that fits: "12ns", "45µs", "1.24ms", "902ms", "1.24s", "2m03s", "1h02m".
func appendDuration(b []byte, d int64, ascii bool) []byte {
	if d < 0 && d != math.MinInt64 {
		return appendDuration(append(b, '-'), -d, ascii)
	}
	micro := "µs"
	if ascii {
		micro = "us"
	}
	switch {
	case d < 1e3:
		return append(strconv.AppendInt(b, d, 10), "ns"...)
	case d < 1e6-500:
		return append(appendDigits(b, d, 1e3), micro...)
	case d < 1e9-5e5:
		return append(appendDigits(b, d, 1e6), "ms"...)
	case d < 60*1e9-5e8:
		return append(appendDigits(b, d, 1e9), 's')
	}
	s := d/1e9 + (d%1e9+5e8)/1e9
	if s < 3600 {
		return append(appendTwo(append(strconv.AppendInt(b, s/60, 10), 'm'), s%60), 's')
	}
	return append(appendTwo(append(strconv.AppendInt(b, s/3600, 10), 'h'), s%3600/60), 'm')
}

// appendDigits appends d/unit with three significant digits, without the
// zeros that say nothing.
func appendDigits(b []byte, d, unit int64) []byte {
	decimals := 0
	switch {
	case d < 10*unit-unit/200:
		decimals = 2
	case d < 100*unit-unit/20:
		decimals = 1
	}
	b = strconv.AppendFloat(b, float64(d)/float64(unit), 'f', decimals, 64)
	if decimals > 0 {
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
		if b[len(b)-1] == '.' {
			b = b[:len(b)-1]
		}
	}
	return b
}

func appendTwo(b []byte, n int64) []byte {
	return append(b, byte('0'+n/10%10), byte('0'+n%10))
}

// appendOffset appends a distance from the timeline's start in milliseconds
// with one decimal.
func appendOffset(b []byte, d int64) []byte {
	tenths := d / 1e5
	if rest := d % 1e5; rest >= 5e4 {
		tenths++
	} else if rest < -5e4 {
		tenths--
	}
	if tenths < 0 {
		b, tenths = append(b, '-'), -tenths
	}
	b = strconv.AppendInt(b, tenths/10, 10)
	return append(b, '.', byte('0'+tenths%10))
}

// appendTime appends t nanoseconds since the epoch as RFC 3339 with
// nanoseconds, in UTC. time.AppendFormat reads its layout anew at each call.
func appendTime(b []byte, t int64) []byte {
	at := time.Unix(0, t).UTC()
	year, month, day := at.Date()
	hour, minute, second := at.Clock()
	b = appendTwo(appendTwo(b, int64(year/100)), int64(year%100))
	b = appendTwo(append(b, '-'), int64(month))
	b = appendTwo(append(b, '-'), int64(day))
	b = appendTwo(append(b, 'T'), int64(hour))
	b = appendTwo(append(b, ':'), int64(minute))
	b = append(appendTwo(append(b, ':'), int64(second)), '.')
	nanos := int64(at.Nanosecond())
	for unit := int64(1e8); unit > 0; unit /= 10 {
		b = append(b, byte('0'+nanos/unit%10))
	}
	return append(b, 'Z')
}
