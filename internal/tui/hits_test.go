package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// finder looks for a phrase.
func finder(phrase string) func(string) [][2]int {
	s := search{text: phrase, want: timeline.Filter{Phrase: phrase}}
	return s.spans
}

func TestLit(t *testing.T) {
	for _, test := range []struct {
		name, line, phrase string
		from, to           int
		want               string
	}{
		{"a hit", "  1.0 pay for it", "pay", 6, 16, "  1.0 <pay> for it"},
		{"each hit", "pay to PAY", "pay", 0, 10, "<pay> to <PAY>"},
		{"case that matters", "pay to Pay", "Pay", 0, 10, "pay to <Pay>"},
		{"no hit beside the text", " 12.0 12 apples 12ms", "12", 6, 15, " 12.0 <12> apples 12ms"},
		{"no hit that is cut", "order pay", "pay", 0, 8, "order pay"},
		{"styles do not part it", "\x1b[1mor\x1b[0m\x1b[2mder\x1b[0m 7", "order", 0, 7, "\x1b[1m<or\x1b[0m<\x1b[2m<der>\x1b[0m 7"},
		{"codes are no text", "\x1b[38;5;203m38\x1b[0m", "38", 0, 2, "\x1b[38;5;203m<38>\x1b[0m"},
		{"two columns a character", "受注を作成 pay 注文", "作成", 0, 19, "受注を<作成> pay 注文"},
		{"after those, by columns", "受注 a a", "a", 6, 8, "受注 a <a>"},
		{"a whole character", "x👩‍👩‍👧‍👦x", "👩", 0, 4, "x<👩‍👩‍👧‍👦>x"},
		{"its second half once", "x👩‍👩‍👧‍👦👩", "👩", 0, 5, "x<👩‍👩‍👧‍👦><👩>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := lit(test.line, test.from, test.to, finder(test.phrase), "<", ">")
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			marked := lit(test.line, test.from, test.to, finder(test.phrase), "\x1b[7m", "\x1b[27m")
			if ansi.Strip(marked) != ansi.Strip(test.line) || ansi.StringWidth(marked) != ansi.StringWidth(test.line) {
				t.Errorf("%q says something else than %q", marked, test.line)
			}
		})
	}
}

func TestHitsOfARegularExpression(t *testing.T) {
	re, err := compile("ord.?|x*")
	if err != nil {
		t.Fatal(err)
	}
	s := search{text: "/ord.?|x*/", want: timeline.Filter{Text: re}}
	if got := fmt.Sprint(s.spans("an Order")); got != "[[3 7]]" {
		t.Errorf("hits at %s, want one and none that is empty", got)
	}
}

// What is looked for stands out in the rows and in the details, on the cursor's
// row, too, with and without colours.
func TestHitsAreSeen(t *testing.T) {
	ev := trace.Evidence{
		ID: fixtureID, Spans: []trace.Span{span(1, 0, "gateway", "POST /orders", 0, 50*ms)},
		Logs: []trace.Log{entry(1, "gateway", 2*ms, trace.LevelInfo, "order taken"), entry(1, "gateway", 3*ms, trace.LevelInfo, "no Order left")},
	}
	for name, style := range map[string]render.Style{"plain": {}, "dark": {Color: true}, "light": {Color: true, Light: true}} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, &stock{traces: []trace.Evidence{ev}}, ev.ID, style)
			d.size(100, 24)
			d.keys("/order", "enter")
			on, off := "\x1b[7m", "\x1b[27m"
			d.sees(on + "Order" + off + " left")
			if !style.Color {
				on, off = off, on // the cursor's row is drawn like hits are elsewhere
			}
			d.sees(on + "order" + off + " taken")
			d.keys("2")
			d.sees(on + "order" + off + " taken")
			d.keys("d").sees("\x1b[7morder\x1b[27m taken")
			d.keys("d", "4").sees("\x1b[7morder\x1b[27m taken")
			d.keys("1", "esc")
			d.misses("\x1b[7mOrder")
			checkScreen(t, d.screen(), 100, 24, style.Color)
		})
	}
}

// BenchmarkHits is a frame of which every row has what is looked for.
func BenchmarkHits(b *testing.B) {
	d := ready(b)
	d.keys("/message of", "enter")
	if !strings.Contains(d.screen(), "\x1b[7mmessage of\x1b[27m") {
		b.Fatal("nothing is lit")
	}
	var took spread
	for b.Loop() {
		start := time.Now()
		d.keys("j")
		d.screen()
		took = append(took, time.Since(start))
	}
	took.report(b)
}
