package jaeger

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

const (
	// narrowest is the shortest window that is cut: Elasticsearch storage
	// searches by the millisecond.
	narrowest = int64(time.Millisecond)
	// worthTelling is how many traces an answer must have to be asked for a tenth
	// of it again, only to know how the storage chose them.
	worthTelling = 20
	// probeDepth is how many traces show how dense they are, where most of them
	// are only sifted.
	probeDepth = 100
)

// next takes the next window, as far as the storage takes it and as its answer
// is likely not to be full.
func (w *sweep) next() bool {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	if len(w.todo) == 0 {
		return false
	}
	window := w.todo[len(w.todo)-1]
	w.todo = w.todo[:len(w.todo)-1]
	if most := min(w.f.widest, w.width); window.Until-window.From > most {
		older := trace.Window{From: window.From, Until: window.Until - most - 1}
		w.todo = append(w.todo, older)
		window.From = older.Until + 1
	}
	w.search.window = window
	w.search.depth = w.depth()
	return true
}

// depth is how many traces to ask for: no more than may be brought, where the
// server returns nothing else. Steps overlap a little.
func (w *sweep) depth() int {
	left := w.allowed - len(w.confirmed)
	switch {
	case w.sifts && !w.deep && w.width == math.MaxInt64:
		return min(w.most, probeDepth)
	case w.deep || w.sifts:
		return w.most
	case w.allowed == 0 || left < 1:
		return w.f.affordable(w.most)
	case w.asked > 0:
		left += overlap
	}
	return w.f.affordable(min(w.most, left))
}

// overlap is how many traces may come again that the step before brought.
const overlap = 20

// stride makes the next step as long as this one's traces suggest, so that they
// fill 3 fifths of its answer.
func (w *sweep) stride(traces int) {
	factor := 8.0 // it may be quiet for long
	switch {
	case w.width == math.MaxInt64:
		return
	case traces > 0:
		factor = min(0.6*float64(w.search.depth)/float64(traces), 4)
	}
	length := float64(max(narrowest, w.search.window.Until-w.search.window.From)) * factor
	w.width = max(narrowest, int64(min(length, float64(allTime))))
	if w.sifts && traces > 0 {
		w.f.c.learnStride(w.width)
	}
}

// goOn takes the step for told as far back as its oldest trace: the storage
// returns the newest.
func (w *sweep) goOn(ans *fold) {
	window, times := w.search.window, ans.newestFirst()
	oldest := max(window.From, times[len(times)-1])
	switch {
	case window.Until-oldest > narrowest:
		w.tell(oldest+1000, ans)
	case !w.deep && w.search.depth < w.most:
		w.deep, oldest = true, window.Until
	default:
		w.crowd(oldest)
		oldest -= narrowest + 1
	}
	if oldest >= window.From {
		w.todo = append(w.todo, trace.Window{From: window.From, Until: oldest})
	}
}

// narrow asks for the same again, in steps that hold fewer traces: which of
// them the storage returned is not known.
func (w *sweep) narrow(ans *fold) {
	window, times := w.search.window, ans.newestFirst()
	middle := times[len(times)/2]
	length := window.Until - window.From
	if length <= narrowest && w.search.depth >= w.most {
		w.crowd(middle)
		return
	}
	half := window.Until - middle
	if half <= 0 || half > length {
		half = length
	}
	most, hurries := w.most, w.f.hurries() && !w.sifts
	if hurries {
		most = w.f.affordable(most)
	}
	width := 1.2 * float64(half) * float64(most) / float64(w.search.depth)
	if w.search.depth >= most {
		width = min(width, float64(length/2))
	}
	w.deep, w.width = !hurries || length <= narrowest, max(narrowest, int64(min(width, float64(allTime))))
	w.todo = append(w.todo, window)
}

// crowd says that traces cannot be told apart by windows.
func (w *sweep) crowd(at int64) {
	w.f.gap(fmt.Sprintf("more than %s within a millisecond at %s: some are missing",
		plural(w.search.depth, "trace"), time.Unix(0, at).UTC().Format(time.RFC3339Nano)), false)
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	w.hole = true
}

// ordered reports whether a storage that was asked for too many traces returns
// the newest. That is found out once: what is newer than most of an answer,
// asked for by itself, must then hold nothing else. Storage in memory goes by
// when traces arrived.
func (w *sweep) ordered(ctx context.Context, ans *fold, enough bool) bool {
	c := w.f.c
	if known := c.knownOrder(); known != orderUnknown {
		return known == orderNewest
	}
	traces := ans.traces.Len()
	if enough && traces < worthTelling && !w.f.hurries() || w.f.q.LookAt > 0 {
		return false
	}
	if inMemory, err := c.inMemory(ctx, w.d, true); inMemory || err != nil {
		return false
	}
	part := w.search
	part.window.From = ans.newestFirst()[traces/10]
	part.depth = traces
	again, err := w.ask(ctx, &part)
	if err != nil {
		return false
	}
	newest := again.traces.Len() < part.depth
	for _, t := range again.traces.List() {
		newest = newest && ans.traces.Has(t.ID)
	}
	c.learnOrder(newest)
	return newest
}
