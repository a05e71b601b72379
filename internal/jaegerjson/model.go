// Package jaegerjson reads Jaeger's legacy span model, in which parents are
// references and kind, status and scope are tags, as trace.Span: the JSON of
// /api/traces and of the UI's downloads, and what api_v2 sends over gRPC.
//
// Both come out as OTLP would have had them. What the model itself has lost
// stays lost: nanoseconds (the JSON has microseconds), the attributes of
// links, the link to a span that is the parent too unless it names the
// reference, the name of an event that has an attribute "event", and whether
// a string was an array or a map.
package jaegerjson

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A Ref is a reference from a span to another.
type Ref struct {
	Trace   trace.ID
	Span    trace.SpanID
	Follows bool // FOLLOWS_FROM; else CHILD_OF
}

// refTypeKey is the attribute by which Jaeger tells apart the references that
// it kept as links.
const refTypeKey = "opentracing.ref_type"

// Finish gives a span, whose attributes still are the model's tags, its
// parent, links, scope, kind and status.
func Finish(s *trace.Span, refs []Ref) {
	s.Parent, s.Links = family(s.Trace, refs)
	foldTags(s)
	s.Settle()
}

// family splits references into parent and links. The parent is the first
// CHILD_OF in the same trace; without one the first FOLLOWS_FROM there, which
// stays a link as well.
func family(id trace.ID, refs []Ref) (parent trace.SpanID, links []trace.Link) {
	for _, follows := range [...]bool{false, true} {
		for _, r := range refs {
			if parent == 0 && r.Follows == follows && r.Trace.Same(id) {
				parent = r.Span
			}
		}
	}
	for _, r := range refs {
		if !r.Follows && r.Span == parent && r.Trace.Same(id) {
			continue
		}
		link := trace.Link{Trace: r.Trace, Span: r.Span}
		if !r.Follows {
			link.Attributes = []trace.Attribute{{Key: refTypeKey, Value: trace.String("child_of")}}
		}
		links = append(links, link)
	}
	return parent, links
}

// foldTags takes out of the attributes what is a field of its own in OTLP.
// Jaeger writes such tags around the attributes: the scope before them, the
// others behind. A tag of that name that an attribute made is the one nearer
// the middle, and stays.
func foldTags(s *trace.Span) {
	if v, ok := takeFirst(s, "otel.scope.name", "otel.library.name"); ok {
		s.Scope = v.Text()
		takeFirst(s, "otel.scope.version", "otel.library.version")
	}
	if i := last(s, "span.kind"); i >= 0 {
		if kind := trace.ParseKind(s.Attributes[i].Value.Text()); kind != trace.KindUnspecified {
			s.Kind = kind
			drop(s, i)
		}
	}
	foldStatus(s)
}

// foldStatus undoes what Jaeger makes of a status: its code, for an error also
// error=true, and its description. error=true without a code is somebody's
// attribute.
func foldStatus(s *trace.Span) {
	i := last(s, "otel.status_code")
	if i < 0 {
		return
	}
	switch s.Attributes[i].Value.Text() {
	case "ERROR":
		s.Status = trace.StatusError
	case "OK":
		s.Status = trace.StatusOK
	default:
		return
	}
	drop(s, i)
	if i := last(s, "error"); i >= 0 && s.Status == trace.StatusError && s.Attributes[i].Value == trace.Bool(true) {
		drop(s, i)
	}
	if i := last(s, "otel.status_description"); i >= 0 {
		s.StatusMessage = s.Attributes[i].Value.Text()
		drop(s, i)
	}
}

func last(s *trace.Span, key string) int {
	for i, a := range slices.Backward(s.Attributes) {
		if a.Key == key {
			return i
		}
	}
	return -1
}

func takeFirst(s *trace.Span, keys ...string) (trace.Value, bool) {
	for i, a := range s.Attributes {
		if slices.Contains(keys, a.Key) {
			drop(s, i)
			return a.Value, true
		}
	}
	return trace.Value{}, false
}

func drop(s *trace.Span, i int) {
	s.Attributes = slices.Delete(s.Attributes, i, i+1)
	if len(s.Attributes) == 0 {
		s.Attributes = nil
	}
}

// Event makes an event of a log's fields: its name is the field "event".
func Event(time int64, fields []trace.Attribute) trace.Event {
	e := trace.Event{Time: time, Attributes: fields}
	for i, f := range fields {
		if f.Key == "event" && f.Value.Type == trace.TypeString {
			e.Name = f.Value.Text()
			e.Attributes = slices.Delete(fields, i, i+1)
			break
		}
	}
	if len(e.Attributes) == 0 {
		e.Attributes = nil
	}
	return e
}

// noService is what Jaeger calls the service of a process that has no
// attributes at all.
const noService = "OTLPResourceNoServiceName"

// Process makes a resource of a process's service and tags.
func Process(service string, tags []trace.Attribute) *trace.Resource {
	if service == "" || service == noService {
		return trace.NewResource(tags)
	}
	attrs := make([]trace.Attribute, 0, len(tags)+1)
	attrs = append(attrs, trace.Attribute{Key: "service.name", Value: trace.String(service)})
	return trace.NewResource(append(attrs, tags...))
}
