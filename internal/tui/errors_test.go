package tui

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// TestErrorKeys presses keys and tells on which group the cursor is then, and
// what else is to be seen.
func TestErrorKeys(t *testing.T) {
	tests := []struct {
		name string
		keys []string
		on   string
		sees string
	}{
		{"at first", nil, "3f2a91c0", "6 causes · 1 NEW · 1 NEW? · 1 RISING · 97 failing traces · 1240 error logs"},
		{"down and up", []string{"jjk"}, "b81e0d4c", "payment POST · NEW? · b81e0d4c"},
		{"the end", []string{"G"}, "00000b0b", ""},
		{"the next flagged", []string{"ee"}, "77c0ffee", "TimeoutError: upstream"},
		{"none behind it", []string{"eee"}, "77c0ffee", "no other group there is NEW or RISING"},
		{"the one before", []string{"G["}, "77c0ffee", ""},
		{"details alone", []string{"jjd"}, "77c0ffee", "absorbed 22: a retry or a fallback helped"},
		{"from the details to the next", []string{"dJJK"}, "b81e0d4c", "callee not seen"},
		{"scrolling the details", []string{"tab", "jjj"}, "3f2a91c0", ""},
		{"filter by service", []string{"fpayment", "enter"}, "b81e0d4c", "filter: payment  2 of 6"},
		{"filter by operation", []string{"/charge", "enter"}, "77c0ffee", "filter: charge  1 of 6"},
		{"filter by class, whatever the case", []string{"fillegal", "enter"}, "00000b0b", "1 of 6"},
		{"filter by detail", []string{"fgreylisted", "enter"}, "c0ffee12", "1 of 6"},
		{"the cursor stays on its group while one filters", []string{"jjfp", "enter"}, "77c0ffee", ""},
		{"and when the filter goes", []string{"fcharge", "enter", "F"}, "77c0ffee", ""},
		{"giving a filter up", []string{"fcharge", "esc"}, "3f2a91c0", ""},
		{"esc takes the filter away", []string{"fcharge", "enter", "esc"}, "77c0ffee", ""},
		{"what is expected", []string{"xG"}, "e0000002", "expected"},
		{"and not", []string{"xGx"}, "00000b0b", "2 expected, not counted: x"},
		{"filter what is expected", []string{"xf404", "enter"}, "e0000002", "1 of 8"},
		{"about", []string{"i"}, "3f2a91c0", "otrace errors --context prod"},
		{"and back", []string{"i", "esc"}, "3f2a91c0", "SERVICE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := triages(t, incident(), render.Style{})
			d.keys(tt.keys...)
			d.sees(tt.sees).on(tt.on)
		})
	}
}

// An empty list names the filter, and how to take it away.
func TestErrorFilterMatchesNothing(t *testing.T) {
	d, _ := triages(t, incident(), render.Style{})
	d.keys("fzebra", "enter").sees("the filter zebra matches none of 6 groups", "F takes it away", "0 of 6")
	d.keys("enter", "e", "o", "S", "Y", "c").sees("copied the command line")
	d.keys("F").on("3f2a91c0")
}

// That nothing was found is no good news where not everything was looked at.
func TestErrorVerdicts(t *testing.T) {
	for name, want := range map[string]string{
		"none":     "nothing failed · 0 failing traces",
		"unknown":  "no cause was found, but not everything was looked at",
		"expected": "nothing failed but what is expected",
	} {
		d, _ := triages(t, reports()[name], render.Style{})
		d.sees(want, "looked for failed spans, and for error logs")
		if name == "unknown" {
			d.misses("nothing failed")
		}
	}
	d, _ := triages(t, reports()["expected"], render.Style{})
	d.keys("x").on("e0000001").sees("402")
}

// TestErrorLacks tells what is not known, the worst of it always.
func TestErrorLacks(t *testing.T) {
	d, _ := triages(t, reports()["partial"], render.Style{})
	lacks := d.errors().scene.lacks
	if len(lacks) != 7 || !strings.Contains(lacks[0], "elasticsearch is missing: 503") {
		t.Fatalf("the lacks are %q", lacks)
	}
	for _, size := range [][2]int{{24, 6}, {60, 15}, {80, 24}, {120, 40}, {300, 80}} {
		d.size(size[0], size[1])
		d.sees("⋯ elastic")
	}
	d.size(120, 40)
	d.sees("i tells 6 more").keys("i")
	for _, text := range []string{"elasticsearch is missing: 503", "3 of 24 slices were not answered", "500 failing traces were read", "5000 of 1200000", "was not read whole", "of which 17 can be compared", "level of 12 logs"} {
		d.sees(text)
	}
}

// TestErrorsEarly draws what the window holds before it is compared. The cursor
// that was moved stays on its group when it is.
func TestErrorsEarly(t *testing.T) {
	first := incident().Before()
	first.Groups, first.ErrorLogs = first.Groups[:2], 0
	d, source := triages(t, incident(), render.Style{})
	source.early = []*triage.Report{first}
	d.m.views = []view{newErrors(d.m)}
	cmd := d.m.Init()
	v := d.errors()
	scene := func(r *triage.Report) *errorScene {
		s := newErrorScene(r, v.scope, render.Style{})
		s.number = v.asked.number
		return s
	}
	d.m.Update(early[*errorScene]{number: v.asked.number, value: scene(first)})
	d.sees("not compared yet", "the 24h before are still being asked for", "2 causes").on("00000a51").misses("1 NEW")
	d.misses("0 error logs")
	d.m.Update(early[*errorScene]{number: v.asked.number, value: scene(incident().Before())})
	whole := incident().Before().Groups
	d.sees("6 causes").on(whole[0].ID).keys("j") // untouched, the top stays the top
	d.run(cmd)
	d.sees("1 NEW", "against the 24h before").on(whole[1].ID).misses("not compared")

	d.m.Update(early[*errorScene]{number: v.asked.number, value: scene(first)})
	d.sees("6 causes") // it is over
	cmd = v.begin()
	d.m.Update(early[*errorScene]{number: v.asked.number, value: scene(first)})
	d.sees("6 causes", "1 NEW") // what was compared does not give way
	d.keys("ctrl+c").sees("cancelled", "6 causes", "1 NEW")
	d.run(cmd)
	d.sees("6 causes")
}

// What was cancelled before it was compared says so.
func TestErrorsCancelledEarly(t *testing.T) {
	d, _ := triages(t, incident(), render.Style{})
	d.m.views = []view{newErrors(d.m)}
	held := d.m.Init()
	v := d.errors()
	s := newErrorScene(incident().Before(), v.scope, render.Style{})
	s.number = v.asked.number
	d.sees("looking for failed spans")
	d.m.Update(early[*errorScene]{number: v.asked.number, value: s})
	d.keys("ctrl+c")
	d.run(held)
	d.keys("j").sees("not compared: what is new or rising is not known (r asks again)")
	if d.keys("r").misses("not compared"); d.quit {
		t.Error("it quit")
	}
	d.m.views = []view{newErrors(d.m)}
	held = d.m.Init()
	d.keys("ctrl+c", "j").sees("nothing was asked for: r asks")
	d.run(held)
	d.sees("nothing was asked for")
}

// TestErrorsRefresh asks again: the cursor stays on its group, or where that
// was.
func TestErrorsRefresh(t *testing.T) {
	d, source := triages(t, incident(), render.Style{})
	d.keys("jj").on("77c0ffee")
	next := incident()
	slices.Reverse(next.Groups)
	source.report = next
	d.keys("r").on("77c0ffee")
	gone := incident()
	gone.Groups = slices.Delete(gone.Groups, 2, 3)
	source.report = gone
	d.keys("r").on("c0ffee12") // the fourth, as before
	gone = incident()
	gone.Groups = gone.Groups[:1]
	source.report = gone
	d.keys("r").on("3f2a91c0")
	source.report = reports()["none"]
	d.keys("r").sees("nothing failed")
	source.report = incident()
	d.keys("r").on("3f2a91c0")
}

// TestErrorsStale drops answers that nobody waits for.
func TestErrorsStale(t *testing.T) {
	d, _ := triages(t, incident(), render.Style{})
	v := d.errors()
	d.hold = true
	d.keys("r")
	number := v.asked.number
	d.keys("r")
	d.m.Update(answer[*errorScene]{number: number, err: errors.New("too late")})
	if v.err != nil || v.asked.cancel == nil {
		t.Error("an answer to the request before was taken")
	}
	d.release()
	d.sees("6 causes")
}

// TestErrorsFailed shows what went wrong, what to do, and what was there before.
func TestErrorsFailed(t *testing.T) {
	source := &triager{stock: stock{err: errRefused}}
	d := newDriver(t, source, trace.ID{}, render.Style{})
	d.m.opts.Hint = func(error) string { return "check --jaeger" }
	d.size(120, 40)
	d.sees("✗ jaeger: connection refused", "check --jaeger", "r asks again")
	d.keys("jGe[xiwJK", "Yc").sees("connection refused")
	source.err, source.report = nil, incident()
	d.keys("r").on("3f2a91c0")
	source.err, source.report = errRefused, nil
	d.keys("j", "r").on("b81e0d4c").sees("as it was before: jaeger: connection refused (r asks again)")
	source.report = reports()["partial"]
	d.keys("r").sees("broke off, and not all is here: jaeger: connection refused", "i tells 7 more").on("b81e0d4c")
	source.err = nil
	d.keys("r").misses("broke off")
}

// TestErrorScope asks for other windows, services and groupings.
func TestErrorScope(t *testing.T) {
	d, source := triages(t, incident(), render.Style{})
	d.sees("prod ▸ errors 1h ")
	d.keys("t15m", "enter").sees("prod ▸ errors 15m ")
	d.keys("s", "up", "enter").sees("prod ▸ errors 15m catalog ")
	if want := (Scope{Since: "15m", Service: "catalog"}); source.scope != want {
		t.Errorf("asked for %+v, want %+v", source.scope, want)
	}
	d.keys("b").sees("grouped by service")
	d.keys("bbb")
	if source.scope.By != triage.ByEntry {
		t.Errorf("grouped by %s", source.scope.By)
	}
	d.keys("b", "s", "ctrl+u", "enter")
	if want := (Scope{Since: "15m"}); source.scope != want {
		t.Errorf("asked for %+v, want %+v", source.scope, want)
	}
	source.err, source.report = errors.New(`since "noon": no time`), nil
	d.keys("t", "ctrl+u", "noon", "enter").sees("as it was before", "no time").on("3f2a91c0")
	source.err, source.report = nil, incident()
	d.keys(":errors 2h service:payment", "enter").sees("prod ▸ errors noon ▸ errors 2h payment")
	if want := (Scope{Since: "2h", Service: "payment"}); source.scope != want {
		t.Errorf("asked for %+v, want %+v", source.scope, want)
	}
	d.keys(":errors 2h 3h", "enter").sees("write :errors 2h")
	d.hold = true
	d.keys("t", "ctrl+u", "3h", "enter").sees("as it was before, until what was asked for is there")
	d.keys("ctrl+c", "j").sees("as it was before", "what was asked for last did not come")
}

// TestErrorCopy looks at what the terminal is told to keep.
func TestErrorCopy(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		want string
	}{
		{[]string{"Ym"}, "org.postgresql.util.PSQLException: FATAL: remaining connection slots"},
		{[]string{"Y", "enter"}, "org.postgresql.util.PSQLException"},
		{[]string{"jYi"}, "b81e0d4c"},
		{[]string{"Yt"}, fixtureID.String()},
		{[]string{"Yj"}, `"schema": "otrace.error-group/v1"`},
		{[]string{"Yc"}, "otrace errors --context prod"},
		{[]string{"xt2h", "enter", "spay ment", "enter", "bYc"}, "otrace errors --since 2h --service 'pay ment' --group-by service --expected --context prod"},
		{[]string{"enter", "Yc"}, "otrace errors show 3f2a91c0 --context prod"},
		{[]string{"enter", "jYt"}, traceID(2).String()},
		{[]string{"enter", "Yk"}, "## `catalog SELECT items`: NEW"},
		{[]string{"enter", "Yj"}, `"key": "host.name"`},
	} {
		d, _ := triages(t, incident(), render.Style{})
		if d.keys(tt.keys...); !strings.Contains(d.clip(), tt.want) {
			t.Errorf("%q copied %q, want %q", tt.keys, d.clip(), tt.want)
		}
		d.sees("by OSC 52")
	}
	d, _ := triages(t, incident(), render.Style{})
	d.keys("jjjjYt").sees("there is nothing in the trace's ID")
	d.keys("Yz").sees("nothing is copied by z")
}

// clip is what the terminal was told to keep last.
func (d *driver) clip() string {
	_, rest, _ := strings.Cut(d.out.String(), "\x1b]52;c;")
	encoded, _, _ := strings.Cut(rest, "\x07")
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

// TestErrorBrowse opens the newest trace in Jaeger, and copies the address where
// there is no browser.
func TestErrorBrowse(t *testing.T) {
	d, _ := triages(t, incident(), render.Style{})
	d.keys("o").sees("no page is known")
	d.m.opts.Style.JaegerUI = "http://jaeger:16686/"
	d.keys("o").sees("copied the address in Jaeger")
	var opened string
	d.m.opts.Browse = func(address string) error { opened = address; return nil }
	d.keys("enter", "j", "o")
	if want := "http://jaeger:16686/trace/" + traceID(2).String(); opened != want {
		t.Errorf("opened %s, want %s", opened, want)
	}
}

// TestErrorPanes shares the screen between lists and pages.
func TestErrorPanes(t *testing.T) {
	d, _ := triages(t, incident(), render.Style{})
	d.keys("D").misses("in the code")
	if !d.m.state.Hidden {
		t.Error("it is not kept")
	}
	d.keys("tab").sees("in the code") // alone on the screen
	d.keys("esc", "D").sees("in the code", "SERVICE")
	d.keys("tab", "j", "esc").on("3f2a91c0")
	d.keys("w").sees("long lines are cut")
	d.size(200, 60)
	before := d.errors().place.width
	d.screen()
	if d.keys("<").screen(); d.errors().place.width >= before && before != 120 {
		t.Errorf("the list has %d columns, had %d", d.errors().place.width, before)
	}
	if d.m.state.Share != 37 {
		t.Errorf("the share is %d", d.m.state.Share)
	}
}

// TestErrorMouse clicks and turns the wheel in both views.
func TestErrorMouse(t *testing.T) {
	d, _ := triages(t, incident(), render.Style{})
	d.keys("M")
	row := func(text string) int {
		t.Helper()
		for y, line := range strings.Split(d.screen(), "\n") {
			if strings.Contains(line, text) {
				return y
			}
		}
		t.Fatalf("%q is not to be seen:\n%s", text, d.screen())
		return 0
	}
	click := func(x, y int) {
		_, cmd := d.m.Update(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
		d.run(cmd)
	}
	click(3, row("TimeoutError"))
	d.on("77c0ffee")
	d.m.Update(tea.MouseMsg{Button: tea.MouseButtonWheelUp})
	d.on("3f2a91c0")
	click(3, row("PSQLException: FATAL"))
	d.sees("3 of 19 traces")
	click(100, row("8811"))
	if got := d.m.top().(*groupView).current(); got != traceID(2) {
		t.Errorf("clicked on %s", got)
	}
	d.m.Update(tea.MouseMsg{Button: tea.MouseButtonWheelDown})
	if got := d.m.top().(*groupView).current(); got != traceID(3) {
		t.Errorf("the wheel went to %s", got)
	}
	click(3, row("8810"))
	if got := d.m.top().(*groupView).current(); got != traceID(3) {
		t.Errorf("a click on the page went to %s", got)
	}
}

// TestErrorHelp tells of every key that does anything, once.
func TestErrorHelp(t *testing.T) {
	for _, keys := range []string{"", "\n"} {
		d, _ := triages(t, incident(), render.Style{})
		d.size(200, 80)
		if keys != "" {
			d.keys("enter")
		}
		d.keys("?").sees("RISING", "left no span")
		told, taken := d.screen(), map[string]bool{}
		for _, b := range slices.Concat(d.m.bindings(), d.m.top().bindings()) {
			for _, key := range b.keys {
				if !strings.Contains(told, shown(key, false)) {
					t.Errorf("help does not tell of %s", key)
				}
				if b.do != nil && taken[key] {
					t.Errorf("%s is taken twice", key)
				}
				taken[key] = taken[key] || b.do != nil
			}
		}
	}
}

// TestTrail lets the left crumbs give way first, before the counts do.
func TestTrail(t *testing.T) {
	d, source := triages(t, incident(), render.Style{})
	source.traces = []trace.Evidence{shop()}
	d.keys("enter", "enter")
	for width, want := range map[int]string{120: "prod ▸ errors 1h ▸ catalog", 80: "… ▸ 7f3ac91e gateway POST /orders", 60: "… ▸ 7f3ac91e gateway POST /orders", 30: "… ▸ 7f3ac91e"} {
		d.size(width, 24)
		line, _, _ := strings.Cut(d.screen(), "\n")
		if !strings.HasPrefix(line, want) {
			t.Errorf("at %d columns the breadcrumb is %q, want %q", width, line, want)
		}
		if width >= 80 && !strings.HasSuffix(line, "4 errors  9 spans 3 logs") {
			t.Errorf("at %d columns the breadcrumb cuts what there is: %q", width, line)
		}
	}
}

// The views begin where the command line says.
func TestBeginsWith(t *testing.T) {
	for want, opts := range map[string]Options{
		"errors":            {},
		"search k=v":        {Wants: []trace.Condition{{Key: "k", Value: "v"}}},
		shortID(traceID(1)): {ID: traceID(1)},
	} {
		opts.Source = &stock{}
		if got := newModel(t.Context(), &opts).top().crumb(); got != want {
			t.Errorf("%+v begins with %s, want %s", opts, got, want)
		}
	}
}

// Ten thousand groups take one frame's lines to draw.
func TestErrorsDrawOnlyWhatIsSeen(t *testing.T) {
	d, _ := triages(t, lots(10_000), render.Style{})
	d.keys("G").on(fmt.Sprintf("%08x", 9999))
	few, _ := triages(t, lots(100), render.Style{})
	many := testing.AllocsPerRun(5, func() { d.keys("k").screen() })
	if base := testing.AllocsPerRun(5, func() { few.keys("k").screen() }); many > 2*base {
		t.Errorf("a frame of 10,000 groups takes %.0f allocations, one of 100 takes %.0f", many, base)
	}
}
