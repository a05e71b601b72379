package main

import (
	"fmt"
	"io"
	"math"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
)

// columns stand over every table.
const columns = "            error µs by span    error µs by clock   inverted %  logs misord. %  clean moved %  early %  uncontained %  in bounds %  hard %\n"

// print draws a result and holds it against its aims.
func (r *result) print(w io.Writer, title string, aims scenario.Aims) {
	fmt.Fprintf(w, "\n%s (%d traces, %.1f spans)\n%s", title, r.traces, float64(r.spans)/float64(max(r.traces, 1)), columns)
	for m := range numMethods {
		a, b, t := r.mean(m, bySpan), r.mean(m, byClocks), &r.total[m]
		fmt.Fprintf(w, "  %-9s %9.1f ± %-7.1f %9.1f ± %-7.1f %10s %15s %14s %8s %14s %12s %7s\n", m, a.mean, a.se, b.mean, b.se,
			percent(t.inverted), percent(t.misordered), percent(t.cleanMoved), percent(t.early), percent(t.uncontained),
			percent(t.within), percent(t.withinHard))
	}
	r.printAims(w, aims)
}

func percent(s share) string {
	p, ok := s.percent()
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.2f", p)
}

// printAims tells for each aim whether it is met.
func (r *result) printAims(w io.Writer, aims scenario.Aims) {
	span := r.printRatio(w, otrace)
	r.printRatio(w, provable)
	t := &r.total[otrace]
	moved, _ := t.cleanMoved.percent()
	if aims.Ratio > 0 {
		printAim(w, "of Jaeger's error by span", span.mean, aims.Ratio)
	}
	if aims.Inverted > 0 {
		p, _ := t.inverted.percent()
		printAim(w, "% inverted", p, aims.Inverted)
	}
	if aims.Misordered > 0 {
		p, _ := t.misordered.percent()
		printAim(w, "% of log lines misordered", p, aims.Misordered)
	}
	if aims.Still {
		printAim(w, "% clean spans moved", moved, 0)
	}
	if aims.Moved > 0 {
		printAim(w, "% clean spans moved", moved, aims.Moved)
	}
}

// printRatio holds a method against Jaeger's and returns the ratio by span.
func (r *result) printRatio(w io.Writer, m method) estimate {
	span, clock := r.ratio(m, jaeger, bySpan), r.ratio(m, jaeger, byClocks)
	if !math.IsNaN(span.mean) {
		fmt.Fprintf(w, "  %s of Jaeger's error: by span %.4f ± %.4f, by clock %.4f ± %.4f\n", m, span.mean, span.se, clock.mean, clock.se)
	}
	return span
}

func printAim(w io.Writer, what string, got, most float64) {
	verdict := "met"
	if got > most {
		verdict = "MISSED"
	}
	fmt.Fprintf(w, "  aim: at most %.3g %s: %.3g, %s\n", most, what, got, verdict)
}
