package jaegerjson

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otrace/otrace/internal/trace"
)

// A real answer of /api/traces, from Jaeger 2.13.
func TestRealAnswer(t *testing.T) {
	f, err := os.Open("testdata/api_traces.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := Decode(f)
	if err != nil || len(got.Spans) != 3 || len(got.Errors) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	root, client, server := got.Spans[0], got.Spans[1], got.Spans[2]
	const start = 1770000000000000000
	if root.ID != 1 || root.Parent != 0 || root.Kind != trace.KindServer || root.Start != start || root.Duration != 250e6 || root.Scope != "otelhttp" {
		t.Errorf("root %+v", root)
	}
	want := []trace.Attribute{
		{Key: "order.id", Value: trace.String("ORD-17")},
		{Key: "größe", Value: trace.String("日本語 🚀")},
		{Key: "big", Value: trace.Int(9223372036854775807)},
		{Key: "ratio", Value: trace.Double(0.5)},
		{Key: "ok", Value: trace.Bool(true)},
		{Key: "raw", Value: trace.Bytes([]byte{0, 255, 7})},
		{Key: "list", Value: trace.String(`["a",2]`)},
	}
	if fmt.Sprint(root.Attributes) != fmt.Sprint(want) {
		t.Errorf("attributes %v", root.Attributes)
	}
	if len(root.Events) != 1 || root.Events[0].Name != "queued" || root.Events[0].Time != start+1e6 || root.Events[0].Attributes[0].Value != trace.Int(3) {
		t.Errorf("events %+v", root.Events)
	}
	if client.Parent != 1 || client.Status != trace.StatusError || client.StatusMessage != "card declined" || client.Attributes != nil || client.Resource != root.Resource {
		t.Errorf("client %+v", client)
	}
	if len(client.Links) != 1 || client.Links[0].Span != 0xff || client.Links[0].Trace.Lo != 0xc0ffee00c0ffee02 {
		t.Errorf("links %+v", client.Links)
	}
	if server.Status != trace.StatusOK || server.Resource.Service != "payment" || root.Resource.Host != "node-1" {
		t.Errorf("server %+v %+v", server, server.Resource)
	}
}

func spanWith(members string) string {
	return `{"data":[{"spans":[{"traceID":"a","spanID":"b",` + members + `"processID":"p"}],"processes":{"p":{"serviceName":"s"}}}]}`
}

func TestSpans(t *testing.T) {
	for _, tt := range []struct{ name, members, want string }{
		{"bare", ``, "parent= kind= status=unset start=0 took=0 clamped=false links=[] attrs=[]"},
		{
			"parent among references", `"references":[{"refType":"FOLLOWS_FROM","traceID":"a","spanID":"1"},{"refType":"CHILD_OF","traceID":"f","spanID":"2"},{"refType":"CHILD_OF","traceID":"a","spanID":"3"}],`,
			"parent=0000000000000003 kind= status=unset start=0 took=0 clamped=false links=[1 2:child_of] attrs=[]",
		},
		{
			"follows only", `"references":[{"refType":"FOLLOWS_FROM","traceID":"0a","spanID":"1"}],`,
			"parent=0000000000000001 kind= status=unset start=0 took=0 clamped=false links=[1] attrs=[]",
		},
		{"very old parent", `"parentSpanID":"7",`, "parent=0000000000000007 kind= status=unset start=0 took=0 clamped=false links=[] attrs=[]"},
		{
			"error tag alone stays", `"tags":[{"key":"error","type":"bool","value":true},{"key":"span.kind","type":"string","value":"client"}],`,
			"parent= kind=client status=error start=0 took=0 clamped=false links=[] attrs=[error=true]",
		},
		{
			"error tag as text", `"tags":[{"key":"error","type":"string","value":"true"},{"key":"span.kind","value":"odd"}],`,
			"parent= kind= status=error start=0 took=0 clamped=false links=[] attrs=[error=true span.kind=odd]",
		},
		{
			"one's own error beside Jaeger's", `"tags":[{"key":"error","type":"bool","value":true},{"key":"otel.status_code","type":"string","value":"ERROR"},{"key":"error","type":"bool","value":true}],`,
			"parent= kind= status=error start=0 took=0 clamped=false links=[] attrs=[error=true]",
		},
		{
			"untyped", `"tags":[{"key":"a","value":"x"},{"key":"b","value":7},{"key":"c","value":7.5},{"key":"d","value":false},{"key":"e","value":null},{"key":"f","value":[1]},{"key":"g","type":"int64","value":"12"},{"key":"h","type":"int64","value":"odd"}],`,
			"parent= kind= status=unset start=0 took=0 clamped=false links=[] attrs=[a=x b=7 c=7.5 d=false e= f=[1] g=12 h=odd]",
		},
		{"negative", `"startTime":5,"duration":18446744073709551516,`, "parent= kind= status=unset start=5000 took=0 clamped=true links=[] attrs=[]"},
		{"endless", `"startTime":5,"duration":9223372036854775807,`, "parent= kind= status=unset start=5000 took=9223372036854770807 clamped=true links=[] attrs=[]"},
		{"far future", `"startTime":1.7e30,"duration":1,`, "parent= kind= status=unset start=9223372036854775807 took=0 clamped=true links=[] attrs=[]"},
		{"as floats", `"startTime":1.77e15,"duration":2.5,`, "parent= kind= status=unset start=1770000000000000000 took=2500 clamped=false links=[] attrs=[]"},
	} {
		got, err := Decode(strings.NewReader(spanWith(tt.members)))
		if err != nil || len(got.Spans) != 1 {
			t.Errorf("%s: %d spans, %v", tt.name, len(got.Spans), err)
			continue
		}
		if text := describe(got.Spans[0]); text != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, text, tt.want)
		}
	}
}

func describe(s trace.Span) string {
	links, attrs := []string{}, []string{}
	for _, l := range s.Links {
		text := fmt.Sprintf("%x", uint64(l.Span))
		for _, a := range l.Attributes {
			text += ":" + a.Value.Text()
		}
		links = append(links, text)
	}
	for _, a := range s.Attributes {
		attrs = append(attrs, a.Key+"="+a.Value.Text())
	}
	return fmt.Sprintf("parent=%s kind=%s status=%s start=%d took=%d clamped=%v links=%v attrs=%v", s.Parent, s.Kind, s.Status, s.Start, s.Duration, s.Clamped, links, attrs)
}

func TestDocuments(t *testing.T) {
	for _, tt := range []struct {
		name, doc string
		spans     int
		want      string
		is        error
	}{
		{"no data", `{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}`, 0, "<nil>", nil},
		{"one trace, no list", `{"traceID":"a","spans":[{"traceID":"a","spanID":"b"}],"processes":{}}`, 1, "<nil>", nil},
		{"two traces", `{"data":[{"spans":[{"traceID":"a","spanID":"b","processID":"p1"}],"processes":{"p1":{"serviceName":"x"}}},{"processes":{"p1":{"serviceName":"y"}},"spans":[{"traceID":"c","spanID":"d","processID":"p1"}]}]}`, 2, "<nil>", nil},
		{"process inside the span", `{"spans":[{"traceID":"a","spanID":"b","process":{"serviceName":"x","tags":[]}}]}`, 1, "<nil>", nil},
		{"something else", `{"status":"ok"}`, 0, "byte 15: is not Jaeger's JSON", ErrNotJaeger},
		{"a list", `[]`, 0, "byte 2: is not Jaeger's JSON", ErrNotJaeger},
		{"nothing", ``, 0, "byte 0: the JSON ends too early", io.ErrUnexpectedEOF},
		{"cut short", `{"data":[{"spans":[{"traceID":"a","spanID":"b"},{"traceID":"a","sp`, 1, "byte 66: the JSON ends too early", io.ErrUnexpectedEOF},
		{"one bad ID", `{"data":[{"spans":[{"traceID":"a","spanID":"zz"},{"traceID":"a","spanID":"b"}]}]}`, 1, `byte 47: "zz" is no span ID`, nil},
		{"one bad type", `{"data":[{"spans":[{"traceID":7},{"traceID":"a","spanID":"b"}]}]}`, 1, "byte 30: a value of the wrong type", nil},
	} {
		got, err := Decode(strings.NewReader(tt.doc))
		if len(got.Spans) != tt.spans || fmt.Sprint(err) != tt.want || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %d spans, %v\nwant %d, %s", tt.name, len(got.Spans), err, tt.spans, tt.want)
		}
		for _, s := range got.Spans {
			if s.Resource == nil {
				t.Errorf("%s: no resource", tt.name)
			}
		}
		if tt.name == "two traces" && (got.Spans[0].Resource.Service != "x" || got.Spans[1].Resource.Service != "y") {
			t.Errorf("%s: processes are mixed up", tt.name)
		}
		if tt.name == "process inside the span" && got.Spans[0].Resource.Service != "x" {
			t.Errorf("%s: %+v", tt.name, got.Spans[0].Resource)
		}
	}
}

// What came before the connection broke is kept, and its error is told as it is.
func TestBrokenReader(t *testing.T) {
	broke := errors.New("the connection broke")
	for _, text := range []string{spanWith(""), `{"data":[{"spans":[{"spanID":"1"},{"spanID":"2`} {
		got, err := Decode(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broke)))
		want := fmt.Sprintf("byte %d: the connection broke", len(text))
		if len(got.Spans) != 1 || !errors.Is(err, broke) || err.Error() != want {
			t.Errorf("%d spans, %v, want %s", len(got.Spans), err, want)
		}
	}
}

// However small the window, errors name the same byte, and a span that is
// larger than the window is read.
func TestWindow(t *testing.T) {
	long := `{"spans":[{"spanID":"1","operationName":"` + strings.Repeat("é", 5000) + `"},{"spanID":"zz"},{"spanID":"2"}`
	for _, text := range []string{long + `]}`, long, long + `}`} {
		_, want := Decode(strings.NewReader(text))
		for _, size := range []int{1, 100, 9999} {
			got, err := decode(window{src: iotest.OneByteReader(strings.NewReader(text)), size: size})
			if len(got.Spans) != 2 || len(got.Spans[0].Operation) != 10000 || fmt.Sprint(err) != fmt.Sprint(want) {
				t.Errorf("window of %d: %d spans, %v, want %v", size, len(got.Spans), err, want)
			}
		}
	}
}
