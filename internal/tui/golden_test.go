package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestGoldens draws each tab of several traces as wide as terminals are.
func TestGoldens(t *testing.T) {
	all := orders(t)
	traces := map[string]trace.Evidence{"declined": all["declined"], "retry-storm": all["retry-storm"], "lost-parent": all["lost-parent"], "hostile": hostile(), "wide": wide()}
	for name, ev := range traces {
		if ev.ID.IsZero() {
			t.Fatalf("there is no scenario %s", name)
		}
		for _, width := range []int{60, 80, 100, 200} {
			for tab := range tabs {
				file := fmt.Sprintf("%s.%s.w%d.txt", name, strings.ToLower(strings.Fields(tabNames[tab])[0]), width)
				t.Run(file, func(t *testing.T) {
					d := newDriver(t, &stock{traces: []trace.Evidence{ev}}, ev.ID, render.Style{})
					d.size(width, 30)
					d.keys("ee", fmt.Sprint(int(tab)+1))
					checkScreen(t, d.screen(), width, 30, false)
					golden(t, file, d.screen())
				})
			}
		}
	}
}

// TestGoldenStyles draws one trace in every style, and help.
func TestGoldenStyles(t *testing.T) {
	declined := orders(t)["declined"]
	source := &stock{traces: []trace.Evidence{declined, wide(), hostile()}}
	for name, style := range map[string]render.Style{"dark": {Color: true}, "light": {Color: true, Light: true}, "ascii": {ASCII: true}} {
		d := newDriver(t, source, declined.ID, style)
		d.size(120, 30)
		d.keys("ee")
		checkScreen(t, d.screen(), 120, 30, style.Color)
		golden(t, "style."+name+".txt", d.screen())
	}
	for _, width := range []int{60, 80, 100, 200} {
		d := newDriver(t, source, trace.ID{}, render.Style{}).searching()
		d.size(width, 24)
		d.keys("G", "enter", "?")
		checkScreen(t, d.screen(), width, 24, false)
		golden(t, fmt.Sprintf("help.w%d.txt", width), d.screen())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	lines := strings.Split(got, "\n")
	for k := range lines {
		lines[k] = strings.TrimRight(lines[k], " ")
	}
	got = strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (run with -update to accept):\n%s", path, diff)
	}
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// checkScreen fails when a screen has not the lines that it should, when a line
// is too wide, or when anything acts on the terminal but colours.
func checkScreen(t *testing.T, screen string, width, height int, color bool) {
	t.Helper()
	lines := strings.Split(screen, "\n")
	if len(lines) != height {
		t.Errorf("%d lines, want %d", len(lines), height)
	}
	plain := sgr.ReplaceAllString(screen, "")
	if !color {
		if left := strings.NewReplacer("\x1b[7m", "", "\x1b[27m", "").Replace(screen); strings.Contains(left, "\x1b[") {
			t.Errorf("colours where there should be none")
		}
	}
	for k, line := range strings.Split(plain, "\n") {
		if w := ansi.StringWidth(line); w > width {
			t.Errorf("line %d has %d columns, want at most %d: %q", k, w, width, line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d' || r == '\u2028' {
				t.Errorf("line %d holds %U: %q", k, r, line)
			}
		}
	}
}

// TestEverySize draws every tab of every trace at every size: nothing may be too
// wide or too tall, and nothing may break off.
func TestEverySize(t *testing.T) {
	all := orders(t)
	all["wide"], all["hostile"] = wide(), hostile()
	all["empty"] = trace.Evidence{ID: fixtureID, Logs: []trace.Log{{Time: trace.NoTime, Message: "when was this?"}}, NoTrace: true}
	for name, ev := range all {
		t.Run(name, func(t *testing.T) {
			for k, size := range [][2]int{{60, 15}, {1, 1}, {24, 6}, {59, 20}, {80, 24}, {99, 30}, {100, 30}, {101, 17}, {120, 40}, {300, 80}} {
				ascii := k%2 == 0
				d := newDriver(t, &stock{traces: []trace.Evidence{ev}}, ev.ID, render.Style{Color: !ascii, ASCII: ascii})
				d.size(size[0], size[1])
				for _, keys := range []string{"G", "gJ2", "3", "4G", "1d", "dezz", "s", "-w", "f"} {
					d.keys(keys)
					if size[0] >= leastWidth && size[1] >= leastHeight {
						checkScreen(t, d.screen(), size[0], size[1], !ascii)
					}
				}
				d.keys("err", "enter", "1")
				checkScreen(t, d.screen(), max(size[0], 9), len(strings.Split(d.screen(), "\n")), !ascii)
			}
		})
	}
}
