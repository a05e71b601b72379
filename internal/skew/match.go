package skew

import "github.com/otrace/otrace/internal/trace"

// A match is how the origin of a log without a span finds its clock.
type match struct {
	how     matchKind
	process int32
}

type matchKind uint8

const (
	matchNothing matchKind = iota // the log's clock is not known
	matchProcess                  // a process stamped it
	matchService                  // the only clock of its service did, if there is only one
	matchSelf                     // a clock did that stamped no span
)

// A matcher finds processes by parts of their origins. Where several match, the
// first does: they claim the same clock.
type matcher struct {
	exact       map[trace.Origin]int32
	servicePod  map[[2]string]int32
	pod         map[string]int32
	process     map[string]int32
	serviceHost map[[2]string]int32
	service     map[string]bool // by service: whether its spans tell processes apart
}

func newMatcher(processes []trace.Origin) *matcher {
	m := &matcher{
		exact:       make(map[trace.Origin]int32),
		servicePod:  make(map[[2]string]int32),
		pod:         make(map[string]int32),
		process:     make(map[string]int32),
		serviceHost: make(map[[2]string]int32),
		service:     make(map[string]bool),
	}
	for i := range processes {
		o, p := &processes[i], int32(i)
		m.exact[*o] = p
		for _, pod := range [...]string{o.Pod, o.Host} { // a host's name may be its pod's
			putFirst(m.servicePod, [2]string{o.Service, pod}, p)
			putFirst(m.pod, pod, p)
		}
		putFirst(m.process, o.Process, p)
		putFirst(m.serviceHost, [2]string{o.Service, o.Host}, p)
		m.service[o.Service] = m.service[o.Service] || o.Pod != "" || o.Process != ""
	}
	return m
}

func putFirst[K comparable](m map[K]int32, key K, value int32) {
	if _, ok := m[key]; !ok {
		m[key] = value
	}
}

// match finds the clock of an origin.
func (m *matcher) match(o *trace.Origin) match {
	if (*o == trace.Origin{}) {
		return match{how: matchNothing}
	}
	if p, ok := m.find(o); ok {
		return match{matchProcess, p}
	}
	named := o.Pod != "" || o.Process != ""
	if tellsApart, ok := m.service[o.Service]; ok && o.Host == "" && o.Service != "" && (!named || !tellsApart) {
		return match{how: matchService}
	}
	return match{how: matchSelf}
}

func (m *matcher) find(o *trace.Origin) (int32, bool) {
	if p, ok := m.exact[*o]; ok {
		return p, true
	}
	if o.Pod != "" {
		if p, ok := m.servicePod[[2]string{o.Service, o.Pod}]; ok {
			return p, true
		}
		if p, ok := m.pod[o.Pod]; ok {
			return p, true
		}
	}
	if o.Process != "" {
		if p, ok := m.process[o.Process]; ok {
			return p, true
		}
	}
	if o.Host != "" {
		p, ok := m.serviceHost[[2]string{o.Service, o.Host}]
		return p, ok
	}
	return none, false
}

// matchOrigins matches the origins of logs that no span claims. An origin that
// stands for itself becomes a process.
func (r *records) matchOrigins(from []int32) []match {
	needed := make([]bool, len(r.logOrigins))
	for i, o := range from {
		if r.logOf[i] == none {
			needed[o] = true
		}
	}
	matcher := newMatcher(r.processes)
	matches := make([]match, len(r.logOrigins))
	for i := range r.logOrigins {
		if !needed[i] {
			continue
		}
		matches[i] = matcher.match(&r.logOrigins[i])
		if matches[i].how == matchSelf {
			matches[i] = match{matchProcess, r.grow(r.logOrigins[i])}
		}
	}
	return matches
}
