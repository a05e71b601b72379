package tui

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// TestFilterStories types filters and searches, and looks at what is seen.
func TestFilterStories(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		row  string
		sees string
	}{
		{"either", []string{"flevel>=warn or service:mail", "enter", "G"}, "send", "filter: level>=warn or service:mail  7 of 13 rows"},
		{"not that", []string{"f-service:mail -service:payment", "enter", "G"}, "answered", "4 of 13 rows"},
		{"a field", []string{"forder.id:ORD-17 level>=error", "enter", "G"}, "card refused", "1 of 13 rows"},
		{"an attribute of an event", []string{"fexception.type=CardError", "enter", "G"}, "exception", "1 of 13 rows"},
		{"what is wrong is told as it is typed, and the rows stay", []string{"fservice:pay level>=errx dep", "ctrl+w", "depth<=x"}, "POST /orders", `"x" is no number of levels`},
		{"rows stay", []string{"fservice:pay depth<=x"}, "POST /orders", "filter: service:pay depth<=  3 of 13 rows"},
		{"what is wrong can be mended", []string{"flevel>=loud", "enter", "ctrl+w", "level>=error service:pay", "enter", "G"}, "card refused", "filter: level>=error service:pay  3 of 13 rows"},
		{"or given up", []string{"flevel>=loud", "enter", "esc"}, "POST /orders", "13 rows"},
		{"nothing is left", []string{"fservice:mail err or zebra", "enter"}, "POST /orders", "the filter service:mail err or zebra matches nothing: it hides 9 spans, 3"},
		{"the critical path of either", []string{"fservice:mail or service:payment", "enter", "c"}, "POST /orders", "filter: (service:mail or service:payment) critical"},
		{"and all of either again", []string{"fservice:mail or service:payment", "enter", "cc"}, "POST /orders", "filter: (service:mail or service:payment)  9 of 13 rows"},
		{"a service beside either", []string{"ferr or nologs", "enter", "3", "enter", "G"}, "card refused", "filter: (err or nologs) service:payment"},
		{"the filter stays in the tabs", []string{"f-service:gateway", "enter", "2G"}, "card refused", "filter: -service:gateway  10 of 13 rows"},
		{"the filter stays when clocks change", []string{"fcard or -service:mail", "enter", "s"}, "POST /orders", "filter: card or -service:mail  7 of 13 rows"},
		{"and when they change back", []string{"fcard or -service:mail", "enter", "ssG"}, "answered", "7 of 13 rows"},
		{"a filter that was typed on other clocks", []string{"fcard", "enter", "s", "f", "ctrl+u", "mail", "enter", "s"}, "POST /orders", "filter: mail  6 of 13 rows"},
		{"a search is counted as it is typed", []string{"/ref"}, "POST /orders", "  1 row "},
		{"and is nowhere", []string{"/refx"}, "POST /orders", "/refx: 0 rows"},
		{"or hidden", []string{"fservice:gateway", "enter", "/e"}, "POST /orders", "3 rows, and 10 that the filter hides"},
		{"a search with a mistake", []string{"/", "/a(/"}, "POST /orders", "missing closing )"},
		{"a search in capitals", []string{"/cARD"}, "POST /orders", "  nowhere"},
		{"a search given up leaves the one before", []string{"/refu", "enter", "/order", "esc", "n"}, "card refused", "/refu: 1 of 1, from the top again"},
		{"forwards from the end", []string{"G", "/order", "enter"}, "POST /orders", "from the top again"},
		{"a search stays when clocks change", []string{"/refu", "enter", "gsn"}, "card refused", "/refu: 1 of 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, shop())
			d.keys(tt.keys...)
			d.sees(tt.sees)
			v := d.trace()
			if got := messageOf(&v.scene.tl.Rows[v.selected]); !strings.HasPrefix(got, tt.row) {
				t.Errorf("the cursor is on %q, want %q:\n%s", got, tt.row, d.screen())
			}
		})
	}
}

// TestFilterAtOnce has the rows in the frame that echoes the key, once the texts
// were read; before that they follow.
func TestFilterAtOnce(t *testing.T) {
	d := open(t, shop())
	d.hold = true
	d.keys("fcar").misses("of 13 rows")
	d.release()
	d.sees("filter: car  2 of 13 rows")
	d.hold = true
	d.keys("d").sees("filter: card  2 of 13 rows")
	d.keys("backspace", "backspace").sees("filter: ca  ")
	d.keys(" /o$/").sees("filter: ca /o$  0 of 13 rows")
	if len(d.held) != 1 {
		t.Fatalf("%d pieces of work, want that of the regular expression", len(d.held))
	}
	d.keys("ctrl+u", "card").sees("filter: card  2 of 13 rows")
	d.release()
	d.sees("filter: card  2 of 13 rows") // the other came too late
	d.hold = true
	d.keys("enter", "/refu").sees("  1 row ")
	d.keys("esc").release()
}

// TestSearchWaits goes to the first row that has a text as soon as it is known.
func TestSearchWaits(t *testing.T) {
	d := open(t, shop())
	d.hold = true
	d.keys("/refused", "enter")
	if got := messageOf(d.trace().currentRow()); got != "POST /orders" {
		t.Errorf("the cursor is on %s already", got)
	}
	d.release()
	d.sees("/refused: 1 of 1")
	if got := messageOf(d.trace().currentRow()); got != "card refused" {
		t.Errorf("the cursor is on %s", got)
	}
}

// TestSpans tells where the text stands that is looked for.
func TestSpans(t *testing.T) {
	for _, tt := range []struct{ search, text, want string }{
		{"order", "Order, order: reorder", "[Order], [order]: re[order]"},
		{"Order", "Order, order", "[Order], order"},
		{"é", "É é", "É [é]"},
		{"aa", "aaaaa", "[aa][aa]a"},
		{"/o.|$/", "go on", "g[o ][on]"},
		{"", "any", "any"},
		{"longer than it", "long", "long"},
	} {
		s, err := newSearch(tt.search)
		if err != nil {
			t.Fatal(err)
		}
		got, at := "", 0
		for _, span := range s.spans(tt.text) {
			got += tt.text[at:span[0]] + "[" + tt.text[span[0]:span[1]] + "]"
			at = span[1]
		}
		if got += tt.text[at:]; got != tt.want {
			t.Errorf("%q stands so: %s, want %s", tt.search, got, tt.want)
		}
	}
}

// TestCopySaysWhatFlagsCannot copies no command line that shows something else
// without saying so.
func TestCopySaysWhatFlagsCannot(t *testing.T) {
	const show = "otrace show 7f3ac91e4bf92f3577b34da6a3ce929d --context prod"
	for _, tt := range []struct{ typed, want string }{
		{"level>=warn or err", "# no flags say the filter level>=warn or err: this shows every row\n" + show},
		{"-card", "# no flags say the filter -card: this shows every row\n" + show},
		{"order.id:7", "# no flags say the filter order.id:7: this shows every row\n" + show},
		{"level=warn", "# no flags say the filter level=warn: this shows every row\n" + show},
		{"dur<2s", "# no flags say the filter dur<2s: this shows every row\n" + show},
		{"a /b/", "# no flags say the filter a /b/: this shows every row\n" + show},
		{"service=pay svc:a,b*c op:x op=y dur>1.2345s level:warn", show + " --level warn --min-duration 1.2345s --service 'pay,a*,b*c' --operation 'x*' --operation y"},
		{"err or", show + " --errors"},
	} {
		d := open(t, shop())
		d.keys("f"+tt.typed, "enter", "Yc")
		_, rest, _ := strings.Cut(d.out.String(), "\x1b]52;c;")
		encoded, _, _ := strings.Cut(rest, "\x07")
		if got, err := base64.StdEncoding.DecodeString(encoded); err != nil || string(got) != tt.want {
			t.Errorf("%s copied\n%s, %v; want\n%s", tt.typed, got, err, tt.want)
		}
	}
}

// TestLayOutKept has the lines that going through all rows makes.
func TestLayOutKept(t *testing.T) {
	for name, ev := range orders(t) {
		d := open(t, ev)
		s, rng := d.trace().scene, rand.New(rand.NewPCG(1, 7))
		x := timeline.NewIndex(s.tl)
		for range 50 {
			f := timeline.Filter{Level: trace.Level(rng.IntN(7)), NoLogs: rng.IntN(2) == 0, Errors: rng.IntN(3) == 0, Phrase: [...]string{"", "order", "e"}[rng.IntN(3)]}
			s.sift = sift(s.tl, x, "", &f)
			for i := range s.closed {
				s.closed[i] = rng.IntN(8) == 0
			}
			s.layOut()
			if want := linesOf(s); !slices.Equal(s.lines, want) {
				t.Fatalf("%s: %+v lays out\n%v, want\n%v", name, f, s.lines, want)
			}
			for i := range s.at {
				if k := slices.IndexFunc(s.lines, func(l line) bool { return l.row == int32(i) }); int32(k) != s.at[i] {
					t.Fatalf("%s: row %d is said to be on line %d, and is on %d", name, i, s.at[i], k)
				}
			}
		}
	}
}

// linesOf goes through all rows.
func linesOf(s *scene) (lines []line) {
	for i := int32(0); i < int32(len(s.tl.Rows)); i++ {
		r := &s.tl.Rows[i]
		if !s.sift.keep[i] {
			continue
		}
		l := line{row: i, fold: nothing, silence: nothing, depth: r.Depth}
		for k := i + 1; k < int32(len(s.tl.Rows)) && s.tl.Rows[k].Depth >= r.Depth; k++ {
			l.more = l.more || s.tl.Rows[k].Depth == r.Depth && s.sift.keep[k]
		}
		lines = append(lines, l)
		if s.closed[i] {
			i += r.Subtree
		}
	}
	return lines
}

// A filter's answer that comes for other rows than are shown changes nothing, nor
// does a search's.
func TestFilterOfOtherRows(t *testing.T) {
	d := open(t, shop())
	v := d.trace()
	d.hold = true
	d.keys("fcard", "enter", "/card")
	ev := shop()
	v.scene = sceneOf(&ev, skew.Off, render.Style{})
	d.release()
	if v.scene.sift != nil || v.search.rows != nil {
		t.Errorf("%v and %v are of other rows", v.scene.sift, v.search.rows)
	}
}
