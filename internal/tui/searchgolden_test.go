package tui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

func plain() render.Style { return render.Style{} }

// searchScreens are what a search may look like. Each is set up and then keyed.
func searchScreens() map[string]func(s *shelf) []string {
	return map[string]func(*shelf) []string{
		"closed": func(*shelf) []string { return nil },
		"asked": func(s *shelf) []string {
			s.found.More, s.found.Untraced = true, 3
			s.found.Gaps = []trace.Gap{{Source: "elasticsearch", Reason: "1 of 5 shards failed", Partial: true}}
			s.found.Warnings = []string{"7 traces whose logs match have no span that does, and are left out"}
			return []string{`:find service:payment op:"POST /charge" order.id=ORD-17 name="Ann Lee" dur:100ms..2s errors since:2h limit:1000`, "enter", "OO", "j"}
		},
		"form":  func(*shelf) []string { return []string{"spay", "down"} },
		"wrong": func(*shelf) []string { return []string{"t2h", "tab", "tab", "fast"} },
		"nothing": func(s *shelf) []string {
			s.found, s.err = trace.Found{}, trace.ErrNotFound
			return []string{":find order.id=ORD-17", "enter"}
		},
		"failed": func(s *shelf) []string {
			s.found, s.err = trace.Found{}, errors.New("no source answered: jaeger: dial tcp 127.0.0.1:16686: connection refused; elasticsearch: dial tcp 127.0.0.1:9200: connection refused")
			return []string{":find order.id=ORD-17", "enter"}
		},
		"hostile": func(s *shelf) []string {
			const bad = "\x1b[2J\x1b]0;x\x07\u202ebad\u200b\r\n\u009b31m"
			one := s.found.Traces[0]
			one.Service, one.Operation, one.Services = bad, bad, []string{bad, "x\x1b[5m"}
			s.found = trace.Found{Traces: []trace.Summary{one}, Gaps: []trace.Gap{{Source: "elasticsearch", Reason: bad}}, Warnings: []string{bad}}
			s.services = []string{bad, "在庫サービスという名前はとても長いのですがそれでも表示されなければなりません" + strings.Repeat("長", 100)}
			return []string{":find a=\u202eb", "enter", "s"}
		},
		"wide": func(s *shelf) []string {
			for i := range s.found.Traces {
				s.found.Traces[i].Operation = strings.Repeat("受注を作成する", 30)
			}
			return []string{":find 顧客=" + strings.Repeat("注文", 80), "enter", "f注"}
		},
		"command":  func(s *shelf) []string { return []string{":find service:"} },
		"commands": func(s *shelf) []string { return []string{":"} },
	}
}

// TestSearchGoldens draws searches as wide as terminals are.
func TestSearchGoldens(t *testing.T) {
	for name, set := range searchScreens() {
		for _, width := range []int{60, 80, 100, 200} {
			file := fmt.Sprintf("search.%s.w%d.txt", name, width)
			t.Run(file, func(t *testing.T) {
				source := lister()
				keys := set(source)
				d := newDriver(t, source, trace.ID{}, render.Style{}).searching()
				d.m.opts.Hint = func(error) string { return "otrace doctor tells what can be reached" }
				d.size(width, 24)
				d.keys(keys...)
				checkScreen(t, d.screen(), width, 24, false)
				golden(t, file, d.screen())
			})
		}
	}
	for _, width := range []int{60, 80, 100, 200} {
		b := newBeside(t)
		b.size(width, 24)
		q := b.ask(":find order.id=ORD-17", "enter")
		found := trace.Found{Traces: b.desk.found.Traces[:3], Asking: []string{"elasticsearch"}}
		for i := range found.Traces {
			found.Traces[i].Uncounted = true
		}
		q.early(found, shelfAnswers[:1])
		b.take()
		b.m.now = func() time.Time { return time.Unix(0, epoch).Add(1300 * time.Millisecond) }
		checkScreen(t, b.screen(), width, 24, false)
		golden(t, fmt.Sprintf("search.early.w%d.txt", width), b.screen())
	}
	for name, style := range map[string]render.Style{"dark": {Color: true}, "ascii": {ASCII: true}} {
		d := newDriver(t, lister(), trace.ID{}, style).searching()
		d.size(100, 24)
		d.keys(":find order.id=ORD-17", "enter", "spay", "down")
		checkScreen(t, d.screen(), 100, 24, style.Color)
		golden(t, "search.style."+name+".txt", d.screen())
	}
}

// TestSearchEverySize draws every screen of a search at every size.
func TestSearchEverySize(t *testing.T) {
	for name, set := range searchScreens() {
		for k, size := range [][2]int{{24, 6}, {25, 7}, {33, 8}, {40, 10}, {59, 12}, {60, 15}, {80, 24}, {99, 30}, {100, 30}, {120, 40}, {300, 80}, {1, 1}} {
			source, ascii := lister(), k%2 == 0
			keys := set(source)
			d := newDriver(t, source, trace.ID{}, render.Style{Color: !ascii, ASCII: ascii}).searching()
			d.size(size[0], size[1])
			d.keys(keys...)
			draw := func() {
				t.Helper()
				if screen := d.screen(); size[0] >= leastWidth {
					checkScreen(t, screen, size[0], size[1], !ascii)
				}
			}
			draw()
			if d.m.prompt != nil {
				d.keys("esc")
			}
			fields := allTerms
			if name != "closed" && name != "hostile" {
				fields = 1 // the form is the same
			}
			d.keys("s")
			for range fields {
				draw()
				if v := d.search(); size[0] >= leastWidth && !strings.Contains(sgr.ReplaceAllString(d.screen(), ""), fieldNames[v.form.at]) {
					t.Errorf("%s at %v: the field is not seen:\n%s", name, size, d.screen())
				}
				d.keys("a b", "down", "down")
				draw()
				d.keys("tab")
			}
			d.keys("esc", "G", "O", "?")
			draw()
		}
	}
}
