package triage

import (
	"github.com/otrace/otrace/internal/template"
	"github.com/otrace/otrace/internal/trace"
)

// A failure is what is kept of a failing trace.
type failure struct {
	id     trace.ID
	failed int32 // spans
	roots  []root
	links  []link   // by span
	passes []passed // the root's own service first
}

// A root is where failures of one trace began: all those of one cause that
// reached the same entry, or were all absorbed.
type root struct {
	cause, entry int32 // entry 0: absorbed
	spans        int32
	first, last  int64        // when the first of them began, and the last
	span         trace.SpanID // the last
	at           int32        // its position, while the trace is there
}

// A link says which root's failure a span is on the way of.
type link struct {
	span trace.SpanID
	root int32
	at   bool // the span is the root itself
}

// A passed service is one that a root's failure went through.
type passed struct{ service, root int32 }

// An entry is an operation at which requests come in.
type entry struct{ service, operation int32 }

// A cause is what a failing span says of itself, in numbers: texts by the
// triage's words, the stack by its stacks, the message by its service's miner.
type cause struct {
	kind                              Kind
	expected                          bool
	service, operation, class, callee int32
	peer                              int32 // the callee, whichever of several alike it was
	frames                            int32
	said                              template.Form // silent when there is no message
}

// silent is the form of no message.
const silent = template.Form(-1)

// instances are a cause's newest ones, at least as many as a group keeps.
type instances struct {
	list    []instance
	trimmed bool
	floor   int64 // older ones than this are not needed, once it is trimmed
}

type instance struct {
	at       int64
	trace    trace.ID
	span     trace.SpanID
	root     int32 // which of its trace's
	resource int32
	own      []trace.Attribute
}

const mostInstances = 100
