package gather_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
)

// A history is both backends of a test: what failed at which moment, and when
// anything went well.
type history struct {
	failed []int64 // ascending
	well   []int64
	logs   []trace.ErrorLog
	broken error // of the spans
	deaf   error // of the logs
	after  int   // questions that are answered before the spans break

	mu    sync.Mutex
	asked []trace.Query
}

func (h *history) EachTrace(ctx context.Context, q trace.Query, each func([]trace.Span)) (trace.Taken, error) {
	if ctx.Err() != nil {
		return trace.Taken{}, ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, q)
	if h.broken != nil && len(h.asked) > h.after {
		return trace.Taken{}, h.broken
	}
	times := h.failed
	if len(q.Conditions) == 0 {
		times = slices.Sorted(slices.Values(slices.Concat(h.failed, h.well)))
	}
	taken := trace.Taken{Total: -1, Since: q.Window.From}
	for _, at := range slices.Backward(times) {
		switch {
		case !q.Window.Holds(at):
		case q.Limit > 0 && taken.Handed == q.Limit:
			taken.More = true
			return taken, nil
		default:
			taken.Handed++
			taken.Since = at
			each([]trace.Span{{Trace: trace.ID{Lo: uint64(at)}, Start: at, Status: trace.StatusError}})
		}
	}
	taken.Since = q.Window.From
	return taken, nil
}

func (h *history) EachErrorLog(ctx context.Context, q trace.ErrorQuery, each func(*trace.ErrorLog)) (trace.Taken, error) {
	if ctx.Err() != nil {
		return trace.Taken{}, ctx.Err()
	}
	if h.deaf != nil {
		return trace.Taken{}, h.deaf
	}
	var fit []trace.ErrorLog
	for _, l := range h.logs {
		excluded := slices.ContainsFunc(q.Without, func(p trace.Pattern) bool { return p.Parts[0] == l.Message })
		if q.Window.Holds(l.Time) && !excluded {
			fit = append(fit, l)
		}
	}
	taken := trace.Taken{Total: int64(len(fit))}
	if taken.More = q.Limit > 0 && len(fit) > q.Limit; taken.More {
		fit, taken.Sampled = fit[:q.Limit], true
	}
	taken.Handed = len(fit)
	for i := range fit {
		each(&fit[i])
	}
	return taken, nil
}

func (h *history) CountErrorLogs(ctx context.Context, q trace.ErrorQuery, patterns []trace.Pattern, edges []int64) (trace.ErrorCounts, error) {
	if ctx.Err() != nil {
		return trace.ErrorCounts{}, ctx.Err()
	}
	if h.deaf != nil {
		return trace.ErrorCounts{}, h.deaf
	}
	n := len(edges) - 1
	counts := trace.ErrorCounts{Of: make([][]int64, len(patterns)), Errors: make([]int64, n), All: make([]int64, n)}
	for i := range counts.Of {
		counts.Of[i] = make([]int64, n)
	}
	for _, l := range h.logs {
		at, found := slices.BinarySearch(edges, l.Time)
		if !found {
			at--
		}
		if at < 0 || at >= n || !q.Window.Holds(l.Time) {
			continue
		}
		counts.Errors[at]++
		counts.All[at]++
		if p := slices.IndexFunc(patterns, func(p trace.Pattern) bool { return p.Parts[0] == l.Message }); p >= 0 {
			counts.Of[p][at]++
		}
	}
	return counts, nil
}

// A notebook is an analysis that writes down what it is given.
type notebook struct {
	mu       sync.Mutex
	traces   map[int64]bool
	messages map[string]int
	spans    map[int]float64
	logs     map[int]float64
	counts   *trace.ErrorCounts
}

func newNotebook() *notebook {
	return &notebook{traces: map[int64]bool{}, messages: map[string]int{}, spans: map[int]float64{}, logs: map[int]float64{}}
}

func (n *notebook) AddTrace(spans []trace.Span) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.traces[spans[0].Start] = true
}

func (n *notebook) AddLog(l *trace.ErrorLog) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.messages[l.Message]++
}

func (n *notebook) Patterns() []trace.Pattern {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []trace.Pattern
	for m := range n.messages {
		list = append(list, trace.Pattern{Parts: []string{m}})
	}
	return list
}

func (n *notebook) SetCounts(_ []trace.Pattern, c trace.ErrorCounts) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts = &c
}

func (n *notebook) Cover(slot int, spans, logs float64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.spans[slot], n.logs[slot] = spans, logs
}

// hourly is a window of 12 slots of 100 behind 24 slices of 1200.
func hourly() gather.ErrorPlan {
	plan := gather.ErrorPlan{Slices: 24}
	for at := int64(1); at < 24*1200; at += 1200 {
		plan.Edges = append(plan.Edges, at)
	}
	for i := range int64(13) {
		plan.Edges = append(plan.Edges, 24*1200+1+i*100)
	}
	return plan
}

const windowFrom = 24*1200 + 1

func every(from, until, step int64) (list []int64) {
	for at := from; at < until; at += step {
		list = append(list, at)
	}
	return list
}

func triage(t *testing.T, plan gather.ErrorPlan, h *history) (gather.Errors, *notebook, error) {
	t.Helper()
	n := newNotebook()
	found, err := gather.TriageErrors(t.Context(), plan, gather.Sources{Failing: h, SpansName: "jaeger", ErrorLogs: h, LogsName: "elasticsearch"}, n, nil)
	return found, n, err
}

func TestFewFailuresAreAllRead(t *testing.T) {
	h := &history{failed: every(1, windowFrom+1200, 97), well: every(1, windowFrom+1200, 300)}
	for i := range 40 {
		h.logs = append(h.logs, trace.ErrorLog{Log: trace.Log{Time: int64(1 + i*700), Message: fmt.Sprint("m", i%3)}})
	}
	found, n, err := triage(t, hourly(), h)
	if err != nil || len(found.Gaps) > 0 || found.TracesCut || found.LogsSampled {
		t.Errorf("%+v %v", found, err)
	}
	if len(n.traces) != len(h.failed) {
		t.Errorf("%d of %d failing traces came", len(n.traces), len(h.failed))
	}
	if got := n.messages["m0"] + n.messages["m1"] + n.messages["m2"]; got != 40 {
		t.Errorf("%d of 40 logs came", got)
	}
	if n.counts != nil {
		t.Error("logs were counted that had all been read")
	}
}

func TestManyFailuresAreReadInEverySlot(t *testing.T) {
	h := &history{failed: every(windowFrom, windowFrom+1200, 1)} // 100 in each slot
	plan := hourly()
	plan.MostTraces = 240
	found, n, err := triage(t, plan, h)
	if err != nil || !found.TracesCut || found.Traces < 200 || found.Traces > 400 {
		t.Errorf("%+v %v", found, err)
	}
	bySlot := make([]int, 12)
	for at := range n.traces {
		bySlot[(at-windowFrom)/100]++
	}
	for i, had := range bySlot {
		if had == 0 {
			t.Errorf("slot %d was not looked at: %v", i, bySlot)
		}
		if is, said := n.spans[24+i]; said && (is != float64(had)/100 && had < 100) {
			t.Errorf("slot %d: %d of 100 are said to be %v", i, had, is)
		}
	}
}

func TestManyLogsAreSampledAndCounted(t *testing.T) {
	h := &history{well: every(1, windowFrom+1200, 100)}
	for i := range 5000 {
		h.logs = append(h.logs, trace.ErrorLog{Log: trace.Log{Time: windowFrom + int64(i%1200), Message: "usual"}})
	}
	h.logs = append(h.logs, trace.ErrorLog{Log: trace.Log{Time: windowFrom + 5, Message: "rare"}}, trace.ErrorLog{Log: trace.Log{Time: 600, Message: "usual"}})
	plan := hourly()
	plan.MostLogs = 100
	found, n, err := triage(t, plan, h)
	if err != nil || !found.LogsSampled || found.AllLogs != 5001 {
		t.Errorf("%+v %v", found, err)
	}
	if n.messages["rare"] != 1 {
		t.Error("what is rare was not seen among what is frequent")
	}
	total := int64(0)
	for _, of := range n.counts.Of {
		for _, c := range of {
			total += c
		}
	}
	if total != 5002 {
		t.Errorf("%d of 5002 were counted", total)
	}
}

func TestASliceWithoutAnythingIsNotCompared(t *testing.T) {
	h := &history{failed: []int64{windowFrom + 7}, well: every(12*1200+2, windowFrom+1200, 300)} // kept for half the time
	found, n, err := triage(t, hourly(), h)
	if err != nil {
		t.Errorf("%+v %v", found, err)
	}
	for i := range 24 {
		is, said := n.spans[i]
		if want := i < 12; want != (said && is == 0) {
			t.Errorf("slice %d: covered %v, said %v", i, is, said)
		}
	}
}

func TestHalfTheErrorsAreWorthKnowing(t *testing.T) {
	down := errors.New("connection refused")
	h := &history{failed: []int64{windowFrom + 7}, well: every(1, windowFrom, 300), deaf: down}
	found, n, err := triage(t, hourly(), h)
	if err != nil || len(n.traces) != 1 || len(found.Gaps) != 1 || found.Gaps[0].String() != "elasticsearch is missing: connection refused" {
		t.Errorf("%+v %v", found, err)
	}
	h.broken = down
	if _, _, err = triage(t, hourly(), h); err == nil || !strings.Contains(err.Error(), "no source answered") {
		t.Errorf("both are down: %v", err)
	}
}

func TestABaselineThatCannotBeHadIsSaid(t *testing.T) {
	h := &history{failed: []int64{windowFrom + 7}, well: every(1, windowFrom, 300), broken: errors.New("gone"), after: 1}
	found, n, err := triage(t, hourly(), h)
	if err != nil || len(n.traces) != 1 {
		t.Fatalf("%+v %v", found, err)
	}
	if len(found.Gaps) != 1 || !strings.Contains(found.Gaps[0].String(), "what was usual before is not known: gone") || !found.Gaps[0].Partial {
		t.Errorf("gaps %v", found.Gaps)
	}
	for i := range 24 {
		if is, said := n.spans[i]; !said || is != 0 {
			t.Errorf("slice %d counts as known", i)
		}
	}
}

func TestTheWindowIsToldBeforeTheBaseline(t *testing.T) {
	h := &history{failed: []int64{600, windowFrom + 7}, well: every(1, windowFrom, 300)}
	n := newNotebook()
	early := -1
	_, err := gather.TriageErrors(t.Context(), hourly(), gather.Sources{Failing: h, SpansName: "jaeger", ErrorLogs: h, LogsName: "elasticsearch"}, n, func(soFar gather.Errors) {
		n.mu.Lock()
		defer n.mu.Unlock()
		early = 0
		if n.traces[windowFrom+7] && soFar.Traces == 1 {
			early = 1
		}
	})
	if err != nil || early != 1 {
		t.Errorf("%d of 1 failing trace of the window was there: %v", early, err)
	}
}

func TestWhatThereIsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := &history{failed: []int64{windowFrom + 7}, well: every(1, windowFrom, 300)}
	n := newNotebook()
	found, err := gather.TriageErrors(ctx, hourly(), gather.Sources{Failing: h, SpansName: "jaeger", ErrorLogs: h, LogsName: "elasticsearch"}, n, func(gather.Errors) { cancel() })
	if !errors.Is(err, context.Canceled) || found.Traces != 1 {
		t.Errorf("%+v %v", found, err)
	}
	if len(found.Gaps) == 0 || !strings.HasSuffix(found.Gaps[0].Reason, "what was usual before is not known: interrupted") {
		t.Errorf("nothing tells what is missing: %v", found.Gaps)
	}
}

// TestASilentSourceIsNotCompared takes what a source that did not answer may
// have had before for unknown, and tells of the source at once.
func TestASilentSourceIsNotCompared(t *testing.T) {
	h := &history{failed: []int64{windowFrom + 7}, well: every(1, windowFrom, 300), deaf: errors.New("connection refused")}
	n := newNotebook()
	var early gather.Errors
	found, err := gather.TriageErrors(t.Context(), hourly(), gather.Sources{Failing: h, SpansName: "jaeger", ErrorLogs: h, LogsName: "elasticsearch"}, n, func(soFar gather.Errors) { early = soFar })
	if err != nil || len(found.Gaps) != 1 || !slices.Equal(early.Gaps, found.Gaps) {
		t.Errorf("%+v; early %+v; %v", found, early, err)
	}
	for i := range 24 {
		if is, said := n.logs[i]; !said || is != 0 || n.spans[i] != 1 {
			t.Errorf("slice %d: logs %v, spans %v", i, is, n.spans[i])
		}
	}
}

// TestAllThereIs asks for what has no time, too.
func TestAllThereIs(t *testing.T) {
	const noTime = 0 // before all slots
	h := &history{failed: []int64{noTime, windowFrom + 7}, logs: []trace.ErrorLog{{Log: trace.Log{Time: noTime, Message: "m"}}}}
	plan := gather.ErrorPlan{Edges: hourly().Edges[24:]}
	if _, n, err := triage(t, plan, h); err != nil || len(n.traces) != 1 || len(n.messages) != 0 {
		t.Errorf("a window holds what lies outside: %v, %v, %v", n.traces, n.messages, err)
	}
	plan.All = true
	if _, n, err := triage(t, plan, h); err != nil || !n.traces[noTime] || len(n.traces) != 2 || n.messages["m"] != 1 {
		t.Errorf("%v, %v, %v", n.traces, n.messages, err)
	}
}
