// Package triage turns failing traces and error logs into the few causes behind
// them: where each began, since when, and how it compares with before.
//
// Within a trace a failed span is a root when no span that it called failed;
// its failure travels up through the callers that failed with it. Roots of all
// traces that agree in service, operation, class and what was said make a
// group. Error logs join the group of the trace and span that they name, and
// logs that say the same follow them.
package triage

import (
	"sync"

	"github.com/otrace/otrace/internal/template"
	"github.com/otrace/otrace/internal/trace"
)

// A Triage takes failing traces and error logs in any order, and tells at any
// time what they come to. It keeps none of the memory that it is given. It is
// safe for use by several goroutines.
type Triage struct {
	mu  sync.Mutex
	cal Calendar
	by  By

	words  words
	stacks stacks
	walk   walk // of one trace, kept for its memory
	ids    numbered[trace.ID]

	failures  []failure
	failureOf []int32 // by ids: position in failures, or none
	causes    numbered[cause]
	newest    []instances // by causes
	entries   numbered[entry]
	resources numbered[string]
	processes [][]trace.Attribute // by resources
	key       []byte              // memory to be used again
	said      miners              // of what failing spans say

	read    map[uint64]struct{} // the documents that came, by hash
	voices  numbered[voice]
	sample  []specimen // by voices
	records []record
	told    miners // of error logs
	counted counted

	spansRead, logsRead []float64 // share, by slot
}

// none stands for a position that there is not.
const none = int32(-1)

// Begin begins a triage. What was before the calendar's window is only compared
// with.
func Begin(cal Calendar, by By) *Triage {
	cal.Slots = max(cal.Slots, 1)
	t := &Triage{cal: cal, by: by, read: make(map[uint64]struct{})}
	t.words.of("")
	t.stacks.words = &t.words
	t.stacks.of("")
	t.entries.of(entry{})
	t.resources.of("")
	t.processes = append(t.processes, nil)
	t.spansRead, t.logsRead = make([]float64, cal.Slices+cal.Slots), make([]float64, cal.Slices+cal.Slots)
	for i := range t.spansRead {
		t.spansRead[i], t.logsRead[i] = 1, 1
	}
	return t
}

// Cover tells which share of a slot's failing traces, and of its error logs,
// was read, from 0 to 1. It is 1 where nothing is said; 0 is that nothing is
// known of the slot.
func (t *Triage) Cover(slot int, spans, logs float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spansRead[slot], t.logsRead[slot] = spans, logs
}

// Report tells what all that came so far comes to. What came in which order
// makes no difference.
func (t *Triage) Report() *Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	return newBuilder(t).report()
}

// slot is the slot of a moment; what has no time is taken for new.
func (t *Triage) slot(at int64) int32 {
	if at == trace.NoTime {
		return int32(t.cal.Slices + t.cal.Slots - 1)
	}
	return int32(t.cal.Slot(at))
}

// number numbers a trace by its ID, however that was typed.
func (t *Triage) number(id trace.ID) int32 {
	if id.IsTrace() {
		id = trace.ID{Hi: id.Hi, Lo: id.Lo}
	}
	n := t.ids.of(id)
	if int(n) == len(t.failureOf) {
		t.failureOf = append(t.failureOf, none)
	}
	return n
}

// miners mine what each service says by itself, by the services' numbers.
type miners []*template.Miner

func (m *miners) of(service int32) *template.Miner {
	for int(service) >= len(*m) {
		*m = append(*m, nil)
	}
	if (*m)[service] == nil {
		(*m)[service] = new(template.Miner)
	}
	return (*m)[service]
}

// templates are what all the miners found.
func (m miners) templates() []*template.Templates {
	found := make([]*template.Templates, len(m))
	for i, miner := range m {
		if miner != nil {
			found[i] = miner.Templates()
		}
	}
	return found
}
