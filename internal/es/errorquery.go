package es

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// errorPatterns are the names under which exceptions and stacks are stored.
var errorPatterns = []string{
	"*rror", "*rror.*", "*rror_*", "err", "*.err", "*err.*", "*xception*", "*stack*", "*Stack*", "@x", "*exc_info", "*exc_text",
	"*thrown*", "*hrowable*", "*raceback", "*backtrace",
}

// eventMarks are fields of Serilog's events, whose level is absent when it is
// information.
var eventMarks = []string{"@t", "@mt"}

// How many fields of one role are asked, the best first. No index has as many.
const (
	maxLevels   = 10
	maxMessages = 8
	maxServices = 8
)

// A ranked is a field with what it tells.
type ranked struct {
	field
	use logdoc.Use
}

// An errorMaker writes the queries about error logs of some indices. What they
// pass is what the parser takes, as far as fields tell it; logs that tell their
// level only in their text are passed by their words.
type errorMaker struct {
	c         *Client
	plan      *fieldPlan
	caps      fieldCaps
	levels    []ranked
	messages  []ranked
	services  []ranked
	pods      []ranked
	workloads []ranked
	evidence  []field
	marks     []string
	// plain leaves out regular expressions, which a cluster may forbid as
	// expensive.
	plain bool
}

// errorMaker learns the fields that tell of errors.
func (c *Client) errorMaker(ctx context.Context, plan *fieldPlan) (*errorMaker, error) {
	m := &errorMaker{c: c, plan: plan}
	var own []string
	for _, role := range []string{"level", "service", "error", "stack"} {
		own = union(own, c.own[role])
	}
	names := union(own, slices.Concat(levelPatterns, []string{"*status"}, errorPatterns, servicePatterns, keywordsOf(servicePatterns), eventMarks))
	var err error
	if m.caps, err = c.errorCaps(ctx, plan.patterns, names); err != nil {
		return nil, err
	}
	for _, name := range sortedKeys(m.caps.Fields) {
		m.learn(name)
	}
	for _, name := range sortedKeys(plan.facts.Caps.Fields) {
		if use := c.own.Use(name); use.Role == logdoc.MessageRole && !isSubfield(name) {
			if f, ok := capped(plan.facts.Caps, name); ok && f.nested == "" {
				m.messages = append(m.messages, ranked{f, use})
			}
		}
	}
	m.levels, m.messages = bestFirst(m.levels, maxLevels), bestFirst(m.messages, maxMessages)
	m.services, m.pods, m.workloads = bestFirst(m.services, maxServices), bestFirst(m.pods, maxServices), bestFirst(m.workloads, maxServices)
	return m, nil
}

func keywordsOf(patterns []string) []string {
	out := make([]string, len(patterns))
	for i, p := range patterns {
		out[i] = p + ".keyword"
	}
	return out
}

// learn notes what a field tells.
func (m *errorMaker) learn(name string) {
	f, ok := capped(m.caps, name)
	switch {
	case !ok, f.nested != "":
		return
	case slices.Contains(eventMarks, name):
		m.marks = append(m.marks, name)
	}
	use := m.c.own.Use(name)
	switch it := (ranked{f, use}); use.Role {
	case logdoc.LevelRole:
		m.levels = append(m.levels, it)
	case logdoc.ServiceRole:
		m.services = append(m.services, it)
	case logdoc.PodRole:
		m.pods = append(m.pods, it)
	case logdoc.WorkloadRole:
		m.workloads = append(m.workloads, it)
	}
	if m.c.own.TellsError(name) && f.holdsText() {
		m.evidence = append(m.evidence, f)
	}
}

// holdsText reports whether a field may hold words.
func (f field) holdsText() bool {
	return slices.ContainsFunc(sortedKeys(f.kinds), func(kind string) bool {
		return classOf([]string{kind}) != classNumber && !isNumber(kind) && kind != "boolean"
	})
}

func isNumber(kind string) bool {
	switch kind {
	case "float", "double", "half_float", "scaled_float":
		return true
	}
	return classOf([]string{kind}) == classNumber
}

func bestFirst(list []ranked, most int) []ranked {
	slices.SortStableFunc(list, func(a, b ranked) int { return a.use.Rank - b.use.Rank })
	return list[:min(len(list), most)]
}

// errors asks for all error logs: by the level that a log's best field tells,
// and for those without a level by what else they hold.
func (m *errorMaker) errors() object {
	var should, lower []any
	for i, f := range m.levels {
		if said := m.says(f, trace.LevelError, trace.LevelFatal); len(said) > 0 {
			should = append(should, allBut([]any{anyOf(said)}, lower))
		}
		if said := m.says(f, trace.LevelTrace, trace.LevelWarn); len(said) > 0 && i < len(m.levels)-1 {
			lower = append(lower, anyOf(said))
		}
	}
	have := append(m.haveLevel(), m.isEvent()...)
	if silent := append(m.evident(), m.worded()...); len(silent) > 0 {
		should = append(should, allBut([]any{anyOf(silent)}, have))
	}
	if len(should) == 0 {
		return nil
	}
	return anyOf(should)
}

// allBut is what all filters pass and none of the others does.
func allBut(filters, not []any) object {
	if len(not) == 0 && len(filters) == 1 {
		if one, ok := filters[0].(object); ok {
			return one
		}
	}
	query := object{"filter": filters}
	if len(not) > 0 {
		query["must_not"] = not
	}
	return object{"bool": query}
}

// haveLevel passes the logs with a field for their level; a status that is a
// number is none.
func (m *errorMaker) haveLevel() []any {
	var out []any
	for _, f := range m.levels {
		if f.isStatus() {
			out = append(out, m.says(f, trace.LevelTrace, trace.LevelFatal)...)
		} else {
			out = append(out, exists(f.name, ""))
		}
	}
	return out
}

func (m *errorMaker) isEvent() []any {
	var out []any
	for _, name := range m.marks {
		out = append(out, exists(name, ""))
	}
	return out
}

// evident passes the logs that hold an exception or a stack.
func (m *errorMaker) evident() []any {
	var out []any
	for _, f := range m.evidence {
		out = append(out, exists(f.name, ""))
	}
	return out
}

// textLevels are how a record that was logged as text holds its level as a
// number.
var textLevels = []string{"level 50", "level 60", "severity_number 17", "severity_number 21"}

// worded passes the logs whose text may tell their level.
func (m *errorMaker) worded() []any {
	var names []string
	var out []any
	for _, f := range m.messages {
		switch f.class {
		case classText:
			if !m.plain {
				out = append(out, object{"regexp": object{f.name: object{"value": "[ef][0-9]{4}"}}}) // klog's
			}
			names = append(names, f.name)
		case classExact:
			if !m.plain {
				out = append(out, object{"regexp": object{f.name: object{"value": ".*" + oneOf(errorWords) + ".*"}}})
			}
		default:
			names = append(names, f.name)
		}
	}
	return append(out, phrases(names, slices.Concat(errorWords, textLevels))...)
}

// says asks a level's field for levels from least to most, in each of the
// types that it has.
func (m *errorMaker) says(f ranked, least, most trace.Level) []any {
	return f.perKind(func(kind string) []any {
		switch {
		case isNumber(kind):
			var out []any
			for _, r := range f.use.Levels(least, most) {
				out = append(out, object{"range": object{f.name: object{"gte": r.Low, "lte": r.High}}})
			}
			return out
		case classOf([]string{kind}) == classExact || analysed(kind):
			return []any{m.words(f, least, most)}
		}
		return nil
	})
}

// perKind asks a field as it is in each index: a query for one type fails on
// another.
func (f field) perKind(ask func(kind string) []any) []any {
	var out []any
	for _, kind := range sortedKeys(f.kinds) {
		clauses := ask(kind)
		switch indices := f.kinds[kind]; {
		case len(clauses) == 0:
		case len(f.kinds) > 1 && len(indices) > 0:
			out = append(out, object{"bool": object{"filter": []any{object{"terms": object{"_index": indices}}, anyOf(clauses)}}})
		default:
			out = append(out, clauses...)
		}
	}
	return out
}

// lowerWords are how levels below error are written.
var lowerWords = []string{
	"trace", "trc", "trce", "verbose", "verb", "finest", "finer", "fine", "silly", "debug", "dbg", "dbug", "information", "info", "inf", "informational",
	"notice", "config", "default", "log", "http", "success", "warning", "warn", "wrn", "warnings",
}

// worseWords are how levels of error and worse are written.
var worseWords = []string{
	"error", "errors", "err", "erro", "severe", "fatal", "ftl", "critical", "crit", "alert", "emerg", "emergency", "panic", "dpanic",
}

// statusWords are those of them that a field for other statuses may hold, too.
var statusWords = []string{
	"trace", "debug", "info", "information", "notice", "warn", "warning", "error", "err", "severe", "fatal", "critical", "crit", "panic",
	"alert", "emerg", "emergency", "dbg", "inf", "wrn", "ftl",
}

// words asks for levels that are written as words, letters, or numbers in text.
// Regular expressions would find every spelling, but each shard compiles each of
// them, which took seconds.
func (m *errorMaker) words(f ranked, least, most trace.Level) object {
	var words []string
	letters := ""
	if least <= trace.LevelWarn {
		words, letters = append(words, lowerWords...), letters+"tvdinw"
	}
	if most >= trace.LevelError {
		words, letters = append(words, worseWords...), letters+"efcp"
	}
	if f.isStatus() {
		words = slices.DeleteFunc(words, func(w string) bool { return !slices.Contains(statusWords, w) })
		return object{"terms": object{f.name: spelled(words)}}
	}
	out := append(spelled(words), spelled(strings.Split(letters, ""))...)
	for _, r := range f.use.Levels(least, most) {
		for _, n := range writtenLevels {
			if n >= r.Low && n <= r.High {
				out = append(out, strconv.FormatInt(n, 10))
			}
		}
	}
	return object{"terms": object{f.name: out}}
}

// isStatus reports whether the field tells a level only where it holds the word
// for one.
func (f ranked) isStatus() bool {
	return len(f.use.Levels(trace.LevelTrace, trace.LevelFatal)) == 0
}

// writtenLevels are the numbers of levels that loggers know.
var writtenLevels = []int64{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 30, 40, 50, 60,
	100, 200, 250, 300, 400, 500, 550, 600, 700, 800, 5000, 10000, 20000, 30000, 40000, 50000,
}

// spelled is the words in the usual cases, and in brackets.
func spelled(words []string) []string {
	var out []string
	for _, word := range words {
		for _, s := range []string{word, strings.ToUpper(word), title(word)} {
			out = append(out, s, "["+s+"]", s+" ")
		}
	}
	return union(nil, out)
}

// oneOf is a regular expression for any of the words in any case.
func oneOf(words []string) string {
	var b strings.Builder
	for i, word := range words {
		b.WriteByte("(|"[min(i, 1)])
		for _, c := range word {
			b.WriteString("[" + string(c) + strings.ToUpper(string(c)) + "]")
		}
	}
	return b.String() + ")"
}
