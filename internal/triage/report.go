package triage

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A Report is what a triage comes to: the causes behind all that failed in the
// window, the new ones first.
type Report struct {
	Calendar Calendar
	By       By
	Groups   []Group // ranked
	Expected []Group // refusals that are the caller's own doing: 4xx, NOT_FOUND, CANCELLED; ranked
	Hidden   int     // groups that a limit left out of Groups

	Failing     int   // distinct traces of the window with a failed span
	FailedSpans int   // of these
	ErrorLogs   int64 // of the window
	Untraced    int64 // of these, those that name no trace

	Spans         Coverage // how much of the failing traces was read
	Logs          Coverage // how much of the error logs was read
	Compared      int      // slices of the baseline that had anything to compare with
	NoSpansBefore bool     // nothing is known of the baseline's traces
	NoLogsBefore  bool     // nothing is known of the baseline's logs
	Limited       bool     // a slice of the baseline was not read whole
	Pending       bool     // the baseline is still being asked for, and no group is flagged yet

	Gaps     []trace.Gap
	Warnings []string
	Searched trace.Searched
}

// Coverage is how much of what a source has was read.
type Coverage struct {
	Read    int64
	Total   int64 // -1 when it is not known
	Sampled bool  // what was read is a sample, and counts are at least so high
	Counted bool  // of a sample: counts are the source's own, of all there is
}

// Before is the report as it stands before anything is compared.
func (r *Report) Before() *Report {
	r.Pending = true
	for _, groups := range [...][]Group{r.Groups, r.Expected} {
		for i := range groups {
			groups[i].Flag = Steady
		}
		slices.SortFunc(groups, func(x, y Group) int { return compareGroups(&x, &y) })
	}
	return r
}

// A Flag says how a group's rate compares with the baseline's.
type Flag uint8

// The flags, in the order in which groups are ranked.
const (
	Steady   Flag = iota // neither new nor rising, or there is nothing to compare with
	Rising               // more of it than the baseline explains
	MaybeNew             // none in the baseline, of which not all was read
	New                  // none in the baseline
)

// String is the flag in lower case: "steady", "rising", "new?" or "new".
func (f Flag) String() string { return [...]string{"steady", "rising", "new?", "new"}[f] }

// A Kind says what stands at the root of a group.
type Kind uint8

// The kinds of groups.
const (
	Failed  Kind = iota // a span that failed, and none that it called
	Unseen              // a call that failed, and its callee left no span
	Slow                // a callee that was still at work when its caller gave up
	LogOnly             // error logs whose trace did not fail, is not there, or that name none
)

// String is the kind in lower case: "failed", "unseen", "slow" or "log".
func (k Kind) String() string { return [...]string{"failed", "unseen", "slow", "log"}[k] }

// By says what groups have in common.
type By uint8

// What errors can be grouped by.
const (
	ByCause     By = iota // service, operation, class and detail
	ByService             // the service that failed first
	ByOperation           // service and operation
	ByClass               // the class of the error
	ByEntry               // the operation at which the failed requests came in
)

// String is the word for a command line: "cause", "service", "operation",
// "class" or "entry".
func (b By) String() string { return [...]string{"cause", "service", "operation", "class", "entry"}[b] }

// A Group is one cause, with all that it did.
type Group struct {
	ID   string // 8 hex digits, equal for equal keys
	Flag Flag
	Kind Kind

	// The key. What groups are not grouped by is empty.
	Service   string
	Operation string
	Class     string // exception type, error type, or code
	Detail    string // what was said, with <*> for what varies
	Frames    []string
	Callee    string // of Unseen: who was called, "" when that is not known either

	Traces   int // distinct failing traces of the window in which it stands at the root
	Absorbed int // of these, those in which it did not reach the entry: a retry or a fallback helped
	Spans    int // failed spans at the root in the window; retries make it more than Traces
	Logs     int64
	Untraced int64 // of Logs, those whose trace is not among the failing ones

	BaselineTraces int // for LogOnly: logs
	BaselineLogs   int64
	First, Last    int64 // in all that was read, the baseline too; trace.NoTime when unknown
	Trend          []int // by slot of the window: traces; for LogOnly: logs

	Entries  []Entry   // most traces first
	Examples []Example // failing traces, the newest first, those that reached the entry before absorbed ones
	Said     []Said    // what its error logs say, most first

	failing []Instance
}

// An Entry is where requests come in that a group makes fail.
type Entry struct {
	Service, Operation string
	Traces             int
}

// An Example is a trace of a group, and when it failed, by the clock there.
type Example struct {
	Trace trace.ID
	Time  int64
}

// Said is one template of error logs.
type Said struct {
	Service  string
	Template string // with <*> for what varies
	Count    int64
	Example  trace.ErrorLog
}

// An Instance is a failing span at the root of a group in one trace: what a
// comparison with healthy ones needs.
type Instance struct {
	Trace      trace.ID
	Span       trace.SpanID
	Attributes []trace.Attribute // of its resource and its own
}

// Instances are some of the group's failing spans, the newest first, at most
// one a trace.
func (g *Group) Instances() []Instance { return g.failing }
