package es

import (
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// levelPatterns are the names under which levels are stored.
var levelPatterns = []string{
	"*level", "*Level", "*LEVEL", "*severity", "*Severity", "*SEVERITY", "*everity_text", "*everityText", "*everity_number", "*everityNumber",
	"*levelname", "*levelName", "*level_name", "*level_value", "*levelno", "*lvl", "@l", "*priority", "PRIORITY", "*severity.code", "*severity.name",
}

// errorWords are how loggers write levels of error and worse.
var errorWords = []string{"error", "err", "severe", "fatal", "ftl", "critical", "crit", "alert", "emerg", "emergency", "panic", "dpanic"}

// errorTexts are the same in every case, with letters and numbers that only a
// level's own field holds.
func errorTexts() []string {
	out := []string{"e", "E", "f", "F", "c", "C", "p", "P", "50", "60", "17", "18", "19", "20", "21", "0", "1", "2", "3"}
	for _, word := range append(slices.Clone(errorWords), "errors", "failure") {
		out = append(out, word, strings.ToUpper(word), title(word))
	}
	return out
}

// errorLevels asks the levels' fields for error and worse.
func errorLevels(caps fieldCaps) []any {
	var fields []field
	for _, name := range sortedKeys(caps.Fields) {
		if f, ok := capped(caps, name); ok {
			fields = append(fields, f)
		}
	}
	return eachNested(caps, fields, func(fields []field) []any {
		var out []any
		var mixed []string
		for _, f := range fields {
			switch {
			case f.class == classNumber:
				out = append(out, errorNumbers(f.name)...)
			case f.class == classExact, f.class == classText:
				out = append(out, object{"terms": object{f.name: errorTexts()}})
			case all(sortedKeys(f.kinds), "keyword", "text", "constant_keyword", "wildcard"):
				out = append(out, object{"terms": object{f.name: errorTexts()}})
			default:
				mixed = append(mixed, f.name)
			}
		}
		return append(out, phrases(mixed, append(slices.Clone(errorWords), "50", "60", "17", "21", "3", "2"))...)
	})
}

// errorNumbers asks a field of numbers for what is an error in any family that
// its name allows.
func errorNumbers(name string) []any {
	from := 17
	canonical := trace.Canonical(name)
	switch {
	case strings.HasSuffix(canonical, "severitynumber"):
		return []any{object{"range": object{name: object{"gte": from}}}}
	case strings.HasSuffix(canonical, "levelvalue"):
		from = 40_000
	case strings.HasSuffix(canonical, "level"), strings.HasSuffix(canonical, "levelno"), strings.HasSuffix(canonical, "lvl"):
		from = 40
	}
	return []any{object{"range": object{name: object{"gte": from}}}, object{"range": object{name: object{"lte": 3}}}}
}
