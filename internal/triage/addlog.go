package triage

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/template"
	"github.com/otrace/otrace/internal/trace"
)

// A record is what is kept of each error log.
type record struct {
	voice int32
	trace int32 // by the triage's ids, or none
	slot  int32
	span  trace.SpanID
	time  int64
}

// A voice is what a log says, in numbers: the service and the type of the
// error by the triage's words, the stack by its stacks.
type voice struct {
	service, class, frames int32
	form                   template.Form
}

// A specimen is one log of a voice, any but always the same: that of the
// window with the lowest hash.
type specimen struct {
	log      trace.ErrorLog
	hash     uint64
	inWindow bool
}

// AddLog takes one error log. A document that came already adds nothing.
func (t *Triage) AddLog(l *trace.ErrorLog) {
	t.mu.Lock()
	defer t.mu.Unlock()
	hash := hashOf(l.Index, l.DocID)
	if l.DocID != "" {
		if _, came := t.read[hash]; came {
			return
		}
		t.read[hash] = struct{}{}
	}
	v := voice{service: t.words.of(l.Origin.Service), class: t.words.of(steadyClass(l.Type)), frames: t.stacks.of(l.Stack)}
	v.form = t.formOf(v.service, l)
	r := record{voice: t.voices.of(v), trace: none, slot: t.slot(l.Time), span: l.Span, time: l.Time}
	if !l.TraceID.IsZero() {
		r.trace = t.number(l.TraceID)
	}
	t.records = append(t.records, r)
	t.keepSpecimen(r, l, hash)
}

// formOf is the form of what a log says, by the logger's own template where it
// kept one.
func (t *Triage) formOf(service int32, l *trace.ErrorLog) template.Form {
	m := t.told.of(service)
	if l.Template != "" {
		return m.AddTemplate(clip(l.Template, longestWord))
	}
	text := gist(l.Message)
	if text == "" {
		text = gist(l.Reason)
	}
	return m.Add(text)
}

func (t *Triage) keepSpecimen(r record, l *trace.ErrorLog, hash uint64) {
	inWindow := int(r.slot) >= t.cal.Slices
	if int(r.voice) == len(t.sample) {
		t.sample = append(t.sample, specimen{hash: math.MaxUint64})
	} else if s := &t.sample[r.voice]; s.inWindow && !inWindow || s.inWindow == inWindow && s.hash <= hash {
		return
	}
	t.sample[r.voice] = specimen{copyOfLog(l), hash, inWindow}
}

// copyOfLog is a log in memory of its own.
func copyOfLog(l *trace.ErrorLog) trace.ErrorLog {
	c := *l
	for _, text := range [...]*string{
		&c.Origin.Service, &c.Origin.Process, &c.Origin.Pod, &c.Origin.Host, &c.LevelRaw, &c.Message, &c.Template,
		&c.Index, &c.DocID, &c.Type, &c.Reason, &c.Stack,
	} {
		*text = strings.Clone(*text)
	}
	c.Document = bytes.Clone(c.Document)
	c.Trace = nil
	return c
}

// hashOf is FNV-1a of texts, and of where each ends.
func hashOf(texts ...string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, text := range texts {
		for i := range len(text) {
			h = (h ^ uint64(text[i])) * 0x100000001b3
		}
		h = (h ^ 0xff) * 0x100000001b3
	}
	return h
}

// counted is what the source counted of the patterns.
type counted struct {
	patterns []trace.Pattern
	counts   trace.ErrorCounts
}

// SetCounts tells how many logs of each pattern there are, by the calendar's
// slots. From then on logs that a pattern fits are counted by it, and those
// that came are a sample.
func (t *Triage) SetCounts(patterns []trace.Pattern, counts trace.ErrorCounts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counted = counted{slices.Clone(patterns), counts}
}

// of is the pattern by which the source counted logs of a template, or none.
func (c *counted) of(service, text string) int32 {
	for i := range c.patterns {
		p := &c.patterns[i]
		if i < len(c.counts.Of) && c.counts.Of[i] != nil && (p.Service == "" || p.Service == service) && holdsAll(text, p.Parts) {
			return int32(i)
		}
	}
	return none
}

func holdsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// mostPatterns is how many patterns a source is asked to count.
const mostPatterns = 200

// Patterns tells how to find the logs that say what those say that came: of
// the most frequent templates, those first that say most, so that a log counts
// for what fits it best.
func (t *Triage) Patterns() []trace.Pattern {
	t.mu.Lock()
	defer t.mu.Unlock()
	spoken := newTemplates(t)
	list := spoken.byCount(t.records)
	patterns := make([]trace.Pattern, 0, min(len(list), mostPatterns))
	for _, n := range list {
		s := &spoken.list[n]
		if parts := spoken.of[s.service].Parts(int(s.template)); len(parts) > 0 && len(patterns) < mostPatterns {
			patterns = append(patterns, trace.Pattern{Service: t.words.list[s.service], Parts: slices.Clone(parts)})
		}
	}
	slices.SortFunc(patterns, comparePatterns)
	return slices.CompactFunc(patterns, func(a, b trace.Pattern) bool { return comparePatterns(a, b) == 0 })
}

// comparePatterns puts those first that ask for more.
func comparePatterns(a, b trace.Pattern) int {
	long := func(p trace.Pattern) int {
		n := 0
		for _, part := range p.Parts {
			n += len(part)
		}
		return n
	}
	if d := long(b) - long(a); d != 0 {
		return d
	}
	if c := strings.Compare(a.Service, b.Service); c != 0 {
		return c
	}
	return slices.Compare(a.Parts, b.Parts)
}
