package tui

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A field is one thing that is told about the traces to look for.
type field int

const (
	termService field = iota
	termOperation
	termAttributes
	termSince
	termUntil
	termDuration
	termErrors
	termLimit
	allTerms
)

// Terms are what is looked for, each as it is typed. Empty ones are any.
type terms [allTerms]string

// onlyErrors is the field of errors when it is set.
const onlyErrors = "only"

// usualLimit is how many traces are listed when nothing else is said.
const usualLimit = 200

// termsOf are the terms of what the command line says.
func termsOf(wants []trace.Condition, s Scope) terms {
	var t terms
	t[termService], t[termOperation], t[termSince], t[termUntil] = s.Service, s.Operation, s.Since, s.Until
	for _, c := range wants {
		t.want(c)
	}
	return t
}

// want adds a condition. The plainest one for errors is a field of its own.
func (t *terms) want(c trace.Condition) {
	if c.String() == "error=true" {
		t[termErrors] = onlyErrors
		return
	}
	t[termAttributes] = strings.TrimSpace(t[termAttributes] + " " + conditionText(c))
}

// readTerms reads what :find takes, beside what holds already.
//
//	KEY=VALUE, KEY="A VALUE"   attributes
//	service:payment            also svc:, service=
//	op:"POST /charge"          also operation:
//	since:2h until:1h
//	dur>100ms dur<2s           also dur:100ms..2s
//	errors                     only what failed
//	limit:1000
func readTerms(s string, t terms) (terms, error) {
	list, err := words(s)
	if err != nil {
		return t, err
	}
	t[termAttributes] = ""
	for _, w := range list {
		if err := t.read(w); err != nil {
			return t, err
		}
	}
	_, err = t.query()
	return t, err
}

// termNames are how terms are written in one line.
func termNames() map[string]field {
	return map[string]field{
		"service": termService, "svc": termService, "operation": termOperation, "op": termOperation,
		"since": termSince, "until": termUntil, "duration": termDuration, "dur": termDuration, "limit": termLimit,
	}
}

func (t *terms) read(w string) error {
	at := strings.IndexAny(w, ":=<>")
	switch {
	case w == "errors" || w == "err":
		t[termErrors] = onlyErrors
		return nil
	case at < 1 || at == len(w)-1:
		return fmt.Errorf("%q is no condition: write KEY=VALUE, service:x or since:2h", w)
	}
	of, known := termNames()[w[:at]]
	switch {
	case known && w[at] == ':':
		t[of] = w[at+1:]
	case of == termDuration && known && w[at] != '=':
		t[of] = strings.TrimSpace(t[of] + " " + w[at:])
	case w[:at] == "service" && w[at] == '=':
		t[of] = w[at+1:]
	default:
		c, err := conditionOf(w)
		if err != nil {
			return err
		}
		t.want(c)
	}
	return nil
}

// String is the line that readTerms reads the same of.
func (t terms) String() string {
	var list []string
	for _, of := range [...]struct {
		field
		name string
	}{{termService, "service:"}, {termOperation, "op:"}, {termAttributes, ""}, {termDuration, "dur:"}, {termSince, "since:"}, {termUntil, "until:"}, {termLimit, "limit:"}} {
		switch value := t[of.field]; {
		case value == "":
		case of.field == termAttributes:
			list = append(list, value)
		default:
			list = append(list, of.name+quotedValue(value))
		}
	}
	if t[termErrors] != "" {
		list = append(list, "errors")
	}
	return strings.Join(list, " ")
}

// A termError tells what is wrong, and with which field.
type termError struct {
	of field
	error
}

// query is what a source is asked, without the window, which the source reads.
func (t terms) query() (trace.Query, error) {
	q := trace.Query{Service: t[termService], Operation: t[termOperation], Limit: usualLimit}
	list, err := words(t[termAttributes])
	if err != nil {
		return q, termError{termAttributes, err}
	}
	for _, w := range list {
		c, err := conditionOf(w)
		if err != nil {
			return q, termError{termAttributes, err}
		}
		q.Conditions = append(q.Conditions, c)
	}
	if t[termErrors] != "" {
		q.Conditions = append(q.Conditions, trace.Condition{Key: "error", Value: "true"})
	}
	if q.MinDuration, q.MaxDuration, err = durationRange(t[termDuration]); err != nil {
		return q, termError{termDuration, err}
	}
	if s := t[termLimit]; s != "" {
		if q.Limit, err = strconv.Atoi(s); err != nil || q.Limit < 0 {
			return q, termError{termLimit, fmt.Errorf("%q is no number of traces; 0 is for all", s)}
		}
	}
	return q, nil
}

// words splits at blanks that are not within double quotes, and takes the
// quotes away. Within them, \ lets a quote or another \ be meant as it is.
func words(s string) ([]string, error) {
	var list []string
	var w strings.Builder
	began, within := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case within && c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			w.WriteByte(s[i])
		case c == '"':
			began, within = true, !within
		case c == ' ' && !within:
			if began {
				list = append(list, w.String())
			}
			w.Reset()
			began = false
		default:
			began = true
			w.WriteByte(c)
		}
	}
	if began {
		list = append(list, w.String())
	}
	if within {
		return list, errors.New(`a " is not closed`)
	}
	return list, nil
}

func conditionOf(w string) (trace.Condition, error) {
	key, value, ok := strings.Cut(w, "=")
	if key = strings.TrimSpace(key); !ok || key == "" || value == "" {
		return trace.Condition{}, fmt.Errorf("%q is no condition: write KEY=VALUE", w)
	}
	return trace.Condition{Key: key, Value: value}, nil
}

// conditionText writes a condition so that words reads it again.
func conditionText(c trace.Condition) string { return quotedValue(c.Key) + "=" + quotedValue(c.Value) }

func quotedValue(s string) string {
	if !strings.ContainsAny(s, ` "`) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// durationRange reads >100ms, <2s, both, and 100ms..2s. A duration alone is the
// least. A side that is zero is open.
func durationRange(s string) (least, most int64, err error) {
	for w := range strings.FieldsSeq(s) {
		from, to, isRange := strings.Cut(w, "..")
		switch {
		case isRange:
		case w[0] == '<':
			from, to = "", strings.TrimLeft(w, "<=")
		default:
			from = strings.TrimLeft(w, ">=")
		}
		for _, side := range [...]struct {
			text string
			of   *int64
		}{{from, &least}, {to, &most}} {
			if side.text == "" {
				continue
			}
			d, err := time.ParseDuration(side.text)
			if err != nil || d <= 0 {
				return 0, 0, fmt.Errorf("%q is no duration: as in >100ms, <2s, 100ms..2s", side.text)
			}
			*side.of = int64(d)
		}
		if w == ".." || strings.Trim(w, "<>=") == "" {
			return 0, 0, errors.New("how long? as in >100ms, <2s, 100ms..2s")
		}
	}
	if most > 0 && least > most {
		return 0, 0, fmt.Errorf("nothing takes more than %s and less than %s", time.Duration(least), time.Duration(most))
	}
	return least, most, nil
}

// phrases tell at a glance what is looked for, each a part of a sentence.
func (t terms) phrases(p *paints) []string {
	var list []string
	if s := t[termService]; s != "" {
		list = append(list, text(p.Service, s))
	}
	if s := t[termOperation]; s != "" {
		list = append(list, text(p.Title, s))
	}
	conditions, _ := words(t[termAttributes]) // none that is wrong is asked
	for _, w := range conditions {
		list = append(list, text(p.Title, w))
	}
	if t[termErrors] != "" {
		list = append(list, text(p.Fault, "with errors"))
	}
	if s := t[termDuration]; s != "" {
		list = append(list, text(p.Title, durationPhrase(s)))
	}
	if len(list) == 0 {
		list = append(list, text(p.Title, "all traces"))
	}
	for _, of := range [...]struct {
		field
		word string
	}{{termSince, "since "}, {termUntil, "until "}} {
		if s := t[of.field]; s != "" {
			list = append(list, text(p.Dim, of.word)+text(p.Title, s))
		}
	}
	if s := cmp.Or(t[termLimit], strconv.Itoa(usualLimit)); s == "0" {
		list = append(list, text(p.Dim, "no limit"))
	} else if t[termLimit] != "" {
		list = append(list, text(p.Dim, "newest "+s))
	}
	return list
}

// durationPhrase is a range of durations as it is said.
func durationPhrase(s string) string {
	if strings.HasPrefix(s, "<") || strings.HasPrefix(s, ">") || strings.Contains(s, "..") {
		return s
	}
	return ">" + s
}
