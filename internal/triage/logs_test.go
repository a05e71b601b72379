package triage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// errorLog is a log of a service, of a trace made by spans (0: none) and of a
// line of its picture (0: no span).
func errorLog(n int, service, message string, id uint64, line int) trace.ErrorLog {
	l := trace.ErrorLog{}
	l.Index, l.DocID, l.Origin.Service, l.Message, l.Time = "logs", fmt.Sprint("doc", n), service, message, epoch+int64(n)*ms
	if id != 0 {
		l.TraceID = trace.ID{Hi: 7, Lo: id}
	}
	if line != 0 {
		l.Span = trace.SpanID(id*1000 + uint64(line))
	}
	return l
}

const paying = `
S gateway /orders 0 100 ! http.status_code=500
 C gateway POST 1 98 ! http.status_code=500
  S order /orders 2 95 ! http.status_code=500
   I order save 5 50 ! error.type=SQLError
   I order tidy 60 5`

func withStack(l trace.ErrorLog, method string) trace.ErrorLog {
	l.Type, l.Stack = "X", stackOf(method)
	return l
}

func TestLogs(t *testing.T) {
	failed := func(rest string) string {
		return `failed order save class="SQLError" ` + rest + " gateway:/orders=1\n"
	}
	tests := []struct {
		name   string
		traces []string
		logs   []trace.ErrorLog
		want   string
	}{
		{"of the root, of its way, of services on its way", []string{paying}, []trace.ErrorLog{
			errorLog(1, "order", "cannot save", 1, 4), errorLog(2, "gateway", "order failed", 1, 1),
			errorLog(3, "order", "tidying went wrong", 1, 5), errorLog(4, "gateway", "no span", 1, 0),
		}, failed(`detail="cannot save" traces=1 logs=4`)},
		{
			"of another service",
			[]string{paying},
			[]trace.ErrorLog{errorLog(1, "mail", "no paper", 1, 0)},
			failed(`traces=1`) + `log mail  detail="no paper" traces=0 logs=1`,
		},
		{"a line that names no span tells what the only failure of its service was", []string{paying}, []trace.ErrorLog{
			errorLog(1, "order", "no disk", 1, 0),
		}, failed(`detail="no disk" traces=1 logs=1`)},
		{
			"the log of a span that got lost",
			[]string{paying, strings.Replace(paying, "   I order save 5 50 ! error.type=SQLError\n", "", 1)},
			[]trace.ErrorLog{errorLog(1, "order", "no disk", 1, 4), errorLog(2, "order", "no disk", 2, 9)},
			"failed order save class=\"SQLError\" detail=\"no disk\" traces=2 logs=2 gateway:/orders=2\n",
		},
		{
			"of several lines of which the telling one got lost",
			[]string{paying, paying},
			[]trace.ErrorLog{withStack(errorLog(1, "order", "cannot save", 1, 4), "Db.save"), errorLog(2, "order", "request ended", 1, 4), errorLog(3, "order", "request ended", 2, 4)},
			"failed order save class=\"SQLError\" frames=\"com.shop.Db.save\" detail=\"cannot save\" traces=2 logs=3 gateway:/orders=2\n",
		},
		{
			"what comes twice",
			[]string{paying},
			[]trace.ErrorLog{errorLog(1, "order", "cannot save", 1, 4), errorLog(1, "order", "cannot save", 1, 4)},
			failed(`detail="cannot save" traces=1 logs=1`),
		},
		{"those that say the same follow", []string{paying}, []trace.ErrorLog{
			errorLog(1, "order", "cannot save 17", 1, 4), errorLog(2, "order", "cannot save 18", 99, 0), errorLog(3, "order", "cannot save 19", 0, 0),
			errorLog(4, "mail", "cannot save 19", 0, 0),
		}, failed(`detail="cannot save <*>" traces=1 logs=3 untraced=2`) + `log mail  detail="cannot save <*>" traces=0 logs=1 untraced=1`},
		{
			"of a trace that did not fail", nil,
			[]trace.ErrorLog{errorLog(1, "mail", "no paper", 5, 3)},
			`log mail  detail="no paper" traces=0 logs=1 untraced=1`,
		},
		{
			"a stack is the detail of a span without",
			[]string{paying},
			[]trace.ErrorLog{withStack(errorLog(1, "order", "cannot save", 1, 4), "Db.save")},
			failed(`frames="com.shop.Db.save" detail="cannot save" traces=1 logs=1`),
		},
		{"stacks tell logs apart, and make them one", nil, []trace.ErrorLog{
			withStack(errorLog(1, "mail", "job died", 0, 0), "A.a"), withStack(errorLog(2, "mail", "job died", 0, 0), "B.b"),
			withStack(errorLog(3, "mail", "another word", 0, 0), "B.b"),
		}, `
log mail  class="X" frames="com.shop.B.b" detail="another word" traces=0 logs=2 untraced=2
log mail  class="X" frames="com.shop.A.a" detail="job died" traces=0 logs=1 untraced=1`},
		{"lines that come together, in several traces, are of one cause", nil, []trace.ErrorLog{
			errorLog(1, "food", "the list is null", 1, 0), errorLog(2, "food", "request failed", 1, 0),
			errorLog(3, "food", "the list is null", 2, 0), errorLog(4, "food", "request failed", 2, 0),
			errorLog(5, "mail", "request failed", 1, 0), errorLog(6, "mail", "request failed", 2, 0),
		}, `
log food  detail="request failed" traces=0 logs=4 untraced=4
log mail  detail="request failed" traces=0 logs=2 untraced=2`},
		{"lines of one trace, or of others beside, may be of several", nil, []trace.ErrorLog{
			errorLog(1, "food", "the list is null", 1, 0), errorLog(2, "food", "request failed", 1, 0), errorLog(3, "food", "request failed", 2, 0),
			errorLog(4, "mail", "once", 1, 0), errorLog(5, "mail", "too", 1, 0),
		}, `
log food  detail="request failed" traces=0 logs=2 untraced=2
log mail  detail="too" traces=0 logs=1 untraced=1
log mail  detail="once" traces=0 logs=1 untraced=1
log food  detail="the list is null" traces=0 logs=1 untraced=1`},
		{"a stack that got lost", nil, []trace.ErrorLog{
			withStack(errorLog(1, "mail", "job died", 0, 0), "A.a"), errorLog(2, "mail", "job died", 0, 0),
		}, `log mail  class="X" frames="com.shop.A.a" detail="job died" traces=0 logs=2 untraced=2`},
		{"before the window", []string{paying}, []trace.ErrorLog{
			errorLog(1, "order", "cannot save", 1, 4), errorLog(-3_700_000, "order", "cannot save", 0, 0),
			errorLog(2, "mail", "no paper", 0, 0), errorLog(-3_700_001, "mail", "no paper", 0, 0), errorLog(-3_700_002, "mail", "gone", 0, 0),
		}, failed(`detail="cannot save" traces=1 logs=1 logsbefore=1`) + `log mail  detail="no paper" traces=0 before=1 logs=1 untraced=1 logsbefore=1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := triage.Begin(hour(), triage.ByCause)
			for i := range tt.logs {
				tr.AddLog(&tt.logs[i])
			}
			for i, p := range tt.traces {
				tr.AddTrace(spans(t, uint64(i+1), p))
			}
			compare(t, tr.Report(), tt.want)
		})
	}
}

// A log whose span failed twice, by details that only logs tell: a cause whose
// log got lost in the baseline is not new.
func TestLostDetailsOfBefore(t *testing.T) {
	cal := hour()
	tr := triage.Begin(cal, triage.ByCause)
	n := 0
	for slot := range 6 {
		n++
		tr.AddTrace(spans(t, uint64(n), fmt.Sprintf("S pay /pay %d 9 ! http.status_code=500", -int64(slot)*3_600_000-1000)))
	}
	for i, message := range []string{"disk is full", "no route to bank", "disk is full", "no route to bank", "disk is full", "no route to bank"} {
		n++
		tr.AddTrace(spans(t, uint64(n), fmt.Sprintf("S pay /pay %d 9 ! http.status_code=500", i)))
		l := errorLog(i, "pay", message, uint64(n), 1)
		tr.AddLog(&l)
	}
	r := tr.Report()
	if len(r.Groups) != 2 {
		t.Fatalf("groups:\n%s", sketch(r))
	}
	for _, g := range r.Groups {
		if g.Traces != 3 || g.Flag != triage.Steady || g.BaselineTraces != 6 {
			t.Errorf("%s: %d traces, %s, %d before", g.Detail, g.Traces, g.Flag, g.BaselineTraces)
		}
	}
}

func TestNew(t *testing.T) {
	tr := triage.Begin(hour(), triage.ByCause)
	for i := range 4 {
		tr.AddTrace(spans(t, uint64(i+1), fmt.Sprintf("S pay /pay %d 9 ! ex=E|m", i)))
	}
	if g := tr.Report().Groups[0]; g.Flag != triage.New {
		t.Errorf("the flag is %s", g.Flag)
	}
	for slot := range 6 {
		tr.Cover(slot, 0.5, 1)
	}
	if r := tr.Report(); r.Groups[0].Flag != triage.MaybeNew || !r.Limited || r.Compared != 6 || r.NoSpansBefore {
		t.Errorf("half of it read: the flag is %s, %d compared", r.Groups[0].Flag, r.Compared)
	}
	for slot := range 6 {
		tr.Cover(slot, 0, 0)
	}
	if r := tr.Report(); r.Groups[0].Flag != triage.Steady || r.Compared != 0 || !r.NoSpansBefore {
		t.Errorf("nothing to compare with: the flag is %s, %d compared", r.Groups[0].Flag, r.Compared)
	}
}

// The source's own counts stand in for those of a sample, and are divided as
// the sample is.
func TestSetCounts(t *testing.T) {
	tr := triage.Begin(hour(), triage.ByCause)
	tr.AddTrace(spans(t, 1, paying))
	logs := []trace.ErrorLog{
		errorLog(1, "order", "cannot save 17", 1, 4), errorLog(2, "order", "cannot save 18", 0, 0),
		errorLog(3, "mail", "no paper left", 0, 0), errorLog(4, "mail", "printer 3 is on fire", 0, 0),
	}
	for i := range logs {
		tr.AddLog(&logs[i])
	}
	patterns := tr.Patterns()
	if len(patterns) != 3 || !slices.IsSortedFunc(patterns, func(a, b trace.Pattern) int { return size(b) - size(a) }) {
		t.Fatalf("patterns %v", patterns)
	}
	counts := trace.ErrorCounts{Errors: make([]int64, 12), All: make([]int64, 12)}
	for _, p := range patterns {
		of := make([]int64, 12)
		switch p.Service + p.Parts[0] {
		case "ordercannot save":
			of[0], of[6], of[11] = 10, 1000, 500
		case "mailno paper left":
			of[5], of[7] = 40, 80
		default:
			of = nil // the source could not tell
		}
		counts.Of = append(counts.Of, of)
	}
	counts.Errors[6] = 2000
	tr.SetCounts(patterns, counts)
	r := tr.Report()
	compare(t, r, `
failed order save class="SQLError" detail="cannot save <*>" traces=1 logs=1500 untraced=750 logsbefore=10 gateway:/orders=1
log mail  detail="no paper left" traces=0 before=40 logs=80 untraced=80 logsbefore=40
log mail  detail="printer <*> is on fire" traces=0 logs=1 untraced=1`)
	if r.ErrorLogs != 2000 || r.Untraced != 1500 || !r.Logs.Counted || r.Logs.Read != 4 {
		t.Errorf("%d logs, %d untraced, %+v", r.ErrorLogs, r.Untraced, r.Logs)
	}
	if g := r.Groups[1]; g.Trend[1] != 80 || g.Said[0].Count != 80 || g.Said[0].Example.DocID != "doc3" {
		t.Errorf("%+v", g)
	}
}

func size(p trace.Pattern) int {
	n := 0
	for _, part := range p.Parts {
		n += len(part)
	}
	return n
}

func TestBy(t *testing.T) {
	for by, want := range map[triage.By]string{
		triage.ByService:   "failed order  traces=2 logs=1 untraced=1 gateway:/orders=1 order:/other=1",
		triage.ByOperation: "failed order /other traces=1 order:/other=1\nfailed order save traces=1 gateway:/orders=1\nlog order  traces=0 logs=1 untraced=1",
		triage.ByClass:     "failed   class=\"E\" traces=1 order:/other=1\nfailed   class=\"SQLError\" traces=1 gateway:/orders=1\nlog   traces=0 logs=1 untraced=1",
		triage.ByEntry:     "failed order /other traces=1 order:/other=1\nfailed gateway /orders traces=1 gateway:/orders=1\nlog   traces=0 logs=1 untraced=1",
	} {
		t.Run(by.String(), func(t *testing.T) {
			tr := triage.Begin(hour(), by)
			tr.AddTrace(spans(t, 1, paying))
			tr.AddTrace(spans(t, 2, `S order /other 500 9 ! ex=E|m`))
			l := errorLog(1, "order", "no disk", 0, 0)
			tr.AddLog(&l)
			compare(t, tr.Report(), want)
		})
	}
}

// What a group shows: examples, instances, entries and logs in their order,
// each of bounded number.
func TestShown(t *testing.T) {
	tr := triage.Begin(hour(), triage.ByCause)
	for i := range 150 {
		picture := fmt.Sprintf("S order /orders %d 100 !\n I order save %d 50 ! ex=E|m shelf=%d", i, i, i)
		if i >= 140 { // the newest are absorbed
			picture = fmt.Sprintf("S order /orders %d 100\n I order save %d 50 ! ex=E|m shelf=%d", i, i, i)
		}
		tr.AddTrace(spans(t, uint64(i+1), picture))
	}
	g := tr.Report().Groups[0]
	if g.Traces != 150 || g.Absorbed != 10 || len(g.Examples) != 20 || g.Examples[0].Trace.Lo != 140 || g.Examples[19].Trace.Lo != 121 {
		t.Errorf("%d traces, %d absorbed, examples %v", g.Traces, g.Absorbed, g.Examples)
	}
	in := g.Instances()
	if len(in) != 100 || in[0].Trace.Lo != 150 || in[99].Trace.Lo != 51 {
		t.Fatalf("%d instances", len(in))
	}
	if host := trace.FindText(in[0].Attributes, "host.name"); host != "order-host" || trace.FindText(in[0].Attributes, "shelf") != "149" {
		t.Errorf("attributes %v", in[0].Attributes)
	}
	if g.First != epoch || g.Last != epoch+149*ms {
		t.Errorf("from %d to %d", g.First-epoch, g.Last-epoch)
	}
}

// Nothing of what was handed over is kept: it may be overwritten.
func TestKeepsNothing(t *testing.T) {
	tr, other := triage.Begin(hour(), triage.ByCause), triage.Begin(hour(), triage.ByCause)
	list := spans(t, 1, paying)
	l := withStack(errorLog(1, "order", "cannot save", 1, 4), "Db.save")
	l.Document = []byte(`{"a":1}`)
	for _, x := range []*triage.Triage{tr, other} {
		x.AddTrace(list)
		x.AddLog(&l)
	}
	for i := range list {
		list[i] = trace.Span{Resource: trace.NewResource(nil)}
	}
	copy(l.Document, "#######")
	if a := tr.Report().Groups[0].Said[0].Example; string(a.Document) != `{"a":1}` {
		t.Errorf("the document became %s", a.Document)
	}
	if got := sketch(tr.Report()); got != sketch(other.Report()) {
		t.Errorf("got %s", got)
	}
}

// What a gateway says of any failure follows what is said beside it.
func TestLogsFollowTheirTrace(t *testing.T) {
	tr := triage.Begin(hour(), triage.ByCause)
	for i, cause := range []string{"disk", "cash"} {
		id := uint64(i + 1)
		tr.AddTrace(spans(t, id, fmt.Sprintf("S gateway /orders 0 100 ! http.status_code=500\n I %s work 1 9 ! error.type=%s", cause, cause)))
		for n, l := range []trace.ErrorLog{errorLog(10*i, "gateway", "order failed", id, 1), errorLog(10*i+1, cause, "out of "+cause, id, 2)} {
			tr.AddLog(&l)
			l.DocID, l.TraceID, l.Span = fmt.Sprint("unsampled", i, n), trace.ID{Hi: 7, Lo: id + 50}, 0
			tr.AddLog(&l)
		}
	}
	l := errorLog(50, "gateway", "order failed", 0, 0)
	tr.AddLog(&l)
	compare(t, tr.Report(), `
failed cash work class="cash" detail="out of cash" traces=1 logs=4 untraced=2 gateway:/orders=1
failed disk work class="disk" detail="out of disk" traces=1 logs=4 untraced=2 gateway:/orders=1
log gateway  detail="order failed" traces=0 logs=1 untraced=1`)
}

// Many lines of one request are one occasion: three requests make a new cause.
func TestLinesOfOneRequestAreNoNewCause(t *testing.T) {
	tr := triage.Begin(hour(), triage.ByCause)
	for n := range 9 {
		one, three := errorLog(n, "mail", "no paper", 1, 0), errorLog(20+n, "post", "no stamp", uint64(2+n%3), 0)
		tr.AddLog(&one)
		tr.AddLog(&three)
	}
	for _, g := range tr.Report().Groups {
		want := map[string]triage.Flag{"mail": triage.Steady, "post": triage.New}[g.Service]
		if g.Flag != want || g.Logs != 9 {
			t.Errorf("%s, %d logs: %v, want %v", g.Service, g.Logs, g.Flag, want)
		}
	}
}

// What a gateway says of any failure is shown by an example that the cause made
// it say, or by none.
func TestExamplesAreOfTheirCause(t *testing.T) {
	tr := triage.Begin(hour(), triage.ByCause)
	const other = `
S gateway /orders 0 100 ! http.status_code=500
 C gateway POST 1 98 ! http.status_code=500
  S order /orders 2 95 ! http.status_code=500
   I order load 5 50 ! error.type=NoRow`
	tr.AddTrace(spans(t, 1, paying))
	tr.AddTrace(spans(t, 2, other))
	for n := range 2 {
		l := errorLog(n+1, "gateway", "upstream failed", uint64(n+1), 1)
		tr.AddLog(&l)
	}
	shown := 0
	for _, g := range tr.Report().Groups {
		for _, s := range g.Said {
			if s.Example.DocID == "" {
				continue
			}
			shown++
			if s.Example.TraceID != g.Examples[0].Trace {
				t.Errorf("%s shows a log of %s", g.Operation, s.Example.TraceID)
			}
		}
	}
	if shown != 1 {
		t.Errorf("%d of 1 examples are shown", shown)
	}
}

// A window that is not as long as a slice, or was read in part, is compared by
// its rate.
func TestRatesAreOfEqualLength(t *testing.T) {
	cal := hour()
	cal.Window.Until = epoch + 10*minute - 1 // the slices have an hour
	flag := func(cover float64) triage.Flag {
		tr := triage.Begin(cal, triage.ByCause)
		for n := range 6 * 12 {
			list := spans(t, uint64(100+n), paying)
			for i := range list {
				list[i].Start -= int64(1+n*5) * minute
			}
			tr.AddTrace(list)
		}
		for n := range 10 {
			tr.AddTrace(spans(t, uint64(1+n), paying))
		}
		for slot := range cal.Slots {
			tr.Cover(cal.Slices+slot, cover, 1)
		}
		return tr.Report().Groups[0].Flag
	}
	if got := flag(1); got != triage.Rising {
		t.Errorf("10 in ten minutes, after 12 an hour: %v", got)
	}
	cal.Window.Until = epoch + 60*minute - 1
	if got := flag(1); got != triage.Steady {
		t.Errorf("10 in an hour, after 12 an hour: %v", got)
	}
	if got := flag(0.1); got != triage.Rising {
		t.Errorf("10 in a tenth of an hour, after 12 an hour: %v", got)
	}
}

// A flood of errors is no traffic that errors only keep pace with.
func TestAFloodOfErrorsIsNoTraffic(t *testing.T) {
	cal := hour()
	tr := triage.Begin(cal, triage.ByCause)
	for n := range 5 {
		l := errorLog(n, "mail", fmt.Sprintf("no paper in tray %d", n), 0, 0)
		tr.AddLog(&l)
	}
	patterns := tr.Patterns()
	counts := trace.ErrorCounts{Of: [][]int64{nil}, Errors: make([]int64, cal.Slices+cal.Slots), All: make([]int64, cal.Slices+cal.Slots)}
	for slot := range counts.All {
		counts.Errors[slot] = 100 + int64(slot%2)
		if slot >= cal.Slices {
			counts.Errors[slot] = 1000
		}
		counts.All[slot] = counts.Errors[slot] + 10
	}
	counts.Of[0] = counts.Errors
	tr.SetCounts(patterns, counts)
	if r := tr.Report(); len(patterns) != 1 || len(r.Groups) != 1 || r.Groups[0].Flag != triage.Rising {
		t.Errorf("%d patterns, %+v", len(patterns), r.Groups)
	}
}
