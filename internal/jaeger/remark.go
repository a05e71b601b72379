package jaeger

import (
	"fmt"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// remark turns what Jaeger says of the trace, and what it hides in warnings on
// single spans, into gaps and warnings of the whole.
func remark(ev *trace.Evidence, warnings []string) {
	seen := map[string]bool{}
	for _, w := range warnings {
		ev.Warnings = append(ev.Warnings, "jaeger: "+clean(w))
	}
	for i := range ev.Spans {
		for _, w := range ev.Spans[i].Warnings {
			if truncation(w) && !seen[w] {
				seen[w] = true
				ev.Gaps = append(ev.Gaps, trace.Gap{Source: "jaeger", Reason: clean(w)})
			}
		}
	}
	for _, w := range warnings {
		if truncation(w) && !seen[w] {
			seen[w] = true
			ev.Gaps = append(ev.Gaps, trace.Gap{Source: "jaeger", Reason: clean(w)})
		}
	}
}

// truncation reports Jaeger's note on a span that the trace goes on: servers
// with max_trace_size say so on the first span only.
func truncation(warning string) bool {
	w := strings.ToLower(warning)
	if !strings.Contains(w, "trace") {
		return false
	}
	for _, word := range [...]string{"truncated", "max_trace_size", "max trace size", "maximum allowed size", "only first", "showing first", "first spans"} {
		if strings.Contains(w, word) {
			return true
		}
	}
	return false
}

func count(spans int) string { return plural(spans, "span") }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
