package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
)

// rawTab draws the row as JSON.
func (v *traceView) rawTab(width, height int) []string {
	r := v.currentRow()
	if r == nil {
		return v.nothingLeft(width)
	}
	lines := v.cache.of(cacheKey{kind: "raw", line: v.line(), width: width, wrap: !v.m.state.Unwrap, scene: v.scene}, func() []string { return v.jsonLines(r, width-1) })
	v.raw.fill(len(lines), height)
	shown := indented(lines[v.raw.top:v.raw.end()])
	for k := range shown {
		shown[k] = v.lit(shown[k], 1, width, false)
	}
	return shown
}

func (v *traceView) jsonLines(r *timeline.Row, width int) []string {
	pg := page{paints: v.m.paints, width: width, wrap: !v.m.state.Unwrap}
	whole := string(v.json(r))
	for line := range strings.SplitSeq(whole, "\n") {
		inner := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", min(len(line)-len(inner), width/2))
		key, value, ok := strings.Cut(inner, `": `)
		if !ok || !strings.HasPrefix(key, `"`) {
			pg.hang(render.Paint{}, indent, indent+"  ", inner)
			continue
		}
		pg.hang(render.Paint{}, indent+text(v.m.paints.Service, key+`":`)+" ", indent+"  ", value)
	}
	return pg.lines
}

func indented(lines []string) []string {
	out := make([]string, len(lines))
	for k := range lines {
		out[k] = " " + lines[k]
	}
	return out
}

// details draws what there is to tell about the cursor's line.
func (v *traceView) details(width, height int) []string {
	l := v.line()
	key := cacheKey{kind: "detail", line: l, width: width, wrap: !v.m.state.Unwrap, scene: v.scene}
	lines := v.cache.of(key, func() []string {
		if int(l.row) >= len(v.scene.tl.Rows) || len(v.scene.tl.Rows) == 0 {
			return nil
		}
		return details(v.scene, l, v.m.paints, width, !v.m.state.Unwrap)
	})
	v.detail.fill(len(lines), height)
	shown := make([]string, 0, height)
	for _, line := range lines[v.detail.top:v.detail.end()] {
		shown = append(shown, v.lit(v.m.paints.fit(line, width), 0, width, false))
	}
	if rest := len(lines) - v.detail.end(); rest > 0 && len(shown) > 2 {
		p := v.m.paints
		tail := text(p.Dim, fmt.Sprintf("%s %d more", p.cut, rest+1))
		shown[len(shown)-1] = strings.Repeat(" ", max(width-ansi.StringWidth(tail), 0)) + tail
	}
	return shown
}

// A detailCache keeps the lines of a text until something else is told.
type detailCache struct {
	key   cacheKey
	lines []string
}

type cacheKey struct {
	kind  string
	line  line
	width int
	wrap  bool
	scene *scene
}

func (c *detailCache) of(key cacheKey, make func() []string) []string {
	if c.key != key {
		c.key, c.lines = key, make()
	}
	return c.lines
}
