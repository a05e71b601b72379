package jaeger

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// A search is one question: for traces that have a span of which all this
// holds. Its window is closed on both sides.
type search struct {
	service   string
	operation string
	tags      []trace.Condition // in one spelling
	min, max  int64             // nanoseconds; zero is no limit
	window    trace.Window
	depth     int // the most traces to return
}

// until is the end of the window to ask for: some servers leave the last
// moment out, and what is too new is found out here.
func (s *search) until() int64 { return s.window.Until + 1000 }

// How far a search looks that was given no start, and how long a window is put
// into one question. Every dialect wants both ends. Jaeger's own memory takes
// any length. Elasticsearch storage names every daily index of the window in
// one request, whose first line may have 4,096 bytes: with the prefix "jg" 140
// days fit and 150 do not, and hourly indices or a longer prefix leave less.
// It must not be tried out: Elasticsearch answers by closing the connection,
// and whoever searches next is told "EOF". Cassandra looks for durations hour
// by hour.
const (
	allTime = 10 * 365 * 24 * time.Hour
	recent  = 90 * 24 * time.Hour
)

// ahead is how far beyond now a search looks whose window is open: a clock
// that is fast stamps spans with the future.
const ahead = time.Hour

// FindSpans searches for traces by their spans. What the server returns is
// confirmed on this side: a trace counts when one span has all that is asked
// for. Keys are asked for in every spelling, and errors under both names that
// storages keep them by. The newest traces come first, by the time of the
// spans that were looked for; storage in memory takes those that arrived last
// for the newest. Finding nothing is no error.
func (c *Client) FindSpans(ctx context.Context, q trace.Query) (trace.Found, error) {
	f := newFinder(c, q)
	err := f.work(ctx)
	found := f.found()
	switch {
	case err == nil:
	case len(found.Traces) == 0, errors.Is(err, context.Canceled):
		return trace.Found{}, fmt.Errorf("jaeger: %w", err)
	default:
		found.Gaps = append(found.Gaps, onlySome(len(found.Traces), err))
	}
	return found, nil
}

// work searches until all is found or the context ends.
func (f *finder) work(ctx context.Context) error {
	_, err := inTime(ctx, func() (struct{}, error) { return struct{}{}, f.find(ctx) })
	if errors.Is(ctx.Err(), context.Canceled) {
		return context.Canceled // though single searches may have ended well
	}
	return err
}

// onlySome is the gap that an error leaves which came after some traces.
func onlySome(traces int, err error) trace.Gap {
	return trace.Gap{
		Source: "jaeger", Reason: fmt.Sprintf("only %s came: %v", plural(traces, "trace"), err),
		Partial: true, Refused: errors.Is(err, trace.ErrRefused),
	}
}

// A finder is one FindSpans or EachTrace at work. What it has found can be
// taken at any time.
type finder struct {
	c      *Client
	q      trace.Query // as it is confirmed
	window trace.Window
	open   bool // the window's start is ours
	began  time.Time
	// unheard is how many sweeps have not had any answer yet: where time is
	// short, each is heard before any is heard out.
	unheard atomic.Int32
	out     *outlet // where whole traces go; nil when only their summaries are wanted

	mu          sync.Mutex
	traces      map[trace.ID]*hit
	looks       int // traces that were looked at
	spansLooked int
	sweeps      []*sweep
	gaps        map[string]trace.Gap
	warnings    map[string]bool
	widest      int64 // the longest window of one question
}

// A hit is a trace that was returned, and whether a span of it confirms that.
type hit struct {
	trace.Summary
	confirmed bool
	adjusted  adjusted.Outcome
}

// newFinder closes the window, and rounds what is confirmed down to
// microseconds, which is all that some storages and dialects keep.
func newFinder(c *Client, q trace.Query) *finder {
	f := &finder{c: c, q: q, began: c.now(), window: q.Window, widest: int64(recent), warnings: map[string]bool{}}
	f.q.Window.From -= f.q.Window.From % 1000
	f.q.MinDuration -= f.q.MinDuration % 1000
	if f.window.Until == 0 {
		f.window.Until = c.now().Add(ahead).UnixNano()
	}
	if f.window.From == 0 {
		f.open = true
		f.window.From = max(1, f.window.Until-int64(recent))
	}
	f.reset()
	return f
}

// reach settles how far an open window goes: all the way in memory.
func (f *finder) reach(inMemory bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case inMemory:
		f.widest = math.MaxInt64
		if f.open {
			f.window.From = max(1, f.window.Until-int64(allTime))
		}
	case f.open:
		f.warnings[fmt.Sprintf("only %d days were searched: a window in the query reaches further back", recent/day)] = true
	}
}

func (f *finder) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.traces, f.gaps = map[trace.ID]*hit{}, map[string]trace.Gap{}
	f.looks, f.spansLooked, f.sweeps = 0, 0, nil
}

// find asks in the dialect that fits. Where none regards conditions, all that
// the rest of the query finds is sifted here.
func (f *finder) find(ctx context.Context) error {
	if f.window.From > f.window.Until {
		return nil // nothing is within it
	}
	blind := false
	err := f.c.speak(func(d dialect) error {
		f.reset()
		err := f.ask(ctx, d, f.q.Conditions)
		blind = blind || errors.Is(err, errBlind)
		return err
	})
	if !blind || !elsewhere(err) {
		return err
	}
	return f.c.speak(func(d dialect) error {
		f.reset()
		return f.ask(ctx, d, nil)
	})
}

// ask puts every form of the query in one dialect: for any service where that
// is possible, else for each that there is.
func (f *finder) ask(ctx context.Context, d dialect, conditions []trace.Condition) error {
	inMemory, err := f.c.inMemory(ctx, d, f.open || slices.ContainsFunc(conditions, trace.Condition.AsksForError))
	if err != nil {
		return err
	}
	f.reach(inMemory)
	forms, left := spell(conditions, inMemory)
	if left > 0 {
		f.warn(fmt.Sprintf("asked for %d of %d spellings of the keys", len(forms), len(forms)+left))
	}
	if f.c.knowsOneName() {
		forms = withoutOther(forms)
	}
	err = f.sweepAll(ctx, d, []string{f.q.Service}, forms)
	if f.q.Service != "" || !errors.Is(err, errService) {
		return err
	}
	services, err := f.c.list(ctx, func() ([]string, error) { return d.services(ctx) })
	if err != nil {
		return err
	}
	if !inMemory && f.c.now().UnixNano()-f.window.From > int64(lookback) {
		f.warn("asked for each service that Jaeger lists: one that was last seen days ago may be missing from the list")
	}
	return f.sweepAll(ctx, d, services, forms)
}

// lookback is how far Elasticsearch storage looks for services by default.
const lookback = 72 * time.Hour

func (f *finder) warn(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.warnings[text] = true
}

// gap says what is missing, each reason once.
func (f *finder) gap(reason string, refused bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gaps[reason] = trace.Gap{Source: "jaeger", Reason: reason, Partial: true, Refused: refused}
}
