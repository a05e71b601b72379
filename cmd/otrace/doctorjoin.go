package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
)

// join brings a trace's spans and logs together, as otrace show would: the one
// that is wanted; else the newest that the logs name and Jaeger has; else
// Jaeger's newest that has logs.
func (x *examination) join(ctx context.Context) section {
	s := section{Name: "together"}
	if x.traces == nil || x.logs == nil {
		s.warn("sample", x.halfSample(ctx), "")
		return s
	}
	src := gather.Sources{Spans: x.traces, SpansName: "jaeger", Logs: x.logs, LogsName: "elasticsearch"}
	if !x.wanted.IsZero() {
		x.sampleOf(ctx, &s, x.wanted, "--sample", src)
		return s
	}
	named, err := x.logs.Sample(ctx)
	if err != nil {
		s.warn("newest logs", "unknown: "+x.words(err), hintOf(err))
	}
	for _, id := range named {
		_, err := x.traces.Spans(ctx, id, trace.Window{})
		switch {
		case err == nil:
			x.sampleOf(ctx, &s, id, "newest in the logs", src)
			return s
		case !errors.Is(err, trace.ErrNotFound):
			s.fail("sample", "jaeger: "+x.words(err), hintOf(err))
			return s
		}
	}
	x.joinFromSpans(ctx, &s, named, src)
	return s
}

// halfSample tells what one source alone has of a trace, while the other cannot
// be asked.
func (x *examination) halfSample(ctx context.Context) string {
	const untried = "not joined: it takes both sources"
	switch {
	case x.logs != nil:
		id := x.wanted
		if named, err := x.logs.Sample(ctx); id.IsZero() && err == nil && len(named) > 0 {
			id = named[0]
		}
		if id.IsZero() {
			break
		}
		if sum, err := x.logs.Tally(ctx, id); err == nil {
			return fmt.Sprintf("%s; the logs have %s of trace %s", untried, plural(sum.Logs, "log"), id)
		}
	case x.traces != nil && !x.wanted.IsZero():
		if ev, err := x.traces.Spans(ctx, x.wanted, trace.Window{}); err == nil {
			return fmt.Sprintf("%s; jaeger has %s of trace %s", untried, plural(len(ev.Spans), "span"), x.wanted)
		}
	}
	return untried
}

// joinFromSpans looks at it from the other side, and judges which side is odd
// when neither knows what the other has.
func (x *examination) joinFromSpans(ctx context.Context, s *section, named []trace.ID, src gather.Sources) {
	newest, err := x.newestTraces(ctx)
	if err != nil {
		s.fail("sample", "jaeger: "+x.words(err), hintOf(err))
		return
	}
	for _, t := range newest {
		sum, err := x.logs.Tally(ctx, t.ID)
		switch {
		case err != nil:
			s.fail("sample", "elasticsearch: "+x.words(err), hintOf(err))
			return
		case sum.Logs == 0:
			continue
		case len(named) > 0:
			s.warn("logs' traces", fmt.Sprintf("jaeger has none of the %s that the newest logs name", plural(len(named), "trace")),
				"suspicious is Jaeger's side: sampling, retention, or services that do not send their spans")
		}
		x.sampleOf(ctx, s, t.ID, "newest in jaeger", src)
		return
	}
	if len(s.Findings) > 0 { // the newest logs are unknown
		s.fail("sample", fmt.Sprintf("no log has one of jaeger's newest %s", plural(len(newest), "trace")), "name a trace with --sample")
		return
	}
	noneJoined(s, len(named), len(newest))
}

// noneJoined tells which side is suspicious when nothing comes together.
func noneJoined(s *section, named, newest int) {
	switch {
	case named == 0 && newest == 0:
		s.warn("sample", "there is neither a trace in jaeger nor a trace ID in the logs yet", "otrace show needs one of them")
	case named == 0:
		s.fail("sample", fmt.Sprintf("the newest logs name no trace ID, and none has one of jaeger's newest %s", plural(newest, "trace")),
			"suspicious is the logs' side: --index may miss the services' logs, or the services do not log trace IDs; fields: {trace: …} names a field of your own")
	case newest == 0:
		s.fail("sample", fmt.Sprintf("jaeger has no trace of the last week, and none of the %s that the newest logs name", plural(named, "trace")),
			"suspicious is Jaeger's side: it gets no spans, or --jaeger or --tenant names another one than the services send to")
	default:
		s.fail("sample", fmt.Sprintf("jaeger has none of the %s that the newest logs name, and no log has one of jaeger's newest %s", plural(named, "trace"), plural(newest, "trace")),
			"both have data, and of different systems: --jaeger and --elasticsearch may name different clusters, or --index other services' logs")
	}
}

// The spans of time in which Jaeger is asked for its newest traces, one after
// the other, and how many are enough.
var lookBack = [...]time.Duration{15 * time.Minute, 24 * time.Hour, 7 * 24 * time.Hour}

const newestTraces = 5

func (x *examination) newestTraces(ctx context.Context) ([]trace.Summary, error) {
	now := time.Now()
	for _, back := range lookBack {
		q := trace.Query{Window: trace.Window{From: now.Add(-back).UnixNano(), Until: now.Add(time.Minute).UnixNano()}, Limit: newestTraces}
		found, err := x.traces.FindSpans(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(found.Traces) > 0 {
			return found.Traces, nil
		}
	}
	return nil, nil
}

// sampleOf joins one trace and tells what came of it.
func (x *examination) sampleOf(ctx context.Context, s *section, id trace.ID, from string, src gather.Sources) {
	s.ok("trace", fmt.Sprintf("%s (%s)", id, from))
	ev, err := gather.All(ctx, id, src)
	if err != nil {
		if errors.Is(err, trace.ErrRefused) {
			x.refuse()
		}
		s.fail("joined", x.words(err), hintOf(err))
		return
	}
	x.scrubEvidence(&ev)
	fields := fieldsHolding(ev.Logs, id)
	x.report.Sample = &sampleFacts{id.String(), from, len(ev.Spans), len(ev.Logs), notNil(fields)}
	text := fmt.Sprintf("%s and %s", plural(len(ev.Spans), "span"), plural(len(ev.Logs), "log"))
	if len(fields) > 0 {
		text += ", by " + strings.Join(fields, ", ")
	}
	switch {
	case len(ev.Spans) > 0 && len(ev.Logs) > 0:
		s.ok("joined", text)
	case len(ev.Spans) > 0:
		s.warn("joined", text, "nothing was logged with this ID in the indices that were searched")
	default:
		s.warn("joined", text, "the spans were not sampled, or are older than what is kept")
	}
	for _, g := range ev.Gaps {
		s.warn("gap", g.String(), "")
	}
}

// inText stands for the field of logs that hold the ID within a text, or in a
// form that only the search itself knows.
const inText = "the text of messages"

// fieldsHolding are the fields in which the logs have the ID, the most used
// first, and texts last.
func fieldsHolding(logs []trace.Log, id trace.ID) []string {
	count := map[string]int{}
	for i := range logs {
		found := map[string]bool{}
		var doc any
		if json.Unmarshal(logs[i].Document, &doc) == nil {
			findID(found, "", doc, id)
		}
		if len(found) == 0 {
			found[inText] = true
		}
		for name := range found {
			count[name]++
		}
	}
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(boolRank(a == inText)-boolRank(b == inText), count[b]-count[a], strings.Compare(a, b))
	})
}

// boolRank sorts what is true behind what is not.
func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// findID notes the paths of values that are the ID.
func findID(found map[string]bool, path string, v any, id trace.ID) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			findID(found, strings.TrimPrefix(path+"."+key, "."), inner, id)
		}
	case []any:
		for _, inner := range v {
			findID(found, path, inner, id)
		}
	case string:
		if strings.HasPrefix(v, "{") {
			var inner map[string]any
			if json.Unmarshal([]byte(v), &inner) == nil {
				findID(found, path, inner, id)
				return
			}
		}
		if one, err := trace.ParseID(v); err == nil && sameID(one, id) {
			found[path] = true
		}
	}
}

// sameID compares IDs however they were typed. A short one is the low half.
func sameID(a, b trace.ID) bool {
	if a.IsTrace() && b.IsTrace() {
		return a.Lo == b.Lo && (a.Hi == b.Hi || a.Hi == 0 || b.Hi == 0)
	}
	return a.String() == b.String()
}
