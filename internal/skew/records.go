package skew

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// records are spans and logs whose processes have been numbered: first the
// processes that stamped spans, then those that only stamped logs.
type records struct {
	spans     []trace.Span
	logs      []trace.Log
	processes []trace.Origin
	learned   []string // the host that logs name for a process that names none itself
	set       []string // when its clock was set, as its name says it, or ""
	weight    []int    // how many spans each process stamped
	spanOf    []int32  // each span's process
	family    *family

	logSpan    []int32        // the span that each log names, or none
	logOf      []int32        // each log's process, or none
	logLate    []int32        // else the origin whose service may tell, or none
	logOrigins []trace.Origin // what logLate counts in
	zones      []Zone
	zoneOf     []int32 // each log's zone, or none; nil where all are right

	mode Mode
}

// number numbers all processes.
func number(spans []trace.Span, logs []trace.Log, mode Mode, contested map[trace.Origin]bool) *records {
	r := &records{spans: spans, logs: logs, mode: mode}
	r.family, r.processes = newFamily(spans)
	r.spanOf = r.family.node
	r.weight = make([]int, len(r.processes))
	for _, p := range r.spanOf {
		r.weight[p]++
	}
	r.learned = make([]string, len(r.processes))
	r.set = make([]string, len(r.processes))
	if len(contested) > 0 {
		r.scatter(contested)
	}
	if len(logs) > 0 {
		r.numberLogs()
	}
	return r
}

// grow adds a process that stamped logs only.
func (r *records) grow(o trace.Origin) int32 {
	r.processes = append(r.processes, o)
	r.learned = append(r.learned, "")
	r.set = append(r.set, "")
	r.weight = append(r.weight, 0)
	return int32(len(r.processes) - 1)
}

// wasSet reports whether a clock was found to have been set meanwhile.
func (r *records) wasSet() bool {
	return slices.ContainsFunc(r.set, func(s string) bool { return s != "" })
}

// claims returns what each process says its clock is.
func (r *records) claims() []claim {
	list := make([]claim, len(r.processes))
	for i := range list {
		list[i] = claimOf(&r.processes[i], r.learned[i])
		list[i].set = r.set[i]
	}
	return list
}
