package jaegerjson

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/trace"
)

// answers are some of all shapes, each with what real servers write and some
// of what they should not.
var answers = []string{
	``, ` `, `null`, `7`, `[]`, `{}`, `{"status":"ok"}`, `{"data":7}`, `{"data":["a"]}`, `{"data":[{"spans":{}}]}`, `{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}`,
	`{"data":[],"errors":[{"code":"500","msg":null},{"code":1.5},7,null]}`, `{"data":[null,{"spans":null,"processes":null,"warnings":null}],"errors":null,"total":12e3}`,
	`{"processes":{"p":{"serviceName":"first","tags":[{"key":"ip","value":"::1"}]}},"spans":[{"traceID":"a","spanID":"1","processID":"p"},{"traceID":"a","spanID":"2","processID":"q"}],"warnings":["cut","\u00e9"]}`,
	`[{"traceID":"a","spans":[{"traceID":"a","spanID":"1"}]},{"data":[{"spans":[{"traceID":"b","spanID":"1"}]}]}]`,
	`{"data":[{"spans":[{"traceID":"a","spanID":"1"}]}]} {"data":[{"spans":[{"traceID":"b","spanID":"1"}]}]}` + "\n", `{"data":[]}}`, `{"data":[]}]`, `{"data":[]},`, `{"data":[]}x`,
	`{"spans":[{"traceID":"a","spanID":"1","process":{"serviceName":"x","tags":[{"key":"k","value":{"a":[1, 2]}}]}},{"spanID":"2","process":{"serviceName":"x","tags":[{"key":"k","value":{"a":[1, 2]}}]}},{"spanID":"3","process":null,"processID":"p"},{"spanID":"4","process":{"tags":7}},{"spanID":"5","process":{"tags":7}}]}`,
	`{"spans":[{"traceID":7},{"traceID":"xyz"},{"spanID":"12345678901234567"},{"references":[{"traceID":"-"}]},{"tags":{}},{"tags":[7]},{"tags":[{"key":1}]},{"logs":[{"timestamp":"soon"}]},{"warnings":"w"},null,7,{"spanID":"00"}]}`,
	`{"spans":[{"parentSpanID":"7"},{"parentSpanID":"zz"},{"traceID":"0a","references":[{"refType":"FOLLOWS_FROM","traceID":"A","spanID":"1"},{"refType":"\u0043HILD_OF","traceID":"b","spanID":"2","span":{"x":1}}]}]}`,
	`{"spans":[{"startTime":"17","duration":2.5},{"startTime":-5,"duration":-5},{"startTime":1e999,"duration":1},{"startTime":5,"duration":18446744073709551516},{"startTime":-9223372036854775808,"duration":99999999999999999999},{"startTime":""},{"startTime":" 1"},{"startTime":"0x1"},{"startTime":"\u0031"}]}`,
	`{"spans":[{"tags":[{"key":"a","type":"int64","value":"9223372036854775807"},{"key":"b","type":"int64","value":1e3},{"key":"c","type":"float64","value":"NaN"},{"key":"d","type":"binary","value":"AP8H"},{"key":"e","type":"binary","value":"?"},{"value":"\ud83d\ude80\ud83d","type":"string","key":"f\n"},{"key":"g","type":"string","value":7},{"key":"h","type":"bool","value":"true"},{"key":"i","value":[1, {"x":null}]},{"key":"j","type":"odd","value":null},{"key":"k","value":1e400},{"key":"l","type":"string"},null]}]}`,
	`{"spans":[{"tags":[{"key":"span.kind","value":"server"},{"key":"otel.status_code","value":"ERROR"},{"key":"error","value":true},{"key":"otel.status_description","value":"no"},{"key":"otel.library.name","value":"lib"},{"key":"otel.library.version","value":"1"}],"logs":[{"timestamp":9,"fields":[{"key":"event","value":"late"},{"key":"x","value":1}]},{"fields":[{"key":"event","value":"early"}]},{},null]}]}`,
	"\ufeff{}", `{"data":[{"spans":[{"spanID":"` + "a\x01" + `"}]}]}`, `{"data":[{"spans":[{"spanID":"1"},]}]}`, `{"data":[{"spans":[{"spanID":"1"} {"spanID":"2"}]}]}`, `{"data" []}`, `{"data":[tru`, `{"errors":tru}`,
}

// How deep values may nest is the same, too.
func TestNesting(t *testing.T) {
	for _, depth := range []int{9000, 10001} {
		text := `{"x":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `,"spans":[{"spanID":"1"}]}`
		for _, size := range []int{1, windowSize} {
			compare(t, text, size)
		}
	}
}

// realAnswer is one of /api/traces, from Jaeger 2.13.
func realAnswer(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/api_traces.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever the text, where it is cut, and how it comes in, what is read is
// what encoding/json reads.
func TestAgainstLibrary(t *testing.T) {
	for _, text := range append(answers, realAnswer(t)) {
		for _, size := range []int{1, 7, 64, windowSize} {
			compare(t, text, size)
		}
		for cut := range len(text) {
			compare(t, text[:cut], 1+cut%100)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(realAnswer(f), uint16(windowSize>>8))
	for i, text := range answers {
		f.Add(text, uint16(i))
	}
	f.Fuzz(func(t *testing.T, text string, size uint16) { compare(t, text, int(size)) })
}

// compare fails the test unless a text means the same to Decode, through a
// window of that size, as to the oracle.
func compare(t *testing.T, text string, size int) {
	t.Helper()
	got, err := decode(window{src: strings.NewReader(text), size: max(size, 1)})
	for _, s := range got.Spans {
		if s.Resource == nil || s.Duration < 0 || s.End() < s.Start {
			t.Fatalf("%+v", s)
		}
	}
	if !utf8.ValidString(text) || !plainKeys(text) {
		return
	}
	want, wantErr := ask(text)
	if errors.Is(wantErr, errUnsure) {
		got.Spans = got.Spans[:min(len(got.Spans), len(want.answer.Spans))]
		got.Warnings, got.Errors = want.answer.Warnings, want.answer.Errors // which may come later
	}
	sameAnswer(t, text, got, want.answer)
	switch {
	case errors.Is(wantErr, errUnsure) && err != nil:
	case errors.Is(err, io.ErrUnexpectedEOF) != errors.Is(wantErr, io.ErrUnexpectedEOF),
		(err != nil) != (wantErr != nil || want.misfit):
		t.Fatalf("%.300q: %v, want %v, misfit %v", text, err, wantErr, want.misfit)
	}
}

func sameAnswer(t *testing.T, text string, got, want Answer) {
	t.Helper()
	if len(got.Spans) != len(want.Spans) || !slices.Equal(got.Warnings, want.Warnings) || !slices.Equal(got.Errors, want.Errors) {
		t.Fatalf("%.300q: %d spans, %q, %v, want %d, %q, %v", text, len(got.Spans), got.Warnings, got.Errors, len(want.Spans), want.Warnings, want.Errors)
	}
	for i, g := range got.Spans {
		if w := want.Spans[i]; !g.Equal(&w) || !slices.Equal(g.Warnings, w.Warnings) || g.Resource.Origin != w.Resource.Origin {
			t.Fatalf("%.300q: span %d:\ngot  %+v %+v\nwant %+v %+v", text, i, g, g.Resource, w, w.Resource)
		}
	}
}

// plainKeys reports whether the oracle can tell: encoding/json also takes keys
// in another case, and merges what is there twice.
func plainKeys(text string) bool {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	type object struct {
		keys    map[string]bool
		atValue bool
	}
	var stack []*object
	for {
		t, err := d.Token()
		if err != nil {
			return true
		}
		var in *object
		if len(stack) > 0 {
			in = stack[len(stack)-1]
		}
		switch {
		case t == json.Delim('}'), t == json.Delim(']'):
			stack = stack[:len(stack)-1]
			continue
		case in != nil && in.keys != nil && !in.atValue:
			key := strings.ToLower(t.(string))
			if in.keys[key] || foreignCase(t.(string)) {
				return false
			}
			in.keys[key], in.atValue = true, true
			continue
		case t == json.Delim('{'):
			stack = append(stack, &object{keys: map[string]bool{}})
		case t == json.Delim('['):
			stack = append(stack, &object{})
		}
		if in != nil {
			in.atValue = false
		}
	}
}

func foreignCase(key string) bool {
	for name := range strings.FieldsSeq("traceID spanID parentSpanID operationName references startTime duration tags logs timestamp fields processID process warnings refType key type value serviceName code msg") {
		if strings.EqualFold(key, name) && key != name {
			return true
		}
	}
	return false
}

// Spans of one process share one resource, wherever it stands; those of
// different traces do not.
func TestProcessesAreShared(t *testing.T) {
	const spans = `"spans":[{"spanID":"1","processID":"p"},{"spanID":"2","processID":"p"}]`
	const processes = `"processes":{"p":{"serviceName":"s"}}`
	got, err := Decode(strings.NewReader(`{"data":[{` + spans + `,` + processes + `},{` + processes + `,` + spans + `},{"spans":[{"process":{"serviceName":"s"}},{"process":{"serviceName":"s"}}]}]}`))
	if err != nil || len(got.Spans) != 6 {
		t.Fatal(len(got.Spans), err)
	}
	seen := map[*trace.Resource]int{}
	for _, s := range got.Spans {
		if seen[s.Resource]++; s.Resource.Service != "s" {
			t.Errorf("%+v", s.Resource)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d resources", len(seen))
	}
}
