package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A corpusID is an ID that documents are written about: as somebody types it,
// in the forms in which producers write it, and what resembles it without
// being it.
type corpusID struct {
	name  string
	typed string
	id    trace.ID
	forms []idForm
	noise []string
}

// An idForm is one way to write an ID.
type idForm struct{ name, text string }

// span is the span that all documents of an ID name.
func (c *corpusID) span() trace.SpanID {
	return trace.SpanID(c.id.Hi ^ c.id.Lo<<1 | 0x10f067aa0ba902b7)
}

// corpusIDs are IDs of every kind: of 128 bits, with leading zeros in both
// halves, of 64 bits, a UUID, and correlation IDs that are no trace IDs.
func corpusIDs(t testing.TB) []corpusID {
	t.Helper()
	ids := []corpusID{
		{name: "128 bits", typed: "ca1c09e2f4b85d36a0b1c2d3e4f56789"},
		{name: "leading zeros", typed: "9e2f4b85d3600b1c2d3e4f5678a"},
		{name: "64 bits", typed: "1a2b3c4d5e6f7081"},
		{name: "UUID", typed: "4F9C1B2A-77D0-4C1E-9B6F-2D8E5A7C3B10"},
		{name: "UUID-like", typed: "req-3e8d0a6c-12b7-4f5e-8c90-d1a2b3c4e5f6"},
		{name: "ASP.NET's", typed: "0HMVFE0A2QKKB:00000001"},
		{name: "SkyWalking's", typed: "5e0d1a7bb4f84c0fa0c2b8a1b5f1d8e3.61.17145576001234567"},
		{name: "free text", typed: "checkout#2024/000017"},
	}
	for i := range ids {
		c := &ids[i]
		var err error
		if c.id, err = trace.ParseID(c.typed); err != nil {
			t.Fatal(err)
		}
		if c.id.IsTrace() {
			c.forms, c.noise = traceForms(c.id, c.span()), traceNoise(c.id)
			continue
		}
		last := len(c.typed) - 1
		c.forms = []idForm{{"as typed", c.typed}}
		c.noise = []string{c.typed + "0", "x" + c.typed, c.typed[:last], c.typed[:last] + string(c.typed[last]^1)}
	}
	return ids
}

// traceForms is every form of a trace ID, each once.
func traceForms(id trace.ID, span trace.SpanID) []idForm {
	full := id.String()
	stripped, low, uuid := strings.TrimLeft(full, "0"), full[16:], uuidOf(full)
	var forms []idForm
	had := map[string]bool{}
	for _, f := range []idForm{
		{"hex", full},
		{"HEX", strings.ToUpper(full)},
		{"uuid", uuid},
		{"UUID", strings.ToUpper(uuid)},
		{"stripped", stripped},
		{"STRIPPED", strings.ToUpper(stripped)},
		{"low", low},
		{"decimal", strconv.FormatUint(id.Lo, 10)},
		{"traceparent", "00-" + full + "-" + span.String() + "-01"},
		{"uber", fmt.Sprintf("%s:%s:0:1", stripped, span)},
		{"uber full", fmt.Sprintf("%s:%s:0:1", full, span)},
		{"uber%", fmt.Sprintf("%s%%3A%s%%3A0%%3A1", stripped, span)},
		{"xray", "1-" + full[:8] + "-" + full[8:]},
	} {
		if !had[f.text] {
			forms = append(forms, f)
		}
		had[f.text] = true
	}
	return forms
}

// hexForms are the forms of an ID that hold nothing but it.
var hexForms = []string{"hex", "HEX", "uuid", "UUID", "stripped", "STRIPPED", "low", "decimal", "xray"}

// composite reports whether the form names the span, too.
func (f idForm) composite() bool {
	return f.name == "traceparent" || strings.HasPrefix(f.name, "uber")
}

// traceNoise resembles a trace ID: by a digit, as a part of a longer word, and
// by groups that UUIDs share.
func traceNoise(id trace.ID) []string {
	full := id.String()
	low, uuid := full[16:], uuidOf(full)
	noise := []string{
		"c0ffee00" + strings.Repeat("5", 24), // another trace's
		changed(full, 0), changed(full, 16), changed(full, 31),
		full + "0", "f" + full, "ab12cd34" + full + "ef56", strings.Repeat("d", 32) + full, // a hash's part
		changed(low, 0), changed(low, 15), low + "0", "9" + low,
		"5555555555555555" + low, // the same low half
		changed(uuid, 0), changed(uuid, 35), uuid[:24] + "555555555555", "55555555" + uuid[8:], uuid[9:] + "-" + uuid[:8],
		strconv.FormatUint(id.Lo+1, 10), strconv.FormatUint(id.Lo, 10) + "0",
		"00-" + changed(full, 20) + "-53995c3f42cd8ad8-01", changed(full, 9) + ":53995c3f42cd8ad8:0:1",
		"1-5759e988-" + full[8:], "1-" + full[:8] + "-" + changed(full[8:], 23),
	}
	return noise
}

// changed is the text with another hexadecimal digit at one place.
func changed(s string, at int) string {
	digit := byte('7')
	if s[at] == digit {
		digit = 'e'
	}
	return s[:at] + string(digit) + s[at+1:]
}

func uuidOf(full string) string {
	return strings.Join([]string{full[:8], full[8:12], full[12:16], full[16:20], full[20:]}, "-")
}

// jaegerSpans and references are no producers of logs: the one must never be
// shown, the others belong to other traces and only mention the ID.
var (
	jaegerSpans = &producer{name: "Jaeger's span index", mapping: "keyword"}
	references  = &producer{name: "others' references", mapping: "dynamic", inText: true, level: "info", message: "m"}
)

// corpusOthers is what mentions the IDs without being a log of theirs.
func corpusOthers(ids []corpusID) []sample {
	var all []sample
	for i := range ids {
		c := &ids[i]
		id := c.id.String()
		all = append(all, sample{producer: jaegerSpans, form: "noise", doc: `{"traceID":"` + id + `","spanID":"` + c.span().String() + `","operationName":"pay","startTime":1714557600000000,"duration":5}`})
		if !c.id.IsTrace() {
			continue
		}
		at := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
		for _, doc := range []string{
			`"trace_id":"c0ffee00555555555555555555555555","parentTraceId":"` + id + `"`,
			`"trace_id":"c0ffee00555555555555555555555555","links":[{"trace_id":"` + id + `","span_id":"53995c3f42cd8ad8"}]`,
			`"trace_id":"c0ffee00555555555555555555555555","span_links":{"traceId":"` + id + `"}`,
		} {
			all = append(all, sample{
				producer: references, about: c, form: "hex", ref: true, time: at, message: "m",
				doc: `{"@timestamp":"2024-05-01T10:00:00Z","level":"info","message":"m",` + doc + `}`,
			})
		}
	}
	return all
}
