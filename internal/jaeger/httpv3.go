package jaeger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/url"
	"strconv"
	"time"

	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/trace"
)

// httpV3 speaks HTTP /api/v3. Its parameters are in snake_case, which every
// server takes: newer ones also know camelCase, but older ones only this.
type httpV3 struct{ *httpServer }

func (httpV3) name() string { return "HTTP api/v3" }

func (d httpV3) trace(ctx context.Context, id trace.ID, at trace.Window, ans *answer) error {
	values := url.Values{"raw_traces": {"true"}}
	setMoment(values, "start_time", at.From)
	setMoment(values, "end_time", at.Until)
	return d.get(ctx, "/api/v3/traces/"+id.String()+"?"+values.Encode(), func(body io.Reader, size int64) (err error) {
		ans.spans, err = decodeV3(body, size)
		return err
	})
}

func setMoment(values url.Values, name string, ns int64) {
	if ns != 0 {
		values.Set(name, time.Unix(0, ns).UTC().Format(time.RFC3339Nano))
	}
}

// find leaves a search by attributes to another dialect when this server's
// api/v3 does not regard them, as none did before 2026.
func (d httpV3) find(ctx context.Context, s *search, take func([]trace.Span)) error {
	if len(s.tags) > 0 && !d.heeds(ctx, s) {
		return errBlind
	}
	return d.ask(ctx, s, take)
}

// errBlind is a server's api/v3 over HTTP that does not search by attributes.
var errBlind = &failure{text: "HTTP api/v3 does not search by attributes here", kind: errNoDialect}

// heeds reports whether attributes matter to the server: it must find nothing
// that has one which cannot be.
func (d httpV3) heeds(ctx context.Context, s *search) bool {
	if d.blind.Load() {
		return false
	}
	probe := *s
	probe.depth = 1
	probe.tags = []trace.Condition{{Key: "otrace.probe", Value: nonsense()}}
	found := 0
	// A probe that fails says nothing; the search itself will tell why.
	_ = d.ask(ctx, &probe, func(spans []trace.Span) { found += len(spans) })
	if found > 0 {
		d.blind.Store(true)
	}
	return found == 0
}

// nonsense is a value that nobody has written.
func nonsense() string {
	return strconv.FormatUint(rand.Uint64(), 36) + strconv.FormatUint(rand.Uint64(), 36)
}

func (d httpV3) ask(ctx context.Context, s *search, take func([]trace.Span)) error {
	values := url.Values{
		"query.raw_traces":   {"true"},
		"query.num_traces":   {strconv.Itoa(s.depth)}, // until 2.13
		"query.search_depth": {strconv.Itoa(s.depth)},
	}
	setText(values, "query.service_name", s.service)
	setText(values, "query.operation_name", s.operation)
	setMoment(values, "query.start_time_min", s.window.From)
	setMoment(values, "query.start_time_max", s.until())
	setDuration(values, "query.duration_min", s.min)
	setDuration(values, "query.duration_max", s.max)
	if len(s.tags) > 0 {
		values.Set("query.attributes", tagsJSON(s.tags))
	}
	err := d.get(ctx, "/api/v3/traces?"+values.Encode(), func(body io.Reader, size int64) error {
		spans, err := decodeV3(body, size)
		take(spans)
		return err
	})
	if errors.Is(err, trace.ErrNotFound) {
		return nil // so it says that there are none
	}
	return err
}

func setText(values url.Values, name, text string) {
	if text != "" {
		values.Set(name, text)
	}
}

func setDuration(values url.Values, name string, ns int64) {
	if ns > 0 {
		values.Set(name, time.Duration(ns).String())
	}
}

// tagsJSON is the tags as both HTTP dialects take them.
func tagsJSON(tags []trace.Condition) string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[t.Key] = t.Value
	}
	text, _ := json.Marshal(m) // strings always can be
	return string(text)
}

func (d httpV3) services(ctx context.Context) ([]string, error) {
	var doc struct{ Services []string }
	err := d.getJSON(ctx, "/api/v3/services", &doc, "services")
	return doc.Services, err
}

func (d httpV3) operations(ctx context.Context, service string) ([]string, error) {
	var doc struct{ Operations []struct{ Name string } }
	err := d.getJSON(ctx, "/api/v3/operations?"+url.Values{"service": {service}}.Encode(), &doc, "operations")
	list := make([]string, len(doc.Operations))
	for i, o := range doc.Operations {
		list[i] = o.Name
	}
	return list, err
}

// mostOfList is how many bytes of a list of names are read at the most.
const mostOfList = 64 << 20

// getJSON reads a small answer, which must have the member.
func (s *httpServer) getJSON(ctx context.Context, path string, doc any, member string) error {
	return s.get(ctx, path, func(body io.Reader, _ int64) error {
		text, err := io.ReadAll(io.LimitReader(body, mostOfList))
		if err != nil {
			return err
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(text, &members) != nil {
			return errUnreadable
		}
		if _, ok := members[member]; !ok {
			return errNoDialect
		}
		if json.Unmarshal(text, doc) != nil {
			return errUnreadable
		}
		return nil
	})
}

func decodeV3(body io.Reader, size int64) ([]trace.Span, error) {
	var buf bytes.Buffer
	if size > 0 {
		buf.Grow(int(min(size, mostOfAnswer)) + bytes.MinRead)
	}
	_, readErr := buf.ReadFrom(body)
	if errors.Is(readErr, errEndless) {
		return nil, readErr
	}
	spans, err := otlp.AppendJSON(nil, buf.Bytes())
	switch {
	case readErr != nil:
		return spans, readErr
	case errors.Is(err, otlp.ErrServer):
		return spans, &failure{text: clean(errors.Unwrap(err).Error()), kind: kindOf(err.Error())}
	case err == nil && len(spans) == 0 && !looksV3(buf.Bytes()):
		return spans, errNoDialect
	}
	return spans, err
}

// looksV3 tells an answer without spans from some other service's JSON.
func looksV3(body []byte) bool {
	return bytes.Contains(body, []byte(`"result"`)) || bytes.Contains(body, []byte(`esourceSpans"`)) || bytes.Contains(body, []byte(`"resource_spans"`))
}
