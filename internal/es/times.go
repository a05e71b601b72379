package es

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// eventTimes are the names under which logs keep when they were written, the
// best first. Where an index has several, any of them may be the true one.
var eventTimes = []string{
	"@timestamp", "timestamp", "@t", "time", "ts", "eventTime", "event_time", "event.time", "datetime", "dateTime", "date_time",
	"timeMillis", "logTime", "log_time", "log_timestamp", "logTimestamp", "Timestamp", "TimeStamp", "TIMESTAMP", "Time", "@time",
	"asctime", "instant.epochSecond",
}

// otherTimes serve where none of eventTimes does: times of collecting, and
// names too common to be trusted beside others.
var otherTimes = []string{
	"event.created", "observed_timestamp", "observedTimestamp", "ObservedTimestamp", "event.ingested", "ingest_time", "syslog_timestamp",
	"date", "Date", "t",
}

// A timeKind is how a field keeps times, as far as it decides how to ask.
type timeKind uint8

const (
	timeNone    timeKind = iota // text, or no field at all
	timeDate                    // milliseconds
	timeNanos                   // nanoseconds, none before 1970
	timeLong                    // a number since 1970, in any unit
	timeInteger                 // the same in 32 bits: seconds
	timeFloat                   // the same with 24 bits of precision
)

func timeKindOf(kind string) timeKind {
	switch kind {
	case "date":
		return timeDate
	case "date_nanos":
		return timeNanos
	case "long", "unsigned_long", "double", "scaled_float":
		return timeLong
	case "integer":
		return timeInteger
	case "float":
		return timeFloat
	}
	return timeNone
}

// A timeField is one field that holds times.
type timeField struct {
	name string
	kind timeKind
	typ  string // Elasticsearch's own, without which nothing can be sorted by it
}

// A timeGroup is indices whose logs are dated alike, so that one query about
// time suits them all and one order sorts them all.
type timeGroup struct {
	field   string // "" where no field can be asked
	kind    timeKind
	typ     string
	also    []timeField // that may hold the time instead
	indices []string
}

// timeGroups is the plan's indices by how they keep time: every index is in
// one group, and the largest group comes first.
func (p *fieldPlan) timeGroups() []timeGroup { return p.times }

// timeNames is the names to ask for, those first that the user says hold the time.
func timeNames(first []string) []string {
	return union(slices.Clone(first), slices.Concat(eventTimes, otherTimes))
}

// groupByTime sorts the indices by the fields that hold their time.
func groupByTime(caps fieldCaps, indices, first []string) []timeGroup {
	names := timeNames(first)
	found := make(map[string][]timeField, len(indices))
	for _, name := range names {
		types := caps.Fields[name]
		for _, kind := range sortedKeys(types) {
			c := types[kind]
			if k := timeKindOf(kind); k != timeNone && (c.Searchable || len(c.Not) > 0) {
				for _, index := range firstOf(c.Indices, indices) {
					if !slices.Contains(c.Not, index) {
						found[index] = append(found[index], timeField{name, k, kind})
					}
				}
			}
		}
	}
	groups := make(map[string]*timeGroup)
	for _, index := range indices {
		g := chooseTime(found[index], first)
		key := g.key()
		if groups[key] == nil {
			groups[key] = &g
		}
		groups[key].indices = append(groups[key].indices, index)
	}
	return largestFirst(groups)
}

func largestFirst(groups map[string]*timeGroup) []timeGroup {
	var list []timeGroup
	for _, key := range sortedKeys(groups) {
		list = append(list, *groups[key])
	}
	slices.SortStableFunc(list, func(a, b timeGroup) int { return len(b.indices) - len(a.indices) })
	return list
}

func (g *timeGroup) key() string {
	text := []byte(g.field + "\x00" + g.typ)
	for _, f := range g.also {
		text = append(text, "\x00"+f.name+"\x00"+f.typ...)
	}
	return string(text)
}

// chooseTime takes the first date, else the first number; fields come in the
// order of their names' rank.
func chooseTime(fields []timeField, first []string) timeGroup {
	best := -1
	for i, f := range fields {
		date := f.kind == timeDate || f.kind == timeNanos
		if best < 0 || date && fields[best].kind != timeDate && fields[best].kind != timeNanos && !slices.Contains(first, fields[best].name) {
			best = i
		}
	}
	if best < 0 {
		return timeGroup{}
	}
	g := timeGroup{field: fields[best].name, kind: fields[best].kind, typ: fields[best].typ}
	if slices.Contains(first, g.field) {
		return g // the user knows
	}
	for i, f := range fields {
		if i != best && slices.Contains(eventTimes, f.name) && slices.Contains(eventTimes, g.field) {
			g.also = append(g.also, f)
		}
	}
	return g
}

// within passes the documents that may be of the window: those with any time
// in it, and those without a time. It fails no shard of the group's. What it
// passes is to be judged by the log's own time.
func (g timeGroup) within(w trace.Window) object {
	if g.kind == timeNone || w.IsZero() {
		return object{"match_all": object{}}
	}
	should := timeField{g.field, g.kind, g.typ}.within(w)
	missing := []any{object{"exists": object{"field": g.field}}}
	for _, f := range g.also {
		should = append(should, f.within(w)...)
		missing = append(missing, object{"exists": object{"field": f.name}})
	}
	should = append(should, object{"bool": object{"must_not": missing}})
	return object{"bool": object{"should": should, "minimum_should_match": 1}}
}

// floatError is how far off a time may be that is kept in a float.
const floatError = int64(10 * 60 * 1e9)

func (f timeField) within(w trace.Window) []any {
	switch f.kind {
	case timeLong, timeInteger:
		return f.numbers(w)
	case timeFloat:
		return f.numbers(w.Padded(floatError))
	}
	limits := object{"format": "epoch_millis"}
	if w.From > 0 { // a date_nanos field knows nothing before 1970
		limits["gte"] = w.From / 1e6
	}
	if w.Until != 0 && w.Until < math.MaxInt64-2e6 {
		limits["lte"] = max(0, w.Until/1e6) + 1
	}
	return []any{object{"range": object{f.name: limits}}}
}

// numbers asks for the window in every unit, each within the sizes by which
// the unit is told. It is asked as text because that can be lenient: OpenSearch
// looks at the numbers also where the field is a date, and fails on large ones.
func (f timeField) numbers(w trace.Window) []any {
	var ranges []string
	for _, u := range [...]struct{ unit, low, high int64 }{
		{1e9, -1e11, 1e11}, {1e6, 1e11, 1e14}, {1e3, 1e14, 1e17}, {1, 1e17, math.MaxInt64},
	} {
		from, until := u.low, u.high-1
		if w.From != 0 {
			from = max(from, max(w.From, -math.MaxInt64)/u.unit-1)
		}
		if w.Until != 0 {
			until = min(until, min(w.Until, math.MaxInt64-1)/u.unit+1)
		}
		if f.kind == timeInteger {
			from, until = max(from, math.MinInt32), min(until, math.MaxInt32)
		}
		if from <= until {
			ranges = append(ranges, fmt.Sprintf("[%d TO %d]", from, until))
		}
		if f.kind == timeInteger {
			break
		}
	}
	if len(ranges) == 0 {
		return nil
	}
	return []any{object{"query_string": object{"fields": []string{f.name}, "query": strings.Join(ranges, " OR "), "lenient": true}}}
}

// newestFirst sorts the group's documents, those without a time last. Sort
// values are of one kind within a group, and no format is asked for: OpenSearch
// knows none, and none can write what stands for a missing time. Without a
// field, the last that were stored come first.
func (g timeGroup) newestFirst() []any {
	unmapped := "date"
	switch g.kind {
	case timeNone:
		return []any{object{"_doc": "desc"}}
	case timeLong, timeInteger, timeFloat:
		unmapped = "long"
	}
	return []any{object{g.field: object{"order": "desc", "missing": "_last", "unmapped_type": unmapped}}}
}

// batches is the group's indices in lists that each fit into a URL; the plan's
// own patterns where the group is all of them.
func (p *fieldPlan) batches(g timeGroup) [][]string {
	if len(p.times) == 1 {
		return [][]string{p.patterns}
	}
	return splitPatterns(g.indices)
}

// within is one filter for all the plan's indices. Each group's is tied to its
// indices, because it would fail others; what has come since passes.
func (p *fieldPlan) within(w trace.Window) object {
	if w.IsZero() || len(p.times) == 0 {
		return object{"match_all": object{}}
	}
	if len(p.times) == 1 {
		return p.times[0].within(w)
	}
	var should, known []any
	for _, g := range p.times {
		its := object{"terms": object{"_index": g.indices}}
		known = append(known, its)
		should = append(should, object{"bool": object{"filter": []any{its, g.within(w)}}})
	}
	should = append(should, object{"bool": object{"must_not": known}})
	return object{"bool": object{"should": should, "minimum_should_match": 1}}
}
