package render

import (
	"fmt"
	"strings"

	"github.com/otrace/otrace/internal/timeline"
)

// hidden says how much filters left out. A screen without a row says why.
func (h *head) hidden() {
	n, c := h.tl.Hidden, h.tl.Counts
	switch {
	case n == timeline.Hidden{}:
		return
	case len(h.tl.Rows) == 0:
		const nothing = "the filter matches nothing"
		all := listed(foldContents(&timeline.Fold{Spans: n.Spans, Logs: n.Logs, Events: n.Events}))
		h.note(h.warn, h.fitting(h.style.Width, nothing+": it hides "+all, nothing+": all is hidden", nothing))
		return
	}
	var long, short []string
	for _, k := range [...]struct {
		hidden, of int
		word       string
	}{{n.Spans, c.Spans, "span"}, {n.Logs, c.Logs, "log"}, {n.Events, c.Events, "event"}} {
		if k.hidden > 0 {
			long = append(long, fmt.Sprintf("%d of %s", k.hidden, plural(k.of, k.word)))
			short = append(short, plural(k.hidden, k.word))
		}
	}
	h.note(h.dim, h.fitting(h.style.Width, "hidden: "+strings.Join(long, ", "), "hidden: "+strings.Join(short, ", ")))
}

// listed is "a, b and c".
func listed(parts []string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// foldedRows says how much is folded, to whoever can ask for all of it.
func (h *head) foldedRows() {
	if h.tl.Folded == 0 || h.style.Width == 0 {
		return
	}
	n := 0
	for i := range h.tl.Rows {
		if f := h.tl.Rows[i].Fold; f != nil {
			n += f.Spans + f.Logs + f.Events
		}
	}
	long := fmt.Sprintf("%s %s folded into %d: --all shows each", h.folded, plural(n, "row"), h.tl.Folded)
	h.note(h.dim, h.fitting(h.style.Width, long, h.folded+" "+plural(n, "row")+" folded: see --all"))
}
