package logdoc

import (
	"bytes"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// NewErrorParser makes a parser that takes the documents that tell of an
// error, of the service, or of any when it is "": those whose level is error
// or worse, and those without a level that hold an exception or a stack. What
// a warning holds is no error, for whoever wrote it thought so.
func NewErrorParser(service string) *Parser {
	p := NewParser(nil)
	p.of, p.walk.errors = service, true
	p.WantTrace(true)
	return p
}

// tellsOfError reports whether a log that was read is one that an error
// parser takes.
func (p *Parser) tellsOfError(l *trace.Log) bool {
	if p.of != "" && l.Origin.Service != p.of {
		return false
	}
	if l.Level != trace.LevelUnknown {
		return l.Level >= trace.LevelError
	}
	for _, r := range [...]role{roleErrorType, roleErrorReason, roleErrorStack} {
		if p.walk.roles[r].n > 0 {
			return true
		}
	}
	return false
}

// ErrorLog completes the log that an error parser read last with the trace
// that it names and with what it says of the error. It is to be asked once, and
// before the document's memory is used anew.
func (p *Parser) ErrorLog(l trace.Log) trace.ErrorLog {
	w := &p.walk
	e := trace.ErrorLog{Log: l}
	e.TraceID, _ = p.TraceID()
	e.Type = p.share(w.best(roleErrorType))
	e.Reason = string(w.best(roleErrorReason))
	if stack, ok := w.roles[roleErrorStack].pop(); ok && stack.quote {
		e.Stack = string(stack.text)
	} else if ok {
		e.Stack = listedStack(stack.text)
	}
	if e.Stack == "" {
		e.Stack = gluedStack(l.Message)
	}
	if e.Type == "" || e.Reason == "" {
		w.complete(&e)
	}
	return e
}

// complete takes from the stack, else from the reason, what no field tells.
func (w *walker) complete(e *trace.ErrorLog) {
	kind, reason := raised(e.Stack)
	if kind == "" && e.Type == "" {
		if kind, reason = typed(e.Reason); kind != "" {
			e.Type, e.Reason = kind, reason
		}
		return
	}
	if e.Type == "" {
		e.Type = kind
	}
	if e.Reason == "" && (kind == e.Type || strings.HasSuffix(kind, "."+e.Type) || strings.HasSuffix(e.Type, "."+kind)) {
		e.Reason = reason
	}
}

// An errorField is what a field tells of an error; of several of one role the
// lowest rank wins.
type errorField struct {
	role role
	rank int16
	// lines is whether the text is a stack when it has several lines, and else
	// what the role says.
	lines bool
}

// errorTable lists the known names, the best first. errorMixed hold a stack
// where they have several lines.
var errorTable = map[role]string{
	roleErrorType: "errortype exceptiontype exceptionclass exceptionclassname exceptionexceptionclass errtype thrownname throwableclassname throwableclass" +
		" exceptionname recordexceptiontype exceptionsclassname errorclass errname errorname errorkind",
	roleErrorReason: "errormessage exceptionmessage exceptionexceptionmessage errmessage thrownmessage thrownlocalizedmessage throwablemessage" +
		" recordexceptionvalue exceptionvalue exceptionsmessage errormsg errmsg",
	roleErrorStack: "errorstacktrace exceptionstacktrace errstack errorstack exceptionstack exceptionstacktracestring exceptionsstacktracestring" +
		" thrownextendedstacktrace throwablestacktrace errorverbose stacktrace exceptionbacktrace errorbacktrace backtrace traceback exceptiontraceback" +
		" exceptiontrace errstacktrace",
}

const errorMixed = "error err exception @x excinfo exctext throwable thrown exceptions stack"

// errorFields is these by name.
var errorFields = buildErrorFields()

func buildErrorFields() map[string]errorField {
	m := make(map[string]errorField)
	for _, r := range [...]role{roleErrorType, roleErrorReason, roleErrorStack} {
		for rank, name := range strings.Fields(errorTable[r]) {
			m[name] = errorField{role: r, rank: int16(rank)}
		}
	}
	for rank, name := range strings.Fields(errorMixed) {
		m[name] = errorField{role: roleErrorReason, rank: int16(100 + rank), lines: true}
	}
	return m
}

// errorParts is the fields of the team's own that tell of errors, nil when
// there are none.
func (f Fields) errorParts() map[string]errorField {
	var own map[string]errorField
	for name, r := range map[string]role{"error": roleErrorReason, "stack": roleErrorStack} {
		for i, field := range f[name] {
			if own == nil {
				own = make(map[string]errorField)
			}
			own[string(appendCanonical(nil, []byte(field)))] = errorField{role: r, rank: ownRank + int16(min(i, 100)), lines: r == roleErrorReason}
		}
	}
	return own
}

// TellsError reports whether a field of this dotted name tells of an error:
// its type, what it says, or its stack.
func (f Fields) TellsError(name string) bool {
	w := walker{ownErrors: f.errorParts()}
	w.enter([]byte(name), false)
	_, ok := w.errorField()
	return ok
}

// errorField looks the path up as role does.
func (w *walker) errorField() (errorField, bool) {
	for _, known := range [...]map[string]errorField{w.ownErrors, errorFields} {
		if f, ok := known[string(w.path)]; ok {
			return f, true
		}
		if f, ok := known[string(w.path[w.base:])]; ok && w.base > 0 {
			f.rank += wrapped
			return f, true
		}
	}
	return errorField{}, false
}

// errorPart notes a text that tells of an error.
func (w *walker) errorPart(text []byte) {
	f, ok := w.errorField()
	if text = bytes.TrimSpace(text); !ok || len(text) == 0 || noError[string(text)] {
		return
	}
	switch several := bytes.IndexByte(text, '\n') >= 0; {
	case f.lines && several:
		f.role = roleErrorStack
	case !several && string(w.path[w.base:]) == "stack": // the name of a deployment
		return
	}
	w.roles[f.role].add(candidate{rank: int(f.rank) + w.shift, text: text, quote: true})
}

// noError is what is written into a field of errors when there is none.
var noError = map[string]bool{
	"-": true, "0": true, "false": true, "False": true, "nil": true, "<nil>": true, "null": true, "none": true, "None": true, "NoneType: None": true, "OK": true, "ok": true,
}
