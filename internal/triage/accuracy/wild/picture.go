package wild

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A part is a span of a picture.
type part struct {
	depth              int
	kind               trace.Kind
	service, operation string
	start, length      int64 // milliseconds
	status             trace.Status
	cause              string
	host               int // always that one, when it is not 0
	says               string
	attributes, errors []pair
	logs               []line
}

// A pair is an attribute, or an exception, by its text.
type pair struct{ key, text string }

// A line is an error log: message~type~stack.
type line struct {
	text string
	bare bool // it names no span
	lone bool // nor a trace
}

// parse reads a trace from a picture of it, one span a line, its calls indented
// beneath it:
//
//	S gateway '/orders {n}' 0 100 ! @cause http.status_code=500 ex='Type~message~stack'
//
// tells kind, service, operation, start and duration in milliseconds; then, in
// any order, "!" or "ok", the cause that begins here, the status's description
// (says), exceptions (ex), error logs (log; bare ones name no span, and lone ones no trace),
// the host that it must run on (host) and attributes. Kinds are S, C, I, P and Q for a consumer.
func parse(picture string) []part {
	var list []part
	for text := range strings.SplitSeq(strings.Trim(picture, "\n"), "\n") {
		if strings.TrimSpace(text) != "" {
			list = append(list, parsePart(text))
		}
	}
	return list
}

func parsePart(text string) part {
	rest := strings.TrimLeft(text, " \t")
	p := part{depth: len(text) - len(rest)}
	list := wordsOf(rest)
	if len(list) < 5 {
		panic(fmt.Sprintf("a span in too few words: %q", text))
	}
	p.kind = map[string]trace.Kind{"S": trace.KindServer, "C": trace.KindClient, "I": trace.KindInternal, "P": trace.KindProducer, "Q": trace.KindConsumer}[list[0]]
	p.service, p.operation = list[1], list[2]
	var err1, err2 error
	p.start, err1 = strconv.ParseInt(list[3], 10, 64)
	p.length, err2 = strconv.ParseInt(list[4], 10, 64)
	if err1 != nil || err2 != nil || p.kind == trace.KindUnspecified {
		panic(fmt.Sprintf("a span without kind or times: %q", text))
	}
	for _, w := range list[5:] {
		p.describe(w)
	}
	return p
}

// describe reads one word about a span.
func (p *part) describe(word string) {
	key, value, _ := strings.Cut(word, "=")
	switch {
	case word == "!":
		p.status = trace.StatusError
	case word == "ok":
		p.status = trace.StatusOK
	case word[0] == '@':
		p.cause = word[1:]
	case key == "says":
		p.says = value
	case key == "ex":
		p.errors = append(p.errors, pair{key, value})
	case key == "log" || key == "bare" || key == "lone":
		p.logs = append(p.logs, line{value, key != "log", key == "lone"})
	case key == "host":
		p.host, _ = strconv.Atoi(value)
	default:
		p.attributes = append(p.attributes, pair{key, value})
	}
}

// wordsOf splits a line at blanks that are not within quotes, and drops those.
func wordsOf(text string) []string {
	var list []string
	var word strings.Builder
	quoted := false
	for _, c := range text + " " {
		switch {
		case c == '\'':
			quoted = !quoted
		case c == ' ' && !quoted:
			if word.Len() > 0 {
				list = append(list, word.String())
			}
			word.Reset()
		default:
			word.WriteRune(c)
		}
	}
	return list
}
