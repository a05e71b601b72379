package jaeger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/jaegerjson"
	"github.com/otrace/otrace/internal/trace"
)

// legacy speaks the UI's own HTTP /api, in microseconds.
type legacy struct{ *httpServer }

func (legacy) name() string { return "HTTP api" }

func (d legacy) trace(ctx context.Context, id trace.ID, at trace.Window, ans *answer) error {
	values := url.Values{"raw": {"true"}}
	setMicros(values, "start", at.From)
	setMicros(values, "end", at.Until)
	return d.get(ctx, "/api/traces/"+id.String()+"?"+values.Encode(), ans.decodeLegacy)
}

func setMicros(values url.Values, name string, ns int64) {
	if ns != 0 {
		values.Set(name, strconv.FormatInt(ns/1000, 10))
	}
}

// find needs a service.
func (d legacy) find(ctx context.Context, s *search, take func([]trace.Span)) error {
	if s.service == "" {
		return errService
	}
	values := url.Values{"raw": {"true"}, "service": {s.service}, "limit": {strconv.Itoa(s.depth)}}
	setText(values, "operation", s.operation)
	setMicros(values, "start", s.window.From)
	setMicros(values, "end", s.until())
	setDuration(values, "minDuration", s.min)
	setDuration(values, "maxDuration", s.max)
	if len(s.tags) > 0 {
		values.Set("tags", tagsJSON(s.tags))
	}
	var ans answer
	err := d.get(ctx, "/api/traces?"+values.Encode(), ans.decodeLegacy)
	take(ans.spans)
	if errors.Is(err, trace.ErrNotFound) {
		return nil
	}
	return err
}

func (d legacy) services(ctx context.Context) ([]string, error) {
	var doc struct{ Data []string }
	err := d.getJSON(ctx, "/api/services", &doc, "data")
	return doc.Data, err
}

func (d legacy) operations(ctx context.Context, service string) ([]string, error) {
	var doc struct{ Data []string }
	err := d.getJSON(ctx, "/api/services/"+url.PathEscape(service)+"/operations", &doc, "data")
	return doc.Data, err
}

func (ans *answer) decodeLegacy(body io.Reader, _ int64) error {
	doc, err := jaegerjson.Decode(body)
	ans.spans, ans.warnings = doc.Spans, doc.Warnings
	switch {
	case errors.Is(err, jaegerjson.ErrNotJaeger) && len(doc.Spans) == 0:
		return errNoDialect
	case err != nil:
		return err
	}
	for _, e := range doc.Errors {
		if e.Code == http.StatusNotFound || strings.HasSuffix(e.Msg, "trace not found") {
			continue // no spans is how that shows
		}
		return answered(fmt.Sprint(e.Code), e.Msg)
	}
	return nil
}
