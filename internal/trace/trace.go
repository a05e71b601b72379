// Package trace holds the facts that everything else works on: spans and logs
// as their own machines saw them, and what is missing.
//
// Nothing here is corrected, ordered or drawn. Times are integer nanoseconds
// since the Unix epoch as observed, and no later stage overwrites them. The
// types are compact and share strings, because 100,000 spans beside 1,000,000
// logs are normal.
package trace

import (
	"errors"
	"math"
	"strings"
)

// NoTime marks a record that carries no usable time.
const NoTime = math.MinInt64

// ErrNotFound is a source's answer that it knows nothing of an ID. It is an
// answer, not a failure.
var ErrNotFound = errors.New("not found")

// ErrRefused is wrapped by the errors of a source that turned our credentials
// down. Asking again with the same ones is pointless.
var ErrRefused = errors.New("refused")

// A SpanID identifies a span within its trace. Zero means none.
type SpanID uint64

// Origin says which program on which machine stamped a record. Fields that
// the record does not tell are empty. It is comparable: records with equal
// Origins were stamped by the same clock.
type Origin struct {
	Service string // service.name
	Process string // service.instance.id, k8s.pod.uid or container.id: one running process
	Pod     string // k8s.pod.name
	Host    string // the claimed machine: k8s.node.name, host.id, host.name or an address
}

// Clock names the clock that the origin claims to be stamped by: its host's,
// else its own pod's or process's, else its service's.
func (o Origin) Clock() string {
	for _, name := range [...]string{o.Host, o.Pod, o.Process} {
		if name != "" {
			return name
		}
	}
	return o.Service
}

// A Resource describes the process that a span ran in. The spans of one
// process share one Resource.
type Resource struct {
	Origin
	Attributes []Attribute
}

// Kind is a span's role in a call.
type Kind uint8

// The span kinds of OpenTelemetry.
const (
	KindUnspecified Kind = iota
	KindInternal
	KindServer
	KindClient
	KindProducer
	KindConsumer
)

// String returns the kind in lower case, "" when it is unspecified.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

var kindNames = [...]string{"", "internal", "server", "client", "producer", "consumer"}

// ParseKind reads a kind's lower-case name.
func ParseKind(s string) Kind {
	for k, name := range kindNames {
		if s == name {
			return Kind(k)
		}
	}
	return KindUnspecified
}

// Status is a span's outcome.
type Status uint8

// The span statuses of OpenTelemetry.
const (
	StatusUnset Status = iota
	StatusOK
	StatusError
)

// String returns "unset", "ok" or "error".
func (s Status) String() string {
	switch s {
	case StatusOK:
		return "ok"
	case StatusError:
		return "error"
	}
	return "unset"
}

// A Span is one operation as its own service's clock saw it.
type Span struct {
	Trace     ID
	ID        SpanID // zero when the source gave none
	Parent    SpanID // zero for a root
	Operation string
	Kind      Kind
	Status    Status
	Clamped   bool // the source's duration was negative or overflowed, and is now 0 or the largest that fits
	Adjusted  bool // the backend moved its times and does not say by how much
	Start     int64
	Duration  int64 // nanoseconds, never negative; Start+Duration does not overflow

	StatusMessage string
	Scope         string    // the instrumentation library
	Resource      *Resource // never nil
	Attributes    []Attribute
	Events        []Event
	Links         []Link
	Warnings      []string // what the backend says of this span
}

// End is the moment the span ended, by its own clock.
func (s *Span) End() int64 { return s.Start + s.Duration }

// SetTimes sets Start and Duration from a start and an end, clamping what is
// impossible.
func (s *Span) SetTimes(start, end int64) {
	s.Start, s.Duration = start, end-start
	switch {
	case end < start:
		s.Duration, s.Clamped = 0, true
	case s.Duration < 0: // the difference itself overflowed
		s.Duration, s.Clamped = math.MaxInt64, true
	}
	if s.Start > 0 && s.Duration > math.MaxInt64-s.Start {
		s.Duration, s.Clamped = math.MaxInt64-s.Start, true
	}
}

// An Event is something that happened within a span at one moment.
type Event struct {
	Name       string
	Time       int64
	Attributes []Attribute
}

// A Link points from a span to one that caused it, often in another trace.
type Link struct {
	Trace      ID
	Span       SpanID
	Attributes []Attribute
}

// A Log is one log entry as its own machine saw it.
type Log struct {
	Time     int64 // NoTime when the document has none that can be read
	Origin   Origin
	Level    Level
	LevelRaw string // the level as it was written
	Message  string
	Span     SpanID // zero when the entry names none
	Template string // the message's own template or event name, where the logger keeps one

	Document []byte // the whole document as JSON
	Index    string
	DocID    string
	Match    Match
	Trace    *ID  // the trace that it came with, where the evidence holds several
	Damaged  bool // the document could not be read as JSON; Document is then a JSON string of its text
}

// Match says how the log was tied to the ID that was asked for.
type Match uint8

// How sure a log's belonging is.
const (
	MatchField Match = iota // a field of its own holds the ID
	MatchText               // the ID stands within its text
)

// Evidence is everything the sources returned about one ID, uncorrected and
// unordered, together with what they failed to return.
type Evidence struct {
	ID       ID
	Spans    []Span
	Logs     []Log
	NoTrace  bool // Jaeger answered that it does not have this trace
	Gaps     []Gap
	Warnings []string // what is odd, though nothing is missing for it
	Searched Searched
	Linked   []LinkedTrace // the other traces whose spans and logs are in here, too
}

// A LinkedTrace is one that belongs to the same case as the trace asked for.
type LinkedTrace struct {
	ID          ID
	Why         string // in words
	Spans, Logs int
}

// Within tells spans of different traces apart, which may share an ID: it is
// the span's ID among all of them.
func (s SpanID) Within(id ID) SpanID {
	if s == 0 {
		return 0
	}
	return max(s^SpanID(scramble(id.Lo)^scramble(^id.Hi)), 1) // never the zero of none
}

// scramble is a step of splitmix64: IDs that are near each other end far apart.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Searched tells where logs were looked for, so that "none" can be believed.
type Searched struct {
	Indices []string
	Fields  []string
	// What was asked for, where that is not everything.
	Service, Operation string
}

// A Gap records evidence that is missing and why. It is data, not an error: a
// timeline with a known hole is still worth showing.
type Gap struct {
	Source  string // "jaeger", "elasticsearch" or "bundle"
	Reason  string
	Partial bool // some of what the source has did come
	Refused bool // the source turned our credentials down
}

// String tells the gap in one sentence.
func (g Gap) String() string {
	if g.Partial {
		return g.Source + " is incomplete: " + g.Reason
	}
	return g.Source + " is missing: " + g.Reason
}

// AddGap records err as a gap of the source; a nil err adds nothing.
func (e *Evidence) AddGap(source string, err error) { e.Gaps = appendGap(e.Gaps, source, err) }

// AddGap records err as a gap of the source; a nil err adds nothing.
func (f *Found) AddGap(source string, err error) { f.Gaps = appendGap(f.Gaps, source, err) }

// appendGap lets an error that begins with its source's name not repeat it.
func appendGap(gaps []Gap, source string, err error) []Gap {
	if err == nil {
		return gaps
	}
	reason := strings.TrimPrefix(err.Error(), source+": ")
	return append(gaps, Gap{Source: source, Reason: reason, Refused: errors.Is(err, ErrRefused)})
}
