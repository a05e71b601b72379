package tui

import (
	"fmt"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/triage"
)

// lots is a report of so many groups.
func lots(groups int) *triage.Report {
	r := incident()
	kinds := r.Groups
	r.Groups = nil
	for i := range groups {
		g := kinds[i%len(kinds)]
		g.ID = fmt.Sprintf("%08x", i)
		g.Detail = fmt.Sprintf("%s of order ORD-%d", g.Detail, i)
		r.Groups = append(r.Groups, g)
	}
	return r
}

// BenchmarkErrorKeys is from a key to the frame that answers it, with 10,000
// groups.
func BenchmarkErrorKeys(b *testing.B) {
	for _, bench := range []struct {
		name string
		keys []string
	}{
		{"move", []string{"j", "j", "k", "j"}},
		{"page", []string{"pgdown", "ctrl+d", "pgdown", "pgup"}},
		{"ends", []string{"G", "g"}},
		{"flagged", []string{"e", "e", "["}},
		{"expected", []string{"x", "x"}},
		{"group", []string{"enter", "j", "esc"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			d, _ := triages(b, lots(10_000), render.Style{Color: true})
			d.size(200, 50)
			var took spread
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				d.keys(bench.keys[i%len(bench.keys)])
				d.screen()
				took = append(took, time.Since(start))
			}
			took.report(b)
		})
	}
	b.Run("filter", func(b *testing.B) {
		d, _ := triages(b, lots(10_000), render.Style{Color: true})
		d.size(200, 50)
		d.keys("f")
		const typed = "order ord-4711"
		var took spread
		for i := 0; b.Loop(); i++ {
			key := "backspace"
			if at := i % (2 * len(typed)); at < len(typed) {
				key = typed[at : at+1]
			}
			start := time.Now()
			d.keys(key)
			d.screen()
			took = append(took, time.Since(start))
		}
		took.report(b)
	})
}

// BenchmarkErrorScene is from a report to what can be drawn, beside the screen.
func BenchmarkErrorScene(b *testing.B) {
	r := lots(10_000)
	for b.Loop() {
		newErrorScene(r, Scope{}, render.Style{Width: 200})
	}
}
