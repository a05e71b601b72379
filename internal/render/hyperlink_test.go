package render_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// osc is a hyperlink's sequence.
var osc = regexp.MustCompile("\x1b\\]8;;(.*?)\x1b\\\\")

func linking(width int) render.Style {
	return render.Style{Width: width, Links: true, JaegerUI: "https://jaeger.example/ui/", Kibana: "http://kibana:5601"}
}

// addresses are those that the drawing links to.
func addresses(text string) (list []string) {
	for _, m := range osc.FindAllStringSubmatch(text, -1) {
		if m[1] != "" {
			list = append(list, m[1])
		}
	}
	return list
}

func TestHyperlinks(t *testing.T) {
	short, _ := trace.ParseID("f3ac91e4bf92f357")
	opaque, err := trace.ParseID(`it's!\"受注"&_a=(`)
	if err != nil {
		t.Fatal(err)
	}
	const during = "_g=(time:(from:'2026-01-02T02:49:05.678Z',to:'2026-01-02T03:19:06.918Z'))&"
	const discover = "http://kibana:5601/app/discover#/?" + during + "_a=(query:(language:kuery,query:'"
	tests := []struct {
		name string
		id   trace.ID
		want []string
	}{
		{"a trace", fixtureID, []string{
			discover + "%227f3ac91e4bf92f3577b34da6a3ce929d%22'))", "https://jaeger.example/ui/trace/7f3ac91e4bf92f3577b34da6a3ce929d",
		}},
		{"a trace ID of 64 bits", short, []string{
			discover + "%220000000000000000f3ac91e4bf92f357%22%20or%20%22f3ac91e4bf92f357%22'))", "https://jaeger.example/ui/trace/0000000000000000f3ac91e4bf92f357",
		}},
		{"any other ID", opaque, []string{
			discover + "%22it%21%27s%21%21%5C%5C%5C%22%E5%8F%97%E6%B3%A8%5C%22%26_a%3D%28%22'))",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ev := order()
			ev.ID = tt.id
			got := addresses(draw(t, render.Tree, build(ev), linking(100)))
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// Links change nothing that is seen, at any width.
func TestHyperlinksTakeNoColumns(t *testing.T) {
	formats := byTime()
	formats["tree"], formats["clocks"], formats["markdown"] = render.Tree, render.Clocks, render.Markdown
	for name, f := range formats {
		for _, width := range []int{40, 50, 60, 80, 100} {
			style := linking(width)
			with := draw(t, f, build(order()), style)
			style.Links = false
			if without := draw(t, f, build(order()), style); osc.ReplaceAllString(with, "") != without || strings.Contains(without, "\x1b") {
				t.Errorf("%s at %d: links changed what is seen", name, width)
			}
			if links := len(addresses(with)); (links > 0) == (name == "markdown") {
				t.Errorf("%s at %d has %d links", name, width, links)
			}
		}
	}
}

func TestNoHyperlinks(t *testing.T) {
	for name, style := range map[string]render.Style{
		"no addresses":                      {Links: true},
		"not on a terminal":                 {JaegerUI: "https://jaeger.example", Kibana: "https://kibana.example"},
		"addresses that end their sequence": {Links: true, JaegerUI: "https://a\x1b\\\x1b]0;owned\x07", Kibana: "https://b\u009c"},
	} {
		if text := draw(t, render.Tree, build(order()), style); strings.ContainsAny(text, "\x1b\x07\u009c") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// FuzzHyperlinks holds that no text of a trace, its ID among them, gets into a
// sequence but as visible ASCII, nor out of one.
func FuzzHyperlinks(f *testing.F) {
	for _, s := range []string{"\x1b\\\x1b]8;;http://evil\x07", "order'))&_a=(x:'", "\u009c\u202e\u200b", "%1b%5c", "7f3ac91e4bf92f3577b34da6a3ce929d", "\xff\x9c\x1b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ev := order()
		if id, err := trace.ParseID(s); err == nil {
			ev.ID = id
		}
		ev.Spans[0].Operation, ev.Spans[0].StatusMessage, ev.Logs[0].Message = s, s, s
		ev.Spans[0].Resource = trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String(s)}})
		ev.Warnings = []string{s}
		text := draw(t, render.Tree, build(ev).Filter(&timeline.Filter{}), linking(100))
		for _, address := range addresses(text) {
			if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) ||
				!strings.HasPrefix(address, "https://jaeger.example/ui/trace/") && !strings.HasPrefix(address, "http://kibana:5601/app/discover#/?_g=(time:(from:'") {
				t.Errorf("linked to %q", address)
			}
			if strings.Count(address, "'") > 6 {
				t.Errorf("%q leaves its quotes", address)
			}
		}
		checkVisible(t, osc.ReplaceAllString(text, ""))
	})
}
