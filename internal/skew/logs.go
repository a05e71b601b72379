package skew

import "github.com/otrace/otrace/internal/trace"

// numberLogs finds each log's process.
//
// A log belongs to its span's process, unless its own origin names another
// machine. Without a span it belongs to the process that its origin matches
// most closely. An origin that matches none stands for itself.
func (r *records) numberLogs() {
	set := newOriginSet()
	from := make([]int32, len(r.logs))
	for i := range r.logs {
		from[i] = set.number(&r.logs[i].Origin)
	}
	renumber(from, set.sort())
	r.logOrigins = set.list
	r.logOf = r.ownersBySpan(from)
	r.learnHosts(from)

	matches := r.matchOrigins(from)
	r.logLate = make([]int32, len(r.logs))
	for i := range r.logs {
		r.logLate[i] = none
		if r.logOf[i] != none {
			continue
		}
		switch m := &matches[from[i]]; m.how {
		case matchProcess:
			r.logOf[i] = m.process
		case matchService:
			r.logLate[i] = from[i]
		}
	}
	if r.mode != Off {
		r.findZones(from)
	}
}

// ownersBySpan returns each log's span's process where the two do not name
// different machines, else none.
func (r *records) ownersBySpan(from []int32) []int32 {
	owner := make([]int32, len(r.logs))
	r.logSpan = make([]int32, len(r.logs))
	inHalves(len(r.logs), func(_, first, last int) {
		for i := first; i < last; i++ {
			owner[i] = none
			r.logSpan[i] = r.findSpan(&r.logs[i])
			if s := r.logSpan[i]; s != none {
				p := r.spanOf[s]
				if sameMachine(&r.logOrigins[from[i]], &r.processes[p]) {
					owner[i] = p
				}
			}
		}
	})
	return owner
}

// findSpan returns the span that the log names, or none. Where a client and its
// server share an ID, it is the one whose service wrote the log.
func (r *records) findSpan(l *trace.Log) int32 {
	if l.Span == 0 {
		return none
	}
	id := l.Span
	if l.Trace != nil {
		id = r.family.key(id, *l.Trace)
	}
	if p, ok := r.family.shared[id]; ok {
		if r.processes[r.spanOf[p.client]].Service == l.Origin.Service {
			return p.client
		}
		return p.server
	}
	s := r.family.ids.first(id)
	if s == none || r.family.mute[s] {
		return none
	}
	return s
}

// sameMachine reports whether a log's origin may be the machine of a span's. A
// container often takes its pod's name for its host's, while whoever collects
// its logs knows the node: that is no difference.
func sameMachine(log, span *trace.Origin) bool {
	switch {
	case log.Host == "" || span.Host == "" || log.Host == span.Host:
		return true
	case log.Pod != "" && (log.Pod == span.Pod || log.Pod == span.Host):
		return true
	}
	return log.Process != "" && log.Process == span.Process || log.Host == span.Pod
}

// learnHosts finds the hosts of processes that name none but themselves, where
// all logs of the process or of its pod name the same.
func (r *records) learnHosts(from []int32) {
	byPod := make(map[string]string)
	for i := range r.logOrigins {
		if o := &r.logOrigins[i]; o.Pod != "" && o.Host != o.Pod {
			agree(byPod, o.Pod, o.Host)
		}
	}
	byProcess := make(map[int32]string)
	last := [2]int32{none, none}
	for i, p := range r.logOf {
		if now := [2]int32{p, from[i]}; p != none && now != last {
			last = now
			agree(byProcess, p, r.logOrigins[from[i]].Host)
		}
	}
	for i := range r.processes {
		host := byPod[r.processes[i].Pod]
		if host == "" {
			host = byProcess[int32(i)]
		}
		if host != disputed {
			r.learned[i] = host
		}
	}
}

// disputed stands for a value that witnesses disagree on. No host has this name.
const disputed = "\x00"

// agree notes what a witness says.
func agree[K comparable](said map[K]string, key K, value string) {
	if before := said[key]; value != "" && value != before {
		if before != "" {
			value = disputed
		}
		said[key] = value
	}
}

// hearLog takes the evidence of a log that another machine than its span's
// stamped: a log is written while its span lives.
func (w *witness) hearLog(r *records, i int32) {
	l, s := &r.logs[i], r.logSpan[i]
	at := r.logTime(i)
	if s == none || r.logOf[i] == none || at <= 0 || !w.facts[s].timed {
		return
	}
	u, v := r.spanOf[s], r.logOf[i]
	if u == v {
		return
	}
	span := &w.facts[s]
	w.edges.add(u, v, ruleLog, at-span.start+w.logGrain[v], l.Span)
	if !span.clamped {
		w.addSoft(softSample{v, u, span.end() - at + w.grain[u], ofLog, l.Span})
	}
}

// measureLogGrain measures how finely each process's logs tell time: loggers write
// whole milliseconds, or even seconds.
func (r *records) measureLogGrain() []int64 {
	grain := make([]int64, len(r.processes))
	for i := range grain {
		grain[i] = second
	}
	for i := range r.logs {
		p, t := r.logOf[i], r.logTime(int32(i))
		if p == none || t <= 0 {
			continue
		}
		if t%second != 0 {
			grain[p] = min(grain[p], millisecond)
		}
		if t%millisecond != 0 {
			grain[p] = microsecond
		}
	}
	return grain
}
