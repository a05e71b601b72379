package es

import (
	"math"
	"slices"
	"strconv"

	"github.com/otrace/otrace/internal/trace"
)

// timeUnits are the units of numbers since 1970, in nanoseconds, with the sizes
// by which each is told.
var timeUnits = [...]struct{ unit, low, high int64 }{
	{1e9, -1e11, 1e11}, {1e6, 1e11, 1e14}, {1e3, 1e14, 1e17}, {1, 1e17, math.MaxInt64},
}

// A timing is one of a scope's fields that hold times, and how it is asked for
// slots. Logs that have a field before it are not its.
type timing struct {
	timeField
	before []timeField
	units  []int64 // of its numbers; one of milliseconds where it is a date
}

// timings is the fields in which logs may have their time, that which the
// parser believes first.
func (s *errorScope) timings() []timing {
	var fields []timeField
	if s.group.kind != timeNone {
		fields = append(fields, timeField{s.group.field, s.group.kind, s.group.typ})
	}
	for _, f := range s.group.also {
		if f.kind != timeNone {
			fields = append(fields, f)
		}
	}
	slices.SortStableFunc(fields, func(a, b timeField) int { return s.c.own.Use(a.name).Rank - s.c.own.Use(b.name).Rank })
	out := make([]timing, len(fields))
	for i, f := range fields {
		out[i] = timing{f, fields[:i], []int64{1e6}}
		if !f.isDate() {
			out[i].units = allUnits(f.kind)
		}
	}
	return out
}

func (f timeField) isDate() bool { return f.kind == timeDate || f.kind == timeNanos }

func allUnits(kind timeKind) []int64 {
	var out []int64
	for _, u := range timeUnits {
		if kind != timeInteger || u.unit == 1e9 {
			out = append(out, u.unit)
		}
	}
	return out
}

// its passes the logs whose time the field holds.
func (t timing) its() object {
	var before []any
	for _, f := range t.before {
		before = append(before, exists(f.name, ""))
	}
	return allBut([]any{exists(t.name, "")}, before)
}

// at is a moment in a unit as the field has it: the first value that is not
// before it.
func (t timing) at(moment, unit int64) any {
	switch {
	case t.kind == timeLong && t.typ != "long" && t.typ != "unsigned_long", t.kind == timeFloat:
		return float64(moment) / float64(unit)
	case t.kind == timeNanos:
		moment = max(0, moment)
	}
	n := moment / unit
	if moment%unit > 0 {
		n++
	}
	return n
}

// within passes the logs from one moment to before another.
func (t timing) within(from, until int64) object {
	var should []any
	for _, unit := range t.units {
		limits := object{"gte": t.at(from, unit), "lt": t.at(until, unit)}
		if t.isDate() {
			limits["format"] = "epoch_millis"
		}
		should = append(should, object{"range": object{t.name: limits}})
	}
	return anyOf(should)
}

// slots counts logs by the slots between edges.
func (t timing) slots(edges []int64) object {
	var ranges []any
	for _, unit := range t.units {
		for i := range len(edges) - 1 {
			ranges = append(ranges, object{"key": strconv.Itoa(i), "from": t.at(edges[i], unit), "to": t.at(edges[i+1], unit)})
		}
	}
	if t.isDate() {
		return object{"date_range": object{"field": t.name, "format": "epoch_millis", "ranges": ranges}}
	}
	return object{"range": object{"field": t.name, "ranges": ranges}}
}

// census counts a field's numbers by their unit, so that no more ranges are
// asked for than there are units.
func (t timing) census() object {
	var ranges []any
	for _, u := range timeUnits {
		one := object{"key": strconv.FormatInt(u.unit, 10), "from": u.low}
		if u.high < math.MaxInt64 {
			one["to"] = u.high
		}
		ranges = append(ranges, one)
	}
	return object{"range": object{"field": t.name, "ranges": ranges}}
}

// stretch is the window from the first edge to before the last.
func stretch(edges []int64) trace.Window {
	return trace.Window{From: edges[0], Until: edges[len(edges)-1] - 1}
}
