package tui

import (
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// asked is a small trace of which filters ask this and that.
//
//	gateway POST /orders     90ms, http.response.status_code=503
//	  W answered 503, trying http://psp:8080
//	  payment charge         60ms, failed; order.id=ORD-17
//	    exception            psp:timeout
//	    E card refused (attempt 2)
//	    D not found: true or false at 12:30
//	  mail send              5ms, http.response.status_code=200
//	    F out of memory
func asked() *timeline.Timeline {
	post, charge, send := span(1, 0, "gateway", "POST /orders", 0, 90*ms), span(2, 1, "payment", "charge", 10*ms, 60*ms), span(3, 1, "mail", "send", 80*ms, 5*ms)
	post.Attributes = []trace.Attribute{{Key: "http.response.status_code", Value: trace.Int(503)}}
	send.Attributes = []trace.Attribute{{Key: "http.response.status_code", Value: trace.Int(200)}}
	charge.Attributes, charge.Status = []trace.Attribute{{Key: "order.id", Value: trace.String("ORD-17")}}, trace.StatusError
	charge.Events = []trace.Event{{Name: "exception", Time: epoch + 20*ms, Attributes: []trace.Attribute{{Key: "exception.message", Value: trace.String("psp:timeout")}}}}
	said := func(id trace.SpanID, service string, at int64, level trace.Level, message, document string) trace.Log {
		l := entry(id, service, at, level, message)
		l.Document = []byte(document)
		return l
	}
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{post, charge, send}, Logs: []trace.Log{
		said(1, "gateway", ms, trace.LevelWarn, "answered 503, trying http://psp:8080", `{}`),
		said(2, "payment", 30*ms, trace.LevelError, "card refused (attempt 2)", `{"message":"card refused (attempt 2)","order_id":"ord-170","try":2}`),
		said(2, "payment", 31*ms, trace.LevelDebug, "not found: true or false at 12:30", `{"order":{"Id":"x"},"std":"vector"}`),
		said(3, "mail", 81*ms, trace.LevelFatal, "out of memory", `{"try":10}`),
	}}
	return timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
}

// TestFilterLanguage types filters, and tells what they want for itself by the
// first letters.
func TestFilterLanguage(t *testing.T) {
	const (
		post, answered, charge, exception, refused, found, send, memory = "POST", "answ", "char", "exce", "card", "not ", "send", "out "
	)
	list := func(rows ...string) string { return strings.Join(rows, " ") }
	for _, tt := range []struct{ typed, want string }{
		{"level>=warn or err", list(answered, charge, exception, refused, found, memory)},
		{"level>=warn OR service:mail", list(answered, refused, send, memory)},
		{"level>=warn", list(post, answered, charge, exception, refused, send, memory)},
		{"level:warn nologs", list(post, charge, exception, send)},
		{"level=error", list(post, charge, exception, refused, send)},
		{"level>error", list(post, charge, exception, send, memory)},
		{"level<warn", list(post, charge, exception, found, send)},
		{"level<=warn", list(post, answered, charge, exception, found, send)},
		{"level>=err", list(post, charge, exception, refused, send, memory)},
		{"-level:warn", list(post, charge, exception, found, send)},
		{"-service:payment", list(post, answered, send, memory)},
		{"not service:payment -err", list(post, answered, send)},
		{"not (service:payment or service:mail)", list(post, answered)},
		{"-service:payment,mail", list(post, answered)},
		{"-(err or nologs)", list(answered)},
		{"(err or service:mail) -nologs", list(refused, found, memory)},
		{"(err or service:mail) and level>=error", list(charge, exception, refused, send, memory)},
		{"(err or (service:mail nologs", list(charge, exception, refused, found, send, memory)},
		{"service=pay", ""},
		{"service=Payment level=error nologs", list(charge, exception)},
		{"service:pay*t or service:g level>=warn", list(answered, charge, exception, refused, found)},
		{"op=send or op:POST", list(post, answered, send, memory)},
		{"dur<10ms", list(send, memory)},
		{"dur>10ms dur<80ms", list(charge, exception, refused, found)},
		{"-depth<=1", list(charge, exception, refused, found, send, memory)},
		{"depth<2", list(post, answered)},
		{"order.id:ORD-17", list(charge, refused)},
		{"ORDER_ID:ord", list(charge, refused)},
		{"orderId=ord-17", list(charge)},
		{"order.id=*17*", list(charge, refused)},
		{"id:x", list(found)},
		{"-order.id:ORD err", list(exception, found, memory)},
		{"http.response.status_code:5", list(post)},
		{"status_code>=500", list(post)},
		{"status_code:<500", list(send)},
		{"try>2", list(memory)},
		{"try>=2", list(refused, memory)},
		{"try<10", list(refused)},
		{`message:"refused (att"`, list(refused)},
		{"message:ref", list(refused)},
		{"message=ref", ""},
		{"psp:timeout", list(exception)},
		{"psp:8080", list(answered)},
		{"http://psp", list(answered)},
		{"12:30", list(found)},
		{"std::vector", ""},
		{"std:vector", list(found)},
		{"not found", list(found)},
		{"not found: true", list(found)},
		{`not "found" err`, list(charge, exception, refused, memory)},
		{"true or refused", list(refused, found)},
		{`"true or false"`, list(found)},
		{`"card" "attempt"`, list(refused)},
		{`"attempt" card`, list(refused)},
		{"card attempt", ""},
		{"and", ""},
		{"or", list(post, charge, refused, found, memory)},
		{"err or", list(charge, exception, refused, found, memory)},
		{"or false", list(found)},
		{"err -", list(charge, exception, refused, found, memory)},
		{"-", list(post, answered, charge, exception, refused, found, send, memory)},
		{"- x", ""},
		{"-found err nologs", list(charge, exception)},
		{"/re(fused|ceived)/ attempt", list(refused)},
		{"/^card/ /2.$/", list(refused)},
		{"-/o/ -nologs", list(answered)},
		{"/orders", list(post)},
		{"/POST /orders$/ or memory", list(post, memory)},
		{"/orders or memory", list(post, memory)},
		{`"err"`, ""},
		{"(attempt", list(refused)},
		{`"(attempt 2)"`, list(refused)},
		{"Card", ""},
	} {
		f, err := parseFilter(tt.typed)
		if err != nil {
			t.Errorf("%s: %v", tt.typed, err)
		}
		tl := asked()
		var got []string
		for i, wanted := range tl.Wanted(&f) {
			if wanted {
				got = append(got, messageOf(&tl.Rows[i])[:4])
			}
		}
		if list(got...) != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.typed, list(got...), tt.want)
		}
	}
}

// TestFilterErrors tells what is wrong.
func TestFilterErrors(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{"level>=loud", `"loud" is no level`},
		{"err or level>fatal", "nothing is worse than fatal"},
		{"(err or (level<trace))", "nothing is below trace"},
		{"-dur>long", `"long" is no duration: as in 100ms`},
		{"depth>3", "depth tells the most levels: depth<=3"},
		{"depth<1", "is no number of levels"},
		{"err or /(/", "missing closing )"},
		{strings.Repeat("(", 5000), "more than 4096 bytes are no filter"},
	} {
		if f, err := parseFilter(tt.typed); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40s is read as %+v, %v; want %s", tt.typed, f, err, tt.want)
		}
	}
}

// FuzzParseFilter reads whatever is typed; what parentheses hold means what it
// means without them, but for levels, which then ask for logs.
func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{"err or -service:a", `not (a or "b c") /x y/ k>=5`, "- -- -( ((", `" / (`, "a and not b or", "-\xff", "not -x:y", "(a)b", `op:"a b`} {
		f.Add(s)
	}
	tl := asked()
	f.Fuzz(func(t *testing.T, s string) {
		want, err := parseFilter(s)
		if err != nil {
			return
		}
		x := timeline.NewIndex(tl)
		rows := x.Wanted(&want)
		for i, wanted := range tl.Wanted(&want) {
			if wanted != rows.Has(int32(i)) {
				t.Errorf("%q: row %d is wanted: %v, and by the index: %v", s, i, wanted, !wanted)
			}
		}
		if strings.ContainsAny(s, `"()`) || strings.Contains(s, "level") || strings.HasSuffix(s, "-") || len(s) > mostTyped-2 {
			return
		}
		group, err := parseFilter("(" + s + ")")
		if err != nil {
			t.Fatalf("%q: in parentheses it is none: %v", s, err)
		}
		for i, wanted := range tl.Wanted(&group) {
			if wanted != rows.Has(int32(i)) {
				t.Errorf("%q: row %d is wanted in parentheses: %v", s, i, wanted)
			}
		}
	})
}
