package timeline_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// thrown is a span in which an exception was thrown, 40 ms in.
func thrown(class, said string) trace.Span {
	s := span(1, 0, "a", "root", 0, 100)
	s.Events = []trace.Event{{Name: "exception", Time: epoch + 40*ms + 300_000, Attributes: []trace.Attribute{
		{Key: "exception.type", Value: trace.String(class)}, {Key: "exception.message", Value: trace.String(said)},
	}}}
	return s
}

// One happening that a span event and a log both tell is shown once.
func TestExceptionsAreShownOnce(t *testing.T) {
	const class, said = "com.example.CardDeclined", "card 4711 was declined"
	at := func(message, document string, atNS int64) trace.Log {
		l := log(1, "a", message, 0)
		l.Time, l.Document, l.DocID = epoch+atNS, []byte(document), message
		return l
	}
	elsewhere := at(said, "", 40*ms)
	elsewhere.Span = 0
	for _, tt := range []struct {
		name        string
		class, said string
		log         trace.Log
		once        bool
	}{
		{"the message itself", class, said, at(said, "", 40*ms), true},
		{"within the log's message", class, said, at("payment failed: "+said, "", 40*ms), true},
		{"in the stack", class, said, at("payment failed", `{"error":{"stack_trace":"com.example.CardDeclined: card 4711 was declined\n\tat Pay.java:7"}}`, 40*ms), true},
		{"in the stack, another class", class, said, at("payment failed", `{"error":{"stack_trace":"com.example.Other: card 4711 was declined"}}`, 40*ms), false},
		{"another message", class, said, at("payment failed: card 4712 was declined", "", 40*ms), false},
		{"a short one, by chance", class, "null", at("the answer is null", "", 40*ms), false},
		{"a short one of its class", class, "null", at("CardDeclined: null", "", 40*ms), true},
		{"a short one of no class", "", "null", at("null and void", "", 40*ms), false},
		{"an empty one", class, "", at("CardDeclined: ", "", 40*ms), false},
		{"quotes, that JSON writes in its own way", class, `"4711" was declined`, at("no", `{"s":"CardDeclined: \"4711\" was declined"}`, 40*ms), false},
		{"a millisecond before", class, said, at(said, "", 39*ms+300_000), true},
		{"more than that before", class, said, at(said, "", 39*ms+299_999), false},
		{"a millisecond after", class, said, at(said, "", 41*ms+300_000), true},
		{"more than that after", class, said, at(said, "", 41*ms+300_001), false},
		{"cut to its millisecond, and a little before", class, said, at(said, "", 39*ms), true},
		{"cut to one that is too early", class, said, at(said, "", 38*ms), false},
		{"not the same span for sure", class, said, elsewhere, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tl := build(trace.Evidence{Spans: []trace.Span{thrown(tt.class, tt.said)}, Logs: []trace.Log{tt.log}})
			if once := tl.Counts.Merged == 1 && tl.Counts.Events == 0; once != tt.once {
				t.Errorf("once: %v, in\n%s", once, sketch(tl))
			}
		})
	}
}

// A log that came twice stands for the event once, the same one in any order of
// input; and two events of one text need two logs.
func TestEachEventIsToldByOneLog(t *testing.T) {
	s := thrown("x.Bad", "it went badly")
	again := s.Events[0]
	again.Time += ms
	s.Events = append(s.Events, again)
	first, second, third := log(1, "a", "it went badly", 40), log(1, "a", "it went badly", 40), log(1, "a", "it went badly", 41)
	first.DocID, second.DocID, third.DocID = "1", "2", "3"
	want := ""
	for _, logs := range [][]trace.Log{{first, second, third}, {third, second, first}, {second, third, first}, {third, first, second}} {
		tl := build(trace.Evidence{Spans: []trace.Span{s}, Logs: logs})
		if tl.Counts.Merged != 2 || tl.Counts.Events != 0 || tl.Counts.Logs != 3 {
			t.Errorf("got %+v in\n%s", tl.Counts, sketch(tl))
		}
		if got := written(tl); want == "" {
			want = got
		} else if got != want {
			t.Errorf("the order of the logs matters: got\n%s\nwant\n%s", got, want)
		}
	}
	s.Events = s.Events[:1]
	early, late := first, third
	early.Time, late.Time = epoch+40*ms+100_000, epoch+40*ms+500_000
	want = ""
	for _, logs := range [][]trace.Log{{early, late}, {late, early}} {
		if got := written(build(trace.Evidence{Spans: []trace.Span{s}, Logs: logs})); want == "" {
			want = got
		} else if got != want {
			t.Errorf("the order of the logs matters: got\n%s\nwant\n%s", got, want)
		}
	}
}

// An event and a log of two clocks are compared as corrected.
func TestMergedAcrossClocks(t *testing.T) {
	call, serve := span(1, 0, "a", "call", 0, 10), span(2, 1, "b", "serve", 1-300, 8)
	call.Kind, serve.Kind = trace.KindClient, trace.KindServer
	serve.Events = []trace.Event{{Name: "CacheMissed", Time: serve.Start + 4*ms}}
	l := log(2, "b", "CacheMissed", 5-300)
	ev := &trace.Evidence{Spans: []trace.Span{call, serve}, Logs: []trace.Log{l}}
	ev.Logs[0].Origin.Host = "a-host" // whose clock is right, and which shipped it
	ev.Logs[0].Time += 300 * ms
	tl := timeline.Build(ev, skew.Estimate(ev.Spans, ev.Logs))
	if tl.Counts.Merged != 1 {
		t.Errorf("got\n%s", sketch(tl))
	}
	if tl := build(*ev); tl.Counts.Merged != 0 {
		t.Errorf("300 ms apart, and yet\n%s", sketch(tl))
	}
}

// Many events and logs of one moment end in time, and none is told twice.
func TestManyEventsOfOneMoment(t *testing.T) {
	s := span(1, 0, "a", "root", 0, 100)
	var logs []trace.Log
	rng := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		name := strings.Repeat("x", 1+rng.IntN(20))
		s.Events = append(s.Events, trace.Event{Name: name, Time: epoch + 40*ms})
		l := log(1, "a", strings.Repeat("x", 1+rng.IntN(20)), 40)
		logs = append(logs, l)
	}
	ev := &trace.Evidence{Spans: []trace.Span{s}, Logs: logs}
	tl := build(*ev)
	checkTimeline(t, ev, tl)
	if tl.Counts.Merged == 0 || tl.Counts.Merged+tl.Counts.Events != 500 {
		t.Errorf("got %+v", tl.Counts)
	}
}
