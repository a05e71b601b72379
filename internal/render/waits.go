package render

import (
	"fmt"
	"math"

	"github.com/otrace/otrace/internal/timeline"
)

// mostWaits is how many services are named that the root waited for.
const mostWaits = 6

// waits tells by service what the root waited for, the most first, and of as
// many as have room. One service alone tells nothing.
func (h *head) waits() {
	total := h.waited()
	if len(h.tl.Waits) < 2 || total <= 0 {
		return
	}
	var texts []string
	for n := min(len(h.tl.Waits), mostWaits); n > 0; n-- {
		texts = append(texts, "critical path: "+shares(h.tl.Waits, n, total))
	}
	h.note(paint{}, h.fitting(h.style.Width, texts...))
}

// waited is how long the root waited for all, itself included.
func (h *head) waited() (total int64) {
	for _, w := range h.tl.Waits {
		total += w.Time
	}
	return total
}

// shares names the first n: "payment 61 %, order 22 %, 3 more 17 %".
func shares(waits []timeline.Share, n int, total int64) string {
	text, rest := "", total
	for _, w := range waits[:n] {
		if text != "" {
			text += ", "
		}
		service := w.Service
		if service == "" {
			service = "no service"
		}
		text += service + " " + share(w.Time, total)
		rest -= w.Time
	}
	if more := len(waits) - n; more > 0 {
		text += fmt.Sprintf(", %d more %s", more, share(rest, total))
	}
	return text
}

func share(d, total int64) string {
	percent := math.Round(float64(d) * 100 / float64(total))
	if percent == 0 && d > 0 {
		return "<1 %"
	}
	return fmt.Sprintf("%.0f %%", percent)
}

// hotShare is the part of the critical path that makes a span worth a sign: no
// more than twenty can have it.
const hotShare = 20

// markPath decides how the critical path is marked. Bars show it whole by their
// weight. Where there are none a sign at each of its spans would be noise: it
// stands at those that much of the time was spent in.
func (t *tree) markPath() {
	if t.hasBars() {
		t.path = t.dividesPath()
		return
	}
	if t.tl.Counts.Spans > 1 {
		t.hot = t.waited() / hotShare
	}
	if !t.anyRow(t.isHot) {
		t.hot = 0
	}
}

// isHot reports whether a sign marks a span.
func (t *tree) isHot(r *timeline.Row) bool {
	return t.hot > 0 && r.Kind == timeline.KindSpan && r.Awaited >= t.hot
}

// dividesPath reports whether bars can tell the critical path: it leads through
// some of the spans that are shown, not through all.
func (h *head) dividesPath() bool {
	on, off := false, false
	for i := range h.tl.Rows {
		if r := &h.tl.Rows[i]; r.Kind == timeline.KindSpan {
			on, off = on || r.Critical, off || !r.Critical
			if on && off {
				return true
			}
		}
	}
	return false
}
