package bundle

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/trace"
)

// A savedCase is what the manifest tells of the evidence of one ID, beside the
// spans and logs themselves.
type savedCase struct {
	ID       string        `json:"id"` // as it was typed
	Spans    int           `json:"spans"`
	Logs     int           `json:"logs"`
	NoTrace  bool          `json:"no_trace,omitempty"`
	Gaps     []savedGap    `json:"gaps"`
	Warnings []raw         `json:"warnings"`
	Searched savedSearch   `json:"searched"`
	Linked   []savedLinked `json:"linked,omitempty"`
}

type savedGap struct {
	Source  raw  `json:"source"`
	Reason  raw  `json:"reason"`
	Partial bool `json:"partial,omitempty"`
	Refused bool `json:"refused,omitempty"`
}

type savedSearch struct {
	Indices []raw      `json:"indices"`
	Fields  []raw      `json:"fields"`
	Window  *[2]string `json:"window,omitempty"`
}

type savedLinked struct {
	ID    string `json:"id"`
	Why   raw    `json:"why"`
	Spans int    `json:"spans"`
	Logs  int    `json:"logs"`
}

func caseOf(ev *trace.Evidence, window trace.Window) savedCase {
	c := savedCase{
		ID: typed(ev.ID), Spans: len(ev.Spans), Logs: len(ev.Logs), NoTrace: ev.NoTrace,
		Gaps: []savedGap{}, Warnings: []raw{},
		Searched: savedSearch{Indices: raws(ev.Searched.Indices), Fields: raws(ev.Searched.Fields), Window: bounds(window)},
	}
	for _, g := range ev.Gaps {
		c.Gaps = append(c.Gaps, savedGap{raw(g.Source), raw(withoutUser(g.Reason)), g.Partial, g.Refused})
	}
	for _, w := range ev.Warnings {
		c.Warnings = append(c.Warnings, raw(withoutUser(w)))
	}
	for _, l := range ev.Linked {
		c.Linked = append(c.Linked, savedLinked{typed(l.ID), raw(withoutUser(l.Why)), l.Spans, l.Logs})
	}
	return c
}

// bounds are the window's ends, "" where it is open; nil when it is all time.
func bounds(w trace.Window) *[2]string {
	if w.IsZero() {
		return nil
	}
	var ends [2]string
	for i, t := range [...]int64{w.From, w.Until} {
		if t != 0 {
			ends[i] = time.Unix(0, t).UTC().Format(time.RFC3339Nano)
		}
	}
	return &ends
}

func (c *savedCase) id() trace.ID { return untyped(c.ID) }

// evidence is the case without its spans and logs.
func (c *savedCase) evidence() trace.Evidence {
	ev := trace.Evidence{
		ID: c.id(), NoTrace: c.NoTrace, Warnings: texts(c.Warnings),
		Searched: trace.Searched{Indices: texts(c.Searched.Indices), Fields: texts(c.Searched.Fields)},
	}
	for _, g := range c.Gaps {
		ev.Gaps = append(ev.Gaps, trace.Gap{Source: string(g.Source), Reason: string(g.Reason), Partial: g.Partial, Refused: g.Refused})
	}
	for _, l := range c.Linked {
		ev.Linked = append(ev.Linked, trace.LinkedTrace{ID: untyped(l.ID), Why: string(l.Why), Spans: l.Spans, Logs: l.Logs})
	}
	return ev
}

// savedManifest is manifest.json as Commit writes it. What all cases lack
// stands on its own, too, for who reads the files as plain exports.
type savedManifest struct {
	Schema    string         `json:"schema"`
	CreatedBy string         `json:"created_by,omitempty"`
	SavedAt   string         `json:"saved_at,omitempty"`
	Redacted  map[string]int `json:"redacted,omitempty"`
	Gaps      []savedGap     `json:"gaps"`
	Warnings  []raw          `json:"warnings"`
	Searched  savedSearch    `json:"searched"`
	Cases     []savedCase    `json:"cases"`
}

func (s *Saver) manifest() savedManifest {
	m := savedManifest{
		Schema: schema, CreatedBy: s.opts.By, Redacted: s.opts.Redacted, Cases: s.cases,
		Gaps: []savedGap{}, Warnings: []raw{},
		Searched: savedSearch{Indices: []raw{}, Fields: []raw{}, Window: bounds(s.opts.Window)},
	}
	if !s.opts.Now.IsZero() {
		m.SavedAt = s.opts.Now.UTC().Format(time.RFC3339)
	}
	for i := range s.cases {
		c := &s.cases[i]
		m.Gaps = appendNew(m.Gaps, c.Gaps)
		m.Warnings = appendNew(m.Warnings, c.Warnings)
		m.Searched.Indices = appendNew(m.Searched.Indices, c.Searched.Indices)
		m.Searched.Fields = appendNew(m.Searched.Fields, c.Searched.Fields)
	}
	return m
}

// appendNew appends the items that are not in the list yet.
func appendNew[T comparable](list, items []T) []T {
	had := make(map[T]bool, len(list))
	for _, it := range list {
		had[it] = true
	}
	for _, it := range items {
		if !had[it] {
			had[it] = true
			list = append(list, it)
		}
	}
	return list
}

// Cases are the IDs that the bundle was saved for, as they were typed; none
// when it was put together otherwise, or there are several bundles.
func (b *Bundle) Cases() []trace.ID {
	var ids []trace.ID
	for i := range b.cases() {
		if id := b.manifest.Cases[i].id(); !id.IsZero() {
			ids = append(ids, id)
		}
	}
	return ids
}

// cases are those of the only folder.
func (b *Bundle) cases() []savedCase {
	if b.sources != 1 {
		return nil
	}
	return b.manifest.Cases
}

// Saved returns the evidence of an ID just as it was when it was saved: what
// was missing then is missing now, in the same words. ok is false when the
// bundle was not saved for this ID, or lines were added since.
func (b *Bundle) Saved(ctx context.Context, id trace.ID) (ev trace.Evidence, ok bool, err error) {
	cases := b.cases()
	for i := range cases {
		if !cases[i].id().Same(id) {
			continue
		}
		ev = cases[i].evidence()
		if err := b.fillCase(ctx, &ev, i); err != nil {
			return trace.Evidence{}, false, fmt.Errorf("bundle: %w", err)
		}
		if len(ev.Spans) > cases[i].Spans || len(ev.Logs) > cases[i].Logs {
			return trace.Evidence{}, false, nil
		}
		lost(&ev, spansFile, "spans", len(ev.Spans), cases[i].Spans)
		lost(&ev, logsFile, "logs", len(ev.Logs), cases[i].Logs)
		return ev, true, nil
	}
	return trace.Evidence{}, false, nil
}

// lost adds the gap that a file with less than what was saved leaves.
func lost(ev *trace.Evidence, file, what string, got, want int) {
	if got < want {
		ev.Gaps = append(ev.Gaps, trace.Gap{Source: source, Reason: fmt.Sprintf("%s: %d of the %d %s that were saved are not in it", file, want-got, want, what), Partial: true})
	}
}

// fillCase reads the spans and logs of a case.
func (b *Bundle) fillCase(ctx context.Context, ev *trace.Evidence, number int) error {
	reader := newPlainReader()
	for _, f := range b.files {
		err := lines(ctx, f.path, func(_ int, line []byte) {
			n, ok := readNote(line)
			switch {
			case !ok || n.Case != number:
			case f.kind == kindOTLP:
				ev.Spans = append(ev.Spans, n.spans(line)...)
			case isJSON(line):
				ev.Logs = append(ev.Logs, n.log(ev, line, reader))
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// spans are those of a line, without any that cannot be read.
func (n *note) spans(line []byte) []trace.Span {
	spans, err := otlp.AppendJSON(nil, line)
	if err != nil {
		return spans
	}
	return n.restore(spans)
}

// log is the one of a line.
func (n *note) log(ev *trace.Evidence, line []byte, reader *plainReader) trace.Log {
	id := ev.ID
	var of *trace.ID
	switch at := n.Trace - 2; {
	case n.Trace == 1:
		of = &ev.ID
	case at >= 0 && at < len(ev.Linked):
		of = &ev.Linked[at].ID
	case n.Log != nil && n.Log.Trace != nil:
		other := untyped(*n.Log.Trace)
		of = &other
	}
	if of != nil {
		id = *of
	}
	l := reader.read(line, id)
	if n.Log != nil {
		n.Log.apply(&l)
	}
	if n.Log == nil || n.Log.Document == nil {
		l.Document = bytes.Clone(l.Document) // the line is read over
	}
	l.Trace = of
	return l
}
