package triage

import (
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// facts are what a span says of how it ended. What it does not say is empty,
// and a code that it does not tell is 0.
type facts struct {
	exception, message, stack string // of the last exception
	errorType                 string
	http, rpc                 int
	status                    string // the status's description
}

// factsOf reads a span. The names are OpenTelemetry's, today's and older ones.
func factsOf(s *trace.Span) facts {
	f := facts{status: s.StatusMessage}
	for i := range s.Attributes {
		a := &s.Attributes[i]
		switch a.Key {
		case "error.type":
			f.errorType = a.Value.Text()
		case "http.response.status_code", "http.status_code":
			f.http = number(a.Value)
		case "rpc.grpc.status_code", "grpc.status_code", "rpc.response.status_code":
			f.rpc = rpcCode(a.Value)
		}
	}
	for i := len(s.Events) - 1; i >= 0 && f.exception == "" && f.message == ""; i-- {
		f.event(&s.Events[i])
	}
	return f
}

// event reads an exception, or an error as OpenTracing logged it.
func (f *facts) event(e *trace.Event) {
	was := *f
	tells := e.Name == "exception"
	for i := range e.Attributes {
		a := &e.Attributes[i]
		switch a.Key {
		case "exception.type", "error.kind":
			f.exception, tells = a.Value.Text(), true
		case "exception.message", "error.object", "message":
			f.message = a.Value.Text()
		case "exception.stacktrace", "stack":
			f.stack = a.Value.Text()
		case "event":
			tells = tells || a.Value.Text() == "error"
		}
	}
	if !tells {
		*f = was
	}
}

// number is a value as a whole number, 0 when it is none.
func number(v trace.Value) int {
	if v.Type == trace.TypeInt {
		return int(v.Int64())
	}
	n, err := strconv.Atoi(v.Text())
	if err != nil {
		return 0
	}
	return n
}

// rpcName is the name of a gRPC status code, "" when there is none of that
// number or it is no error.
func rpcName(code int) string {
	names := [...]string{
		"", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
		"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
		"INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
	}
	if code < 0 || code >= len(names) {
		return ""
	}
	return names[code]
}

const rpcCodes = 17

// rpcCode is the gRPC status code that a value tells, by number or by name.
func rpcCode(v trace.Value) int {
	if v.Type == trace.TypeInt {
		return number(v)
	}
	text := v.Text()
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return rpcNamed(text)
}

// rpcNamed is the gRPC status code of a name in any of its spellings:
// NOT_FOUND, NotFound, not_found.
func rpcNamed(name string) int {
	if name == "" || len(name) > 24 {
		return 0
	}
	plain := trace.Canonical(name)
	if plain == "canceled" {
		return 1
	}
	for code := 1; code < rpcCodes; code++ {
		if trace.Canonical(rpcName(code)) == plain {
			return code
		}
	}
	return 0
}

// class is the kind of the error: the first that the span tells of exception
// type, error type, and gRPC or HTTP code.
func (f *facts) class() string {
	switch {
	case f.exception != "":
		return f.exception
	case f.errorType != "" && f.errorType != "_OTHER":
		return f.errorType
	case rpcName(f.rpc) != "":
		return rpcName(f.rpc)
	case f.http >= 400:
		return strconv.Itoa(f.http)
	}
	return ""
}

// says is the message of the failure.
func (f *facts) says() string {
	if f.message != "" {
		return f.message
	}
	return f.status
}

// refuses reports whether the span's code says that the failure is its
// caller's own doing.
func (f *facts) refuses() bool {
	return f.http >= 400 && f.http < 500 || refusal(f.rpc) || f.http == 0 && f.rpc == 0 && refusalNamed(f.errorType)
}

// refusal reports whether a gRPC code is of those that callers bring upon
// themselves.
func refusal(rpc int) bool {
	switch rpcName(rpc) {
	case "CANCELLED", "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
		"FAILED_PRECONDITION", "OUT_OF_RANGE", "UNAUTHENTICATED":
		return true
	}
	return false
}

// serverFault reports whether the gRPC code is one that servers bring upon
// themselves.
func (f *facts) serverFault() bool {
	switch rpcName(f.rpc) {
	case "UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS":
		return true
	}
	return false
}

// refusalNamed is the same of a class: an HTTP code, or a gRPC code by number
// or name.
func refusalNamed(class string) bool {
	if n, err := strconv.Atoi(class); err == nil {
		return n >= 400 && n < 500 || refusal(n)
	}
	return refusal(rpcNamed(class))
}

// hands reports whether a server that is not marked as failed answered with a
// failure: conventions leave such spans unset when it is the client's own.
func (f *facts) hands() bool { return f.http >= 400 || f.rpc != 0 }

// timedOut reports whether the span failed because it had waited long enough.
func (f *facts) timedOut() bool {
	if rpcName(f.rpc) == "DEADLINE_EXCEEDED" || f.http == 504 {
		return true
	}
	return f.mentions("timeout", "timedout", "timed out", "timed_out", "deadline")
}

// wasCancelled reports whether the span failed because nobody waited for it any
// more. A statement that is cancelled for its own timeout waited by itself.
func (f *facts) wasCancelled() bool {
	if rpcName(f.rpc) == "CANCELLED" || f.http == 499 {
		return true
	}
	return !f.timedOut() && f.mentions("cancel", "client went away", "client disconnected", "clientabort", "broken pipe", "brokenpipe", "epipe", "connection reset by peer")
}

// mentions reports whether any of the words stands in what the span says of
// its failure. Words are in lower case.
func (f *facts) mentions(words ...string) bool {
	for _, text := range [...]string{f.exception, f.errorType, f.message, f.status} {
		if text == "" {
			continue
		}
		text = clip(text, longestWord)
		for _, word := range words {
			if holdsFold(text, word) {
				return true
			}
		}
	}
	return false
}

// holdsFold reports whether a word of lower-case letters stands in a text, in
// any case.
func holdsFold(text, word string) bool {
	low, up := word[0], word[0]&^0x20
	for i := 0; i+len(word) <= len(text); i++ {
		if c := text[i]; (c == low || c == up) && strings.EqualFold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}
