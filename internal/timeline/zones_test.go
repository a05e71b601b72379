package timeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

const hour = 3600 * 1000 * ms

// shop is a trace of some services that each have four spans of 100 ms.
func shop(services ...string) []trace.Span {
	spans := []trace.Span{span(1, 0, "front", "GET /", 0, 1000)}
	for s, service := range services {
		for i := range 4 {
			spans = append(spans, span(trace.SpanID(10*(s+2)+i), 1, service, "work", int64(50+200*i), 100))
		}
	}
	return spans
}

// tell makes a log in each of the s-th service's spans, off by some time.
func tell(s int, service string, off int64) []trace.Log {
	var logs []trace.Log
	for i := range 4 {
		l := log(trace.SpanID(10*(s+2)+i), service, fmt.Sprint("told ", i), int64(100+200*i))
		l.Time += off
		logs = append(logs, l)
	}
	return logs
}

func TestZoneWarnings(t *testing.T) {
	many := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	var all []trace.Log
	for s, service := range many {
		all = append(all, tell(s, service, 2*hour)...)
	}
	unnamed := tell(0, "", 2*hour)
	for i := range unnamed {
		unnamed[i].Origin = trace.Origin{}
	}
	strangers := tell(0, "a", 2*hour)[:2]
	strangers[0].Span, strangers[1].Span = 0, 0
	const mended = ": a mistaken time zone, mended here"
	for _, tt := range []struct {
		name string
		logs []trace.Log
		want []string
	}{
		{"right", tell(0, "a", 0), nil},
		{"ahead", tell(0, "a", 2*hour), []string{"4 of 4 logs of a are 2h ahead of their spans" + mended}},
		{"behind", tell(0, "a", -8*hour), []string{"4 of 4 logs of a are 8h behind their spans" + mended}},
		{"halves", tell(0, "a", 5*hour+hour/2), []string{"4 of 4 logs of a are 5h30m ahead of their spans" + mended}},
		{"a quarter", tell(0, "a", -hour/4), []string{"4 of 4 logs of a are 15m behind their spans" + mended}},
		{"tens", tell(0, "a", 10*hour), []string{"4 of 4 logs of a are 10h ahead of their spans" + mended}},
		{"twenty", tell(0, "a", -20*hour-hour/2), []string{"4 of 4 logs of a are 20h30m behind their spans" + mended}},
		{"two alike", append(tell(0, "a", 2*hour), tell(1, "b", 2*hour)...), []string{"8 of 8 logs of a, b are 2h ahead of their spans" + mended}},
		{"two unlike", append(tell(0, "a", 2*hour), tell(1, "b", -2*hour)...), []string{
			"4 of 4 logs of a are 2h ahead of their spans" + mended, "4 of 4 logs of b are 2h behind their spans" + mended,
		}},
		{"many", all, []string{"32 of 32 logs of a, b, c, d, e and 3 more are 2h ahead of their spans" + mended}},
		{"half", append(tell(0, "a", 2*hour)[:2], tell(0, "a", 0)[2:]...), []string{
			"2 of 4 logs of a are 2h ahead of their spans: a mistaken time zone? They are shown as observed, because others of the same source are not",
		}},
		{"few", strangers, []string{
			"2 of 2 logs of a are 2h ahead of their spans: a mistaken time zone? They are shown as observed, because so few may just be late",
		}},
		{"nameless", unnamed, []string{"4 of 4 logs of an unnamed source are 2h ahead of their spans" + mended}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ev := &trace.Evidence{Spans: shop(many...), Logs: tt.logs, Warnings: []string{"first"}}
			tl := timeline.Build(ev, skew.Estimate(ev.Spans, ev.Logs))
			checkTimeline(t, ev, tl)
			if got := tl.Warnings[1:]; !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			isMended := strings.HasSuffix(strings.Join(tt.want, ""), "mended here")
			for i := range tl.Rows {
				if r := &tl.Rows[i]; r.Kind == timeline.KindLog && r.Marks.Has(timeline.MarkZone) != isMended {
					t.Errorf("%s: marked %v", r.Log.Message, r.Marks.Names())
				}
			}
			if raw := build(*ev); len(raw.Warnings) != 1 {
				t.Errorf("with all clocks trusted: %q", raw.Warnings)
			}
		})
	}
}

// A log of a mistaken zone stands where it belongs, also when only its moment
// tells where that is, and beside the clock's own correction.
func TestMendedLogsStandWhereTheyBelong(t *testing.T) {
	spans := shop("a", "b")
	for i := range spans {
		if spans[i].Resource.Service == "b" {
			spans[i].Kind = trace.KindServer
			spans[i].Start -= 3000 * ms // its clock
		}
	}
	logs := append(tell(0, "a", 2*hour), tell(1, "b", -5*hour-3000*ms)...)
	logs[2].Span, logs[5].Span = 0, 0
	ev := &trace.Evidence{Spans: spans, Logs: logs}
	tl := timeline.Build(ev, skew.Estimate(ev.Spans, ev.Logs))
	checkTimeline(t, ev, tl)
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Kind != timeline.KindLog {
			continue
		}
		if r.Span == nil || r.Log.Span != 0 && r.Log.Span != r.Span.ID || r.Marks.Has(timeline.MarkOutside|timeline.MarkFar|timeline.MarkUndecided) {
			t.Errorf("%s of %s is marked %v, under %+v", r.Log.Message, r.Service(), r.Marks.Names(), r.Span)
		}
		zone := map[string]int64{"a": -2 * hour, "b": 5 * hour}[r.Service()]
		if r.Clock == nil || r.Offset != zone+r.Clock.Offset || r.Service() == "b" && r.Clock.Offset < 2900*ms {
			t.Errorf("%s of %s is moved by %d: %+v", r.Log.Message, r.Service(), r.Offset, r.Clock)
		}
	}
	if tl.Duration < 1000*ms || tl.Duration > 2000*ms { // clocks of whole seconds
		t.Errorf("the timeline lasts %d ms", tl.Duration/ms)
	}
}
