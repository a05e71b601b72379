package jaeger

import (
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A form is one way to ask for the conditions of a query.
type form struct {
	tags []trace.Condition
	// doubtful says that a value was not made safe for a storage that takes
	// values for patterns: another form has it so, and this one may fail.
	doubtful bool
}

// mostForms is how many ways a query is asked in: four conditions whose keys
// have two spellings each.
const mostForms = 16

// spell lists the forms of the conditions, and says how many are left out.
// What was typed comes first, then those in which all keys are spelled alike.
func spell(conditions []trace.Condition, inMemory bool) (forms []form, left int) {
	var choices [][]form
	total := 1
	for _, c := range conditions {
		if list := spellings(c, inMemory); len(list) > 0 {
			choices = append(choices, list)
			total = min(total*len(list), 1<<20)
		}
	}
	at := make([]int, len(choices))
	for range total {
		forms = append(forms, pick(choices, at))
		advance(choices, at)
		if len(forms) > 64*mostForms {
			break
		}
	}
	slices.SortStableFunc(forms[1:], func(a, b form) int { return mixed(a) - mixed(b) })
	if len(forms) > mostForms {
		forms = forms[:mostForms]
	}
	return forms, total - len(forms)
}

func pick(choices [][]form, at []int) form {
	var f form
	for i, list := range choices {
		f.tags = append(f.tags, list[at[i]].tags...)
		f.doubtful = f.doubtful || list[at[i]].doubtful
	}
	return f
}

// advance counts on, the last place fastest.
func advance(choices [][]form, at []int) {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i]++; at[i] < len(choices[i]) {
			return
		}
		at[i] = 0
	}
}

// mixed is 1 for a form that has keys with dots as well as with underscores.
func mixed(f form) int {
	dots, underscores := false, false
	for _, t := range f.tags {
		dots = dots || strings.Contains(t.Key, ".")
		underscores = underscores || strings.Contains(t.Key, "_")
	}
	if dots && underscores {
		return 1
	}
	return 0
}

// spellings lists the ways to ask for one condition; none means that it is
// only confirmed. Storages keep a failed span under two names. Jaeger's memory
// has neither: it keeps OpenTelemetry's status, and takes error=true, which no
// dialect can send as a boolean, for the opposite (seen in 2.13).
func spellings(c trace.Condition, inMemory bool) []form {
	if !c.AsksForError() {
		return spelled(c, inMemory)
	}
	if inMemory {
		return nil
	}
	list := []form{{tags: failedNames[:1]}, {tags: failedNames[1:]}}
	switch trace.Canonical(c.Key) {
	case "error", "otelstatuscode":
		return list
	}
	return append(list, spelled(c, inMemory)...)
}

// failedNames are what storages keep a failed span by.
var failedNames = [...]trace.Condition{{Key: "error", Value: "true"}, {Key: "otel.status_code", Value: "ERROR"}}

// withoutOther leaves out the forms that ask for failed spans by their other
// name.
func withoutOther(forms []form) []form {
	return slices.DeleteFunc(forms, func(f form) bool { return slices.Contains(f.tags, failedNames[1]) })
}

func spelled(c trace.Condition, inMemory bool) []form {
	var list []form
	for _, key := range keys(c.Key) {
		safe := pattern(c.Value)
		if safe == c.Value || inMemory {
			list = append(list, form{tags: []trace.Condition{{Key: key, Value: c.Value}}})
			continue
		}
		list = append(list,
			form{tags: []trace.Condition{{Key: key, Value: safe}}},
			form{tags: []trace.Condition{{Key: key, Value: c.Value}}, doubtful: true})
	}
	return list
}

// keys are a key's spellings: as typed, dotted, underscored.
func keys(key string) []string {
	list := []string{key}
	for _, separator := range [...]string{".", "_"} {
		other := strings.NewReplacer(".", separator, "_", separator, "-", separator, "/", separator).Replace(key)
		if !slices.Contains(list, other) {
			list = append(list, other)
		}
	}
	return list
}

// pattern makes a value that finds itself where it is taken for one of
// Lucene's regular expressions, as Elasticsearch storage does. A dot finds
// itself anyway.
func pattern(value string) string {
	var b strings.Builder
	for _, r := range value {
		if strings.ContainsRune(`?+*|{}[]()"\#@&<>~`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
