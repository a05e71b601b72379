package logdoc

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

// A moment is a time as far as its text tells it.
type moment struct {
	ns    int64
	ok    bool
	zoned bool // told in UTC or with an offset, so that it names one instant
	whole bool // told in whole seconds
}

// at makes a moment of seconds and nanoseconds, unless it is beyond what 64
// bits of nanoseconds hold (the years 1678 to 2262).
func at(sec, nano int64) moment {
	const limit = math.MaxInt64/1_000_000_000 - 1
	if sec > limit || sec < -limit {
		return moment{}
	}
	return moment{ns: sec*1e9 + nano, ok: true, zoned: true}
}

// instant is log4j's pair.
func instant(sec, nano []byte) moment {
	s, err := strconv.ParseInt(string(sec), 10, 64)
	n, _ := strconv.ParseInt(string(nano), 10, 64) // absent is 0
	if err != nil || n < 0 || n >= 1e9 {
		return moment{}
	}
	return at(s, n)
}

// readTime reads a time in any common notation: RFC 3339 and its relatives,
// or a number since 1970 whose unit its size tells. A quoted number of
// milliseconds with a fraction is the OpenTelemetry exporter's, which counts
// nanoseconds after the point: ".45" is 45 ns.
func readTime(text []byte, quoted bool) moment {
	text = bytes.TrimSpace(text)
	if m := calendar(text); m.ok {
		return m
	}
	if len(text) > 0 && (isDigit(text[0]) || text[0] == '-') {
		if m := epoch(text, quoted); m.ok {
			return m
		}
	}
	return byLayout(string(text))
}

// epoch reads a number without going through floating point, which has only
// 53 of the 61 bits that today's nanoseconds need.
func epoch(text []byte, quoted bool) moment {
	if bytes.ContainsAny(text, "eE") {
		return floating(text)
	}
	digits, fraction, hasFraction := bytes.Cut(text, dot)
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || len(digits) < 9 {
		return moment{} // a year, a date without dashes, a duration
	}
	size := n
	if n < 0 {
		size = -n
	}
	unit := int64(1)
	switch {
	case size < 1e11:
		unit = 1e9
	case size < 1e14:
		unit = 1e6
	case size < 1e17:
		unit = 1e3
	}
	if unit == 1e9 && quoted && len(digits) > 10 {
		return moment{}
	}
	var nano int64
	if hasFraction {
		var ok bool
		if nano, ok = fractionOf(fraction, unit, quoted && unit == 1e6); !ok {
			return moment{}
		}
	}
	m := at(n/(1e9/unit), n%(1e9/unit)*unit+nano)
	m.whole = unit == 1e9 && !hasFraction
	return m
}

// fractionOf is the part after the point, in nanoseconds.
func fractionOf(digits []byte, unit int64, counted bool) (int64, bool) {
	if counted && len(digits) <= 6 {
		n, err := strconv.ParseUint(string(digits), 10, 32)
		return int64(n), err == nil
	}
	nano := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		unit /= 10
		nano += int64(c-'0') * unit
	}
	return nano, len(digits) > 0
}

// floating reads what is written with an exponent.
func floating(text []byte) moment {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || f < 1e8 || f > 9e18 {
		return moment{}
	}
	for f < 1e17 { // to nanoseconds, by the same steps as epoch's
		f *= 1e3
	}
	return moment{ns: int64(f), ok: true, zoned: true}
}

// A dateReader reads a calendar time from left to right.
type dateReader struct {
	text []byte
	bad  bool
}

// number reads exactly n digits.
func (d *dateReader) number(n int) int64 {
	if len(d.text) < n {
		d.bad = true
		return 0
	}
	v := int64(0)
	for _, c := range d.text[:n] {
		if c < '0' || c > '9' {
			d.bad = true
		}
		v = v*10 + int64(c-'0')
	}
	d.text = d.text[n:]
	return v
}

// skip passes one of the characters, and reports whether there was one.
func (d *dateReader) skip(any string) bool {
	if len(d.text) > 0 && strings.IndexByte(any, d.text[0]) >= 0 {
		d.text = d.text[1:]
		return true
	}
	return false
}

func (d *dateReader) need(any string) {
	if !d.skip(any) {
		d.bad = true
	}
}

// calendar reads 2006-01-02T15:04:05.999999999Z and its relatives: a blank or
// an underscore for the T, slashes in the date, a comma before the fraction,
// any offset, UTC where none is told.
func calendar(text []byte) moment {
	if len(text) < len("2006-01-02T15:04:05") || isDigit(text[4]) {
		return moment{}
	}
	d := dateReader{text: text}
	year := d.number(4)
	d.need("-/.")
	month := d.number(2)
	d.need("-/.")
	day := d.number(2)
	d.need("Tt _")
	hour := d.number(2)
	d.need(":")
	minute := d.number(2)
	d.need(":")
	second := d.number(2)
	if d.bad || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60 {
		return moment{}
	}
	nano, whole := d.fraction()
	offset, zoned := d.offset()
	if d.bad || len(d.text) > 0 {
		return moment{}
	}
	m := at(days(year, month, day)*86400+hour*3600+minute*60+second-offset, nano)
	m.zoned, m.whole = zoned, whole
	return m
}

// fraction reads what follows the seconds; digits after the ninth are dropped.
func (d *dateReader) fraction() (nano int64, whole bool) {
	if len(d.text) < 2 || d.text[1] < '0' || d.text[1] > '9' || !d.skip(".,") {
		return 0, true
	}
	unit := int64(1e9)
	for len(d.text) > 0 && d.text[0]-'0' < 10 {
		unit /= 10
		nano += int64(d.text[0]-'0') * unit
		d.text = d.text[1:]
	}
	return nano, false
}

// offset reads Z, UTC, GMT, +01, +0100 or +01:00, with a blank before or not,
// in seconds east.
func (d *dateReader) offset() (seconds int64, zoned bool) {
	d.skip(" ")
	switch string(d.text) {
	case "":
		return 0, false
	case "Z", "z", "UTC", "GMT":
		d.text = nil
		return 0, true
	}
	west := d.text[0] == '-'
	d.need("+-")
	seconds = d.number(2) * 3600
	if d.skip(":"); len(d.text) > 0 {
		seconds += d.number(2) * 60
	}
	if west {
		seconds = -seconds
	}
	return seconds, true
}

// days counts from 1970-01-01 to a date of the Gregorian calendar.
func days(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400 // year is never negative
	inEra := year - era*400
	return era*146097 + inEra*365 + inEra/4 - inEra/100 + (153*(month-3)+2)/5 + day - 1 - 719468
}

// byLayout tries the notations that name their months.
func byLayout(text string) moment {
	if len(text) < 15 || len(text) > 64 {
		return moment{}
	}
	for _, layout := range [...]string{
		"02/Jan/2006:15:04:05 -0700", time.RFC1123Z, time.RFC1123, time.RubyDate, time.UnixDate, time.ANSIC, "2006-01-02T15:04Z07:00",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			m := at(t.Unix(), int64(t.Nanosecond()))
			m.zoned, m.whole = m.ok && layout != time.ANSIC, true
			return m
		}
	}
	return moment{}
}
