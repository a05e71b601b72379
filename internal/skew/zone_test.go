package skew

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

const (
	minute = 60 * second
	hour   = 60 * minute
)

// aShift is a front end of 2 s, and eight spans of the orders' service in it, of
// 100 ms each, which have the IDs 11 to 18.
func aShift() []trace.Span {
	spans := []trace.Span{span(1, 0, trace.KindServer, frontend, 0, 2*second)}
	for i := range int64(8) {
		at := 10*ms + i*200*ms
		spans = append(spans, span(trace.SpanID(11+i), 1, trace.KindServer, orders, at, at+100*ms))
	}
	return spans
}

// said makes a log of a span of aShift's, off by some time; of none for span 0.
func said(id trace.SpanID, off int64) trace.Log {
	l := trace.Log{Time: epoch + 60*ms + off, Span: id, Origin: orders.Origin, Index: "logs"}
	if id != 0 {
		l.Time += int64(id-11) * 200 * ms
	}
	return l
}

// saidAll makes a log of each of some spans, all off by the same.
func saidAll(off int64, ids ...trace.SpanID) []trace.Log {
	var logs []trace.Log
	for _, id := range ids {
		logs = append(logs, said(id, off))
	}
	return logs
}

var allShift = []trace.SpanID{11, 12, 13, 14, 15, 16, 17, 18}

func TestZonesAreMendedWhereTheWholeSourceAgrees(t *testing.T) {
	both := func(a, b []trace.Log) []trace.Log { return append(a, b...) }
	tests := []struct {
		name string
		logs []trace.Log
		add  int64 // to all logs, 0 for none
		said int   // zones that are reported
	}{
		{"right", saidAll(0, allShift...), 0, 0},
		{"ten seconds late", saidAll(10*second, allShift...), 0, 0},
		{"India's local time", saidAll(5*hour+30*minute, allShift...), -5*hour - 30*minute, 1},
		{"California's", saidAll(-8*hour, allShift...), 8 * hour, 1},
		{"Nepal's for India's", saidAll(15*minute, allShift...), -15 * minute, 1},
		{"India's for Nepal's", saidAll(-15*minute, allShift...), 15 * minute, 1},
		{"Kiritimati's for Baker Island's", saidAll(26*hour, allShift...), -26 * hour, 1},
		{"no zone is that far", saidAll(26*hour+15*minute, allShift...), 0, 0},
		{"nor that", saidAll(-27*hour, allShift...), 0, 0},
		{"no multiple of a quarter", saidAll(2*hour+7*minute, allShift...), 0, 0},
		{"a zone and 2 s late", saidAll(2*hour+2*second, allShift...), -2 * hour, 1},
		{"a zone and 2 s early", saidAll(2*hour-2*second, allShift...), -2 * hour, 1},
		{"half of them", both(saidAll(2*hour, 11, 12, 13), saidAll(0, 14, 15, 16)), 0, 1},
		{"all but one", both(append(saidAll(2*hour, allShift...), saidAll(2*hour, allShift...)...), saidAll(0, 14)), 0, 1},
		{"one in twenty", both(saidAll(2*hour, 11), saidAll(0, 11, 12, 13, 14, 15, 16, 17, 18, 11, 12, 13, 14, 15, 16, 17, 18, 11, 12, 13)), 0, 0},
		{"two in forty", both(saidAll(15*minute, 11, 12), append(append(saidAll(0, allShift...), saidAll(0, allShift...)...), append(append(saidAll(0, allShift...), saidAll(0, allShift...)...), saidAll(0, allShift...)...)...)), 0, 0},
		{"summer time begins", both(saidAll(hour, 11, 12, 13, 14), saidAll(2*hour, 15, 16, 17)), 0, 1},
		{"one log, two hours late", saidAll(2*hour, 13), -2 * hour, 1},
		{"one log, a quarter early: no timer does that", saidAll(-15*minute, 13), 15 * minute, 1},
		{"one log, a quarter late: a timer", saidAll(15*minute, 13), 0, 0},
		{"a timer that tells much of one span", saidAll(15*minute, 13, 13, 13, 13, 13), 0, 1},
		{"a timer after the usual logs", both(saidAll(30*minute, 13), saidAll(0, 13, 14)), 0, 0},
		{"strangers, too few", saidAll(2*hour, 0, 0), 0, 1},
		{"strangers, enough", saidAll(2*hour, 0, 0, 0), -2 * hour, 1},
		{"strangers, a quarter late", saidAll(15*minute, 0, 0, 0, 0, 0), 0, 1},
		{"strangers and one who names a span", saidAll(-8*hour, 0, 12), 8 * hour, 1},
		{"one without a time", both(saidAll(-8*hour, allShift...), []trace.Log{{Time: trace.NoTime, Origin: orders.Origin, Index: "logs"}}), 8 * hour, 1},
		{"nothing to compare", []trace.Log{{Time: trace.NoTime, Origin: orders.Origin}}, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Estimate(aShift(), tt.logs)
			if got := len(c.Zones()); got != tt.said {
				t.Errorf("%d zones are reported, want %d: %+v", got, tt.said, c.Zones())
			}
			for i := range tt.logs {
				if got := c.Zone(i); got != tt.add {
					t.Errorf("log %d gets %v, want %v", i, time.Duration(got), time.Duration(tt.add))
				}
			}
			if off := Off.Estimate(aShift(), tt.logs); len(off.Zones()) != 0 || len(tt.logs) > 0 && off.Zone(0) != 0 {
				t.Errorf("mended although nothing is to be corrected: %+v", off.Zones())
			}
		})
	}
}

func TestAZoneTellsHowManyLogsItIsOf(t *testing.T) {
	logs := append(saidAll(2*hour, 11, 12, 13), saidAll(0, 14)...)
	want := []Zone{{Origin: orders.Origin, Index: "logs", Add: -2 * hour, Logs: 3, Of: 4}}
	if got := Estimate(aShift(), logs).Zones(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	logs = saidAll(2*hour, 11, 12, 13)
	want[0].Of, want[0].Mended = 3, true
	if got := Estimate(aShift(), logs).Zones(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// The logs of one program may go to two indices by two ways.
func TestSourcesAreMendedOneByOne(t *testing.T) {
	var logs []trace.Log
	for i, id := range allShift {
		wrong, right, other := said(id, 3*hour), said(id, 0), said(id, -5*hour)
		wrong.Index, right.Index, other.Index = "local", "utc", "other"
		other.Origin = frontend.Origin
		other.Span = 0 // strangers, who are expected while their process has spans
		other.Time = epoch + int64(i)*10*ms - 5*hour
		logs = append(logs, wrong, right, other)
	}
	c := Estimate(aShift(), logs)
	for i := range logs {
		if got, want := c.Zone(i), [...]int64{-3 * hour, 0, 5 * hour}[i%3]; got != want {
			t.Fatalf("log %d of %s gets %v, want %v", i, logs[i].Index, time.Duration(got), time.Duration(want))
		}
	}
	if zones := c.Zones(); len(zones) != 2 || !zones[0].Mended || !zones[1].Mended {
		t.Errorf("got %+v", zones)
	}
}

// What is off with its machine is the clock's fault, not the zone's.
func TestClocksThatAreOffAreNoZones(t *testing.T) {
	for _, off := range []int64{3 * second, hour, -8 * hour} {
		spans, logs := aShift(), saidAll(off, allShift...)
		for i := range spans[1:] {
			spans[1+i].Start += off
		}
		c := Estimate(spans, logs)
		if len(c.Zones()) != 0 {
			t.Errorf("a clock that is %v off: %+v", time.Duration(off), c.Zones())
		}
		for i := range logs {
			logs[i].Time += 2 * hour
		}
		c = Estimate(spans, logs)
		if got := c.Zone(3); got != -2*hour {
			t.Errorf("a clock that is %v off, and a zone: mended by %v", time.Duration(off), time.Duration(got))
		}
	}
}

// A log of a machine that is right may name a span of one that is an hour off.
func TestLogsAreComparedWithTheirOwnMachine(t *testing.T) {
	spans := aShift()
	spans[0].Start += hour // the front end's clock
	var logs []trace.Log
	for range 5 {
		l := said(12, 0)
		l.Span = 1
		logs = append(logs, l)
	}
	c := Estimate(spans, logs)
	if len(c.Zones()) != 0 {
		t.Errorf("got %+v", c.Zones())
	}
	for i := range logs { // a shipper that has no spans: nothing else can tell
		logs[i].Origin = trace.Origin{Service: "orders", Host: "shipper"}
	}
	if got := Estimate(spans, logs).Zone(0); got != hour {
		t.Errorf("got %v", time.Duration(got))
	}
}

// In a long trace a log that names no span, or the longest, fits several zones.
func TestLongSpansTellNoZone(t *testing.T) {
	spans := aShift()
	spans[0].Duration = 40 * minute
	early := []trace.Log{{Time: epoch - 2*hour, Origin: frontend.Origin}, {Time: epoch - 2*hour, Origin: frontend.Origin, Span: 1}}
	for range 5 {
		early = append(early, early[0], early[1])
	}
	if c := Estimate(spans, early); len(c.Zones()) != 0 {
		t.Errorf("got %+v", c.Zones())
	}
	spans = append(spans, span(60, 1, trace.KindInternal, frontend, 0, 100*ms))
	early = append(early, early[0]) // one of a short span tells for all of its source
	early[len(early)-1].Span = 60
	c := Estimate(spans, early)
	for i := range early {
		if c.Zone(i) != 2*hour {
			t.Fatalf("log %d gets %v; %+v", i, time.Duration(c.Zone(i)), c.Zones())
		}
	}
	late := saidAll(15*minute, 0, 0, 0, 0) // while the front end's span lasts
	for i := range late {
		late[i].Origin = trace.Origin{Service: "other", Host: "other"}
	}
	if c := Estimate(spans, late); len(c.Zones()) != 0 {
		t.Errorf("within the trace, and yet %+v", c.Zones())
	}
}

// A machine that woke up in 1970 makes the trace last half a century.
func TestZonesBesideImpossibleTimes(t *testing.T) {
	spans := append(aShift(),
		trace.Span{ID: 50, Parent: 1, Start: 5 * second, Duration: ms, Resource: stock},
		trace.Span{ID: 51, Parent: 1, Start: math.MaxInt64 - 20, Duration: 10, Resource: stock})
	logs := append(saidAll(2*hour, allShift...),
		trace.Log{Time: 5 * second, Span: 50, Origin: stock.Origin},
		trace.Log{Time: math.MaxInt64 - 15, Span: 51, Origin: stock.Origin})
	c := Estimate(spans, logs)
	for i := range logs {
		if got, want := c.Zone(i), map[bool]int64{true: -2 * hour}[i < 8]; got != want {
			t.Errorf("log %d gets %v", i, time.Duration(got))
		}
	}
}

func TestZonesAtTheEndsOfTime(t *testing.T) {
	ends := []int64{1, 2, second, hour, math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64 - hour, math.MaxInt64 - second, trace.NoTime, -1, 0, epoch}
	for _, start := range ends {
		for _, end := range ends {
			s := trace.Span{ID: 1, Resource: orders}
			s.SetTimes(start, end)
			var logs []trace.Log
			for _, at := range ends {
				logs = append(logs, trace.Log{Time: at, Span: 1, Origin: orders.Origin, Index: fmt.Sprint(at)})
			}
			c := Estimate([]trace.Span{s}, logs)
			for i := range logs {
				add := c.Zone(i)
				if at := logs[i].Time + add; add != 0 && (at < s.Start-zoneSlack || at-s.End() > zoneSlack || add%zoneStep != 0) {
					t.Errorf("a span from %d to %d, a log at %d gets %d", s.Start, s.End(), logs[i].Time, add)
				}
			}
		}
	}
}

func TestNoSpansNoZones(t *testing.T) {
	if c := Estimate(nil, saidAll(2*hour, allShift...)); len(c.Zones()) != 0 || c.Zone(0) != 0 {
		t.Errorf("got %+v", c.Zones())
	}
}

func TestZonesDoNotDependOnTheOrderOfInput(t *testing.T) {
	spans := aShift()
	var logs []trace.Log
	for i, id := range allShift {
		for k, off := range []int64{2 * hour, -8 * hour, 0, int64(i%2) * hour} {
			l := said(id, off)
			l.Index = fmt.Sprint("index", k)
			logs = append(logs, l)
		}
	}
	want := Estimate(spans, logs)
	if len(want.Zones()) != 3 {
		t.Fatalf("got %+v", want.Zones())
	}
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 2))
		at := rng.Perm(len(logs))
		shuffled := make([]trace.Log, len(logs))
		for i, j := range at {
			shuffled[i] = logs[j]
		}
		rng.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		got := Estimate(spans, shuffled)
		if !reflect.DeepEqual(got.Zones(), want.Zones()) {
			t.Fatalf("got %+v, want %+v", got.Zones(), want.Zones())
		}
		for i, j := range at {
			if got.Zone(i) != want.Zone(j) {
				t.Fatalf("log %d gets %d, got %d before", j, got.Zone(i), want.Zone(j))
			}
		}
	}
}

// Logs that a shipper on another machine stamped tie its clock, the zone apart.
func TestMendedLogsAreEvidence(t *testing.T) {
	spans := aCall(1*ms, 9*ms)
	var logs []trace.Log
	for i := range int64(8) { // two hours, and 60 ms behind the order service's clock
		logs = append(logs, trace.Log{
			Time: epoch + (1+i-60)*ms + 7*µs - 2*hour, Span: 3,
			Origin: trace.Origin{Service: "orders", Host: "shipper"},
		})
	}
	c := Estimate(spans, logs)
	if got := byName(t, c, "shipper"); c.Zone(0) != 2*hour || got.Offset < 59*ms || got.Offset > 62*ms {
		t.Errorf("zone %v, got %+v", time.Duration(c.Zone(0)), got)
	}
}

// When all is well a million logs cost next to nothing to look at; when one is
// late, or all are off, it must stay a fraction of reading them.
func BenchmarkZones(b *testing.B) {
	for _, bm := range []struct {
		name string
		off  func(i int) int64
		root int64
	}{
		{"well", func(int) int64 { return 0 }, 2 * second},
		{"one late", func(i int) int64 { return map[bool]int64{true: hour}[i == 5000] }, 2 * second},
		{"all off", func(int) int64 { return 2 * hour }, 2 * second},
		{"long trace", func(int) int64 { return 0 }, hour},
	} {
		b.Run(bm.name, func(b *testing.B) {
			spans := aShift()
			spans[0].Duration = bm.root
			logs := make([]trace.Log, 1_000_000)
			for i := range logs {
				logs[i] = said(trace.SpanID(11+i%8), bm.off(i))
			}
			r := number(spans, logs, Auto, nil)
			from := make([]int32, len(logs))
			for i := range from {
				from[i] = r.originNumber(&logs[i].Origin)
			}
			for b.Loop() {
				r.zones, r.zoneOf = nil, nil
				r.findZones(from)
			}
		})
	}
}

func (r *records) originNumber(o *trace.Origin) int32 {
	for i := range r.logOrigins {
		if r.logOrigins[i] == *o {
			return int32(i)
		}
	}
	return none
}
