package trace

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// An ErrorLog is a log entry that tells of an error, by its level or because
// it holds an exception, with what it says of the error.
type ErrorLog struct {
	Log
	TraceID ID     // the trace that it names, zero when it names none
	Type    string // of the exception
	Reason  string // what the exception says
	Stack   string // as it was written
}

// An ErrorQuery asks for error logs.
type ErrorQuery struct {
	Service string // "" is any
	Window  Window
	Limit   int       // the most logs to hand over; zero is no limit
	Without []Pattern // logs that any of these fits are not wanted
}

// A Pattern recognises logs of one service that say the same: all its parts
// stand in the message. Parts hold whole words.
type Pattern struct {
	Service string // "" is any
	Parts   []string
}

// Taken tells how much of what matches a source handed over.
type Taken struct {
	Handed   int
	Total    int64 // that match, -1 when that is not known
	More     bool  // more match than were handed over
	Since    int64 // all that match from this moment on were handed over; the window's start unless More
	Sampled  bool  // of More: those that were are a random sample of the window, and Since tells nothing
	Gaps     []Gap
	Warnings []string
	Searched Searched
}

// ErrorCounts is how many error logs there are, by slots of time: slot i lies
// from edge i to before edge i+1.
type ErrorCounts struct {
	Of       [][]int64 // of each pattern; a log counts for the first one that fits it
	Errors   []int64   // of all error logs
	All      []int64   // of logs of any level: in a slot without any, nothing can be learnt
	Gaps     []Gap
	Warnings []string
}

// Fits reports whether a service's message is one that the pattern recognises:
// each part stands somewhere in it as it is, case and all, as whole words. What
// is a word's are letters, digits and underscores: "card" is in "card-expired"
// and not in "cards". The parts' order does not matter. A pattern without parts
// fits every message of its service.
func (p *Pattern) Fits(service, message string) bool {
	if p.Service != "" && p.Service != service {
		return false
	}
	for _, part := range p.Parts {
		if !hasWords(message, part) {
			return false
		}
	}
	return true
}

// hasWords reports whether a text holds a part that is not the end or the start
// of longer words there.
func hasWords(text, part string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], part)
		if at < 0 {
			return false
		}
		at += from
		if !joins(text[:at], part) && !joins(text[:at+len(part)], text[at+len(part):]) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		from = at + max(size, 1)
		if from > len(text) {
			return false
		}
	}
}

// joins reports whether a word goes on from the one text into the other.
func joins(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	return before != "" && after != "" && isWord(last) && isWord(first)
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
