package tui

import (
	"fmt"
	"testing"

	"github.com/otrace/otrace/internal/render"
)

// TestErrorGoldens draws lists as wide as terminals are.
func TestErrorGoldens(t *testing.T) {
	for name, r := range reports() {
		for _, width := range []int{60, 80, 100, 200} {
			file := fmt.Sprintf("errors.%s.w%d.txt", name, width)
			t.Run(file, func(t *testing.T) {
				d, _ := triages(t, r, render.Style{})
				d.size(width, 30)
				checkScreen(t, d.screen(), width, 30, false)
				golden(t, file, d.screen())
			})
		}
	}
}

// TestErrorGoldenStates draws a list as it is used.
func TestErrorGoldenStates(t *testing.T) {
	for name, tt := range map[string]struct {
		report, keys string
		style        render.Style
	}{
		"about":    {"partial", "i", render.Style{}},
		"counted":  {"incident", "xG", render.Style{}},
		"filtered": {"incident", "fpayment", render.Style{}},
		"page":     {"incident", "d", render.Style{}},
		"help":     {"incident", "?", render.Style{}},
		"ascii":    {"incident", "j", render.Style{ASCII: true}},
		"dark":     {"incident", "j", render.Style{Color: true}},
		"light":    {"incident", "j", render.Style{Color: true, Light: true}},
	} {
		d, _ := triages(t, reports()[tt.report], tt.style)
		d.keys(tt.keys)
		checkScreen(t, d.screen(), 120, 40, tt.style.Color)
		golden(t, "errors-"+name+".txt", d.screen())
	}
}

// TestGroupGoldens draws groups of every kind as wide as terminals are.
func TestGroupGoldens(t *testing.T) {
	for name, tt := range map[string]struct{ report, keys string }{
		"new": {"incident", ""}, "unseen": {"incident", "j"}, "rising": {"partial", "jj"}, "logs": {"incident", "jjjj"}, "hostile": {"hostile", ""}, "expected": {"expected", "x"},
	} {
		for _, width := range []int{60, 80, 100, 200} {
			file := fmt.Sprintf("group.%s.w%d.txt", name, width)
			t.Run(file, func(t *testing.T) {
				d, _ := triages(t, reports()[tt.report], render.Style{})
				d.size(width, 30)
				d.keys(tt.keys, "enter")
				checkScreen(t, d.screen(), width, 30, false)
				golden(t, file, d.screen())
			})
		}
	}
}

// TestEveryErrorSize draws both views at every size: nothing may be too wide or
// too tall, and nothing may break off.
func TestEveryErrorSize(t *testing.T) {
	all := reports()
	all["many"] = lots(300)
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			for k, size := range [][2]int{{60, 15}, {1, 1}, {24, 6}, {30, 9}, {59, 20}, {80, 24}, {99, 30}, {100, 30}, {101, 17}, {120, 40}, {159, 11}, {200, 60}, {300, 80}} {
				ascii := k%2 == 0
				d, _ := triages(t, r, render.Style{Color: !ascii, ASCII: ascii})
				d.size(size[0], size[1])
				for _, keys := range []string{"", "G", "gJ", "x", "Gi", "id", "dD", "wD", "tab", "<<<>", "f", "p", "z", "zz"} {
					d.keys(keys)
					checkSize(t, d, size, !ascii)
				}
				d.keys("esc", "enter")
				for _, keys := range []string{"", "G", "tab", "jj", "d", "dw", "<<D", "y"} {
					d.keys(keys)
					checkSize(t, d, size, !ascii)
				}
			}
		})
	}
}

func checkSize(t *testing.T, d *driver, size [2]int, color bool) {
	t.Helper()
	if size[0] >= leastWidth && size[1] >= leastHeight {
		checkScreen(t, d.screen(), size[0], size[1], color)
	}
}
