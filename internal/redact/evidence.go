package redact

import (
	"maps"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// Evidence takes the secrets out of evidence, and returns how many there were.
// It changes nothing that others may share: spans, logs and what hangs on them
// are copied where they change. What a log was found to say changes as its
// document does.
func Evidence(ev *trace.Evidence, r *Redactor) Counts {
	before := maps.Clone(r.counts)
	r.keepIDs(ev)
	ev.Spans = slices.Clone(ev.Spans)
	resources := map[*trace.Resource]*trace.Resource{}
	for i := range ev.Spans {
		r.span(&ev.Spans[i], resources)
	}
	ev.Logs = slices.Clone(ev.Logs)
	for i := range ev.Logs {
		r.log(&ev.Logs[i])
	}
	ev.Gaps, ev.Linked = slices.Clone(ev.Gaps), slices.Clone(ev.Linked)
	for i := range ev.Gaps {
		ev.Gaps[i].Reason = r.String(ev.Gaps[i].Reason)
	}
	for i := range ev.Linked {
		ev.Linked[i].Why = r.String(ev.Linked[i].Why)
	}
	ev.Warnings = r.strings(ev.Warnings)
	found := Counts{}
	for kind, n := range r.counts {
		if n -= before[kind]; n > 0 {
			found[kind] = n
		}
	}
	return found
}

// keepIDs lets the IDs stand that the evidence is about.
func (r *Redactor) keepIDs(ev *trace.Evidence) {
	r.Keep(ev.ID.Forms()...)
	for i := range ev.Linked {
		r.Keep(ev.Linked[i].ID.Forms()...)
	}
	for i := range ev.Spans {
		r.spans[ev.Spans[i].ID] = true
	}
}

func (r *Redactor) span(s *trace.Span, resources map[*trace.Resource]*trace.Resource) {
	s.Operation = r.String(s.Operation)
	s.StatusMessage = r.repeated(s.StatusMessage, s.Attributes)
	s.Attributes = r.attributes(s.Attributes)
	s.Warnings = r.strings(s.Warnings)
	events, links := slices.Clone(s.Events), slices.Clone(s.Links)
	for i := range events {
		events[i].Name = r.String(events[i].Name)
		events[i].Attributes = r.attributes(events[i].Attributes)
	}
	for i := range links {
		links[i].Attributes = r.attributes(links[i].Attributes)
	}
	s.Events, s.Links = events, links
	resource := resources[s.Resource]
	if resource == nil {
		resource = &trace.Resource{Origin: s.Resource.Origin, Attributes: r.attributes(s.Resource.Attributes)}
		r.origin(&resource.Origin)
		resources[s.Resource] = resource
	}
	s.Resource = resource
}

// repeated redacts a text that may stand among the attributes, too; it is then
// counted there.
func (r *Redactor) repeated(text string, attrs []trace.Attribute) string {
	for i := range attrs {
		if attrs[i].Value.Text() == text {
			r.silent = true
			defer func() { r.silent = false }()
			break
		}
	}
	return r.String(text)
}

// origin redacts what was read from attributes or a document, where it was
// counted.
func (r *Redactor) origin(o *trace.Origin) {
	for _, field := range [...]*string{&o.Service, &o.Process, &o.Pod, &o.Host} {
		*field = r.field(*field)
	}
}

// field redacts what was read from the document at hand. It does not count.
func (r *Redactor) field(text string) string {
	if text == "" {
		return text
	}
	r.silent = true
	defer func() { r.silent = false }()
	if r.whole[text] {
		return string(r.instead(nil, Secret, []byte(text)))
	}
	return r.String(text)
}

func (r *Redactor) log(l *trace.Log) {
	l.Document = r.Document(l.Document)
	l.Message = r.field(l.Message)
	l.Template = r.field(l.Template)
	l.LevelRaw = r.field(l.LevelRaw)
	r.origin(&l.Origin)
}

func (r *Redactor) strings(texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = r.String(texts[i])
	}
	return texts
}

// attributes returns the attributes without secrets: the same slice when there
// are none.
func (r *Redactor) attributes(attrs []trace.Attribute) []trace.Attribute {
	clear(r.whole)
	copied := false
	for i := range attrs {
		v, changed := r.attribute(attrs[i])
		if !changed {
			continue
		}
		if !copied {
			attrs, copied = slices.Clone(attrs), true
		}
		attrs[i].Value = v
	}
	return attrs
}

// attribute returns a value without secrets. A number that is one becomes text.
func (r *Redactor) attribute(a trace.Attribute) (v trace.Value, changed bool) {
	text, says := a.Value.Text(), r.judge([]byte(a.Key))
	switch a.Value.Type {
	case trace.TypeEmpty, trace.TypeBool:
		return a.Value, false
	case trace.TypeJSON:
		doc := []byte(text)
		if out := r.document(doc, says); string(out) != text {
			return trace.JSON(string(out)), true
		}
		return a.Value, false
	}
	if says == secret && len(text) >= 3 && !dull([]byte(text)) {
		return trace.String(string(r.instead(nil, Secret, []byte(text)))), true
	}
	if says == secret || a.Value.Type == trace.TypeBytes {
		return a.Value, false
	}
	out, changed := r.redacted([]byte(text), says)
	return trace.String(string(out)), changed
}
