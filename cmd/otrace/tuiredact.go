package main

import (
	"slices"
	"sync"

	"github.com/otrace/otrace/internal/redact"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// takenOut is what was taken out of each trace, to be told when it is saved.
type takenOut struct {
	mu sync.Mutex
	by map[trace.ID]redact.Counts
}

func (t *takenOut) keep(id trace.ID, counts redact.Counts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[trace.ID]redact.Counts{}
	}
	t.by[id] = counts
}

// of is nil for a trace of which nothing was to be taken out.
func (t *takenOut) of(id trace.ID) redact.Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.by[id]
}

// redact takes the secrets out of a trace before anything is made of it, as
// show does. Each call has a redactor of its own: a trace and its neighbour may
// come at the same time.
func (p *tuiPlace) redact(id trace.ID, ev *trace.Evidence) error {
	r, err := p.redacts.redactor()
	if r == nil || err != nil {
		return err
	}
	counts := redact.Evidence(ev, r)
	p.taken.keep(ev.ID, counts)
	p.taken.keep(id, counts)
	ev.Warnings = append(ev.Warnings, "redacted: "+counts.String())
	return nil
}

// cleanFound takes out of a list what it should not tell.
func (p *tuiPlace) cleanFound(f *trace.Found) error {
	f.Gaps, f.Warnings = slices.Clone(f.Gaps), slices.Clone(f.Warnings)
	p.app.scrubFound(f)
	r, err := p.redacts.redactor()
	if r == nil || err != nil {
		return err
	}
	redactGaps(r, f.Gaps, f.Warnings)
	f.Traces = slices.Clone(f.Traces)
	for i := range f.Traces {
		t := &f.Traces[i]
		r.Keep(t.ID.Forms()...)
		t.Service, t.Operation, t.Services = r.String(t.Service), r.String(t.Operation), redactAll(r, t.Services)
	}
	return nil
}

// redactReport takes the secrets out of what groups tell: their names, what
// was said, and the logs beneath. What was counted stays as it was.
func (p *tuiPlace) redactReport(report *triage.Report) error {
	r, err := p.redacts.redactor()
	if r == nil || err != nil || report == nil {
		return err
	}
	redactGaps(r, report.Gaps, report.Warnings)
	for _, groups := range [...][]triage.Group{report.Groups, report.Expected} {
		for i := range groups {
			redactGroup(r, &groups[i])
		}
	}
	return nil
}

func redactGroup(r *redact.Redactor, g *triage.Group) {
	for _, e := range g.Examples {
		r.Keep(e.Trace.Forms()...)
	}
	for _, text := range [...]*string{&g.Service, &g.Operation, &g.Class, &g.Detail, &g.Callee} {
		*text = r.String(*text)
	}
	g.Frames, g.Entries, g.Said = redactAll(r, g.Frames), slices.Clone(g.Entries), slices.Clone(g.Said)
	for i := range g.Entries {
		e := &g.Entries[i]
		e.Service, e.Operation = r.String(e.Service), r.String(e.Operation)
	}
	for i := range g.Said {
		s := &g.Said[i]
		s.Service, s.Template = r.String(s.Service), r.String(s.Template)
		redactLog(r, &s.Example)
	}
}

// redactDetail takes the secrets out of what a group's own view adds.
func (p *tuiPlace) redactDetail(d *render.GroupDetail) error {
	r, err := p.redacts.redactor()
	if r == nil || err != nil {
		return err
	}
	redactGaps(r, d.Report.Gaps, d.Report.Warnings)
	for i := range d.Logs {
		redactLog(r, &d.Logs[i])
	}
	for i := range d.Standouts {
		s := &d.Standouts[i]
		one := trace.Evidence{Spans: []trace.Span{{Attributes: []trace.Attribute{{Key: s.Key, Value: trace.String(s.Value)}}, Resource: &trace.Resource{}}}}
		redact.Evidence(&one, r) // which knows secrets by their keys, too
		s.Value = one.Spans[0].Attributes[0].Value.Text()
	}
	return nil
}

func redactLog(r *redact.Redactor, l *trace.ErrorLog) {
	r.Keep(l.TraceID.Forms()...)
	one := trace.Evidence{Logs: []trace.Log{l.Log}}
	redact.Evidence(&one, r)
	l.Log = one.Logs[0]
	l.Type, l.Reason, l.Stack = r.String(l.Type), r.String(l.Reason), r.String(l.Stack)
}

// redactGaps changes what is the caller's own.
func redactGaps(r *redact.Redactor, gaps []trace.Gap, warnings []string) {
	for i := range gaps {
		gaps[i].Reason = r.String(gaps[i].Reason)
	}
	for i := range warnings {
		warnings[i] = r.String(warnings[i])
	}
}

func redactAll(r *redact.Redactor, texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = r.String(texts[i])
	}
	return texts
}
