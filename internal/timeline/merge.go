package timeline

import (
	"bytes"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// How near a log must be to a span event to be the same happening, and how
// many events near one moment are compared with it.
const (
	sameMoment    = int64(1e6)
	mostNeighbors = 64
)

// shortWords is the length of an exception's message below which it may stand
// within a log's text by chance.
const shortWords = 8

// Twice told are a span's events and its logs, where it has both.
type twiceTold struct{ events, logs []int32 }

// mergeEvents finds the span events that a log of the same span repeats. The
// log is shown, marked; the event is not shown again.
func (b *builder) mergeEvents() {
	if b.logs == b.events || len(b.ev.Logs) == 0 {
		return
	}
	told := make(map[int32]*twiceTold) // by owning span
	for i := b.logs; i < b.logs+len(b.ev.Logs); i++ {
		n := &b.nodes[i]
		if n.at != AttachedSpan || b.nodes[n.parent].kind != KindSpan || len(b.span(n.parent).Events) == 0 || n.time == trace.NoTime {
			continue
		}
		if told[n.parent] == nil {
			told[n.parent] = &twiceTold{}
		}
		told[n.parent].logs = append(told[n.parent].logs, int32(i))
	}
	for i := b.events; i < b.logs; i++ {
		if t := told[b.nodes[i].parent]; t != nil {
			t.events = append(t.events, int32(i))
		}
	}
	for _, t := range told {
		b.sort(t.events)
		b.sort(t.logs) // which of two equal logs comes first in the input decides nothing
		for _, log := range t.logs {
			b.mergeInto(log, t.events)
		}
	}
}

// mergeInto merges the first event near the log's moment that says the same.
func (b *builder) mergeInto(log int32, events []int32) {
	l := &b.nodes[log]
	from, _ := slices.BinarySearchFunc(events, saturate(l.time, -sameMoment), func(e int32, t int64) int {
		if b.nodes[e].time < t {
			return -1
		}
		return 1
	})
	latest := saturate(l.time, sameMoment+coarseness(l.observed()))
	for _, e := range events[from:min(len(events), from+mostNeighbors)] {
		n := &b.nodes[e]
		if n.time > latest {
			return
		}
		if !n.gone && saysTheSame(b.log(log), b.event(e)) {
			n.gone = true
			l.marks |= MarkEvent
			b.counts.Merged++
			b.counts.Events--
			return
		}
	}
}

func saysTheSame(l *trace.Log, e *trace.Event) bool {
	if l.Message != "" && l.Message == e.Name || l.Template != "" && l.Template == e.Name {
		return true
	}
	said := trace.FindText(e.Attributes, "message", "exception.message", "log.message")
	if said == "" {
		return false
	}
	return said == l.Message || e.Name == "exception" && tellsOf(l, said, trace.FindText(e.Attributes, "exception.type"))
}

// tellsOf reports whether a log's text or stack holds an exception's message,
// and its class, too, where the message is short.
func tellsOf(l *trace.Log, said, class string) bool {
	if len(said) < shortWords && class == "" {
		return false
	}
	class = class[strings.LastIndexAny(class, ".:\\")+1:] // without its package
	if strings.Contains(l.Message, said) {
		return len(said) >= shortWords || strings.Contains(l.Message, class)
	}
	if class == "" || strings.ContainsFunc(said, escapable) {
		return false
	}
	return bytes.Contains(l.Document, []byte(class+": "+said))
}

// escapable reports whether JSON may write a character in several ways.
func escapable(r rune) bool { return r < ' ' || r >= 0x7f || strings.ContainsRune(`"\/<>&'`, r) }
