package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
)

// A drawing writes a timeline, or what is known of its clocks, in one format.
type drawing func(io.Writer, *timeline.Timeline, render.Style) error

// A format is a way to show a timeline.
type format struct {
	name     string
	timeline drawing
	clocks   drawing // nil where there is none
	folds    bool    // on a terminal, rows that say the same become one
	machine  bool    // read by programs: nothing stands between documents
}

var formats = [...]format{
	{name: "tree", timeline: render.Tree, clocks: render.Clocks, folds: true},
	{name: "table", timeline: render.Table, clocks: render.Clocks},
	{name: "timeline", timeline: render.Timeline, clocks: render.Clocks, folds: true},
	{name: "md", timeline: render.Markdown},
	{name: "json", timeline: unstyled(render.JSON), clocks: unstyled(render.ClocksJSON), machine: true},
	{name: "ndjson", timeline: unstyled(render.NDJSON), clocks: unstyled(render.ClocksNDJSON), machine: true},
}

func formatNames() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

func formatOf(name string) (format, error) {
	i := slices.IndexFunc(formats[:], func(f format) bool { return f.name == name })
	if i < 0 {
		return format{}, usageError{fmt.Errorf("-o %s: the formats are %s", name, strings.Join(formatNames(), ", "))}
	}
	return formats[i], nil
}

// forClocks is the format in which the clocks are told in place of the rows.
func (f format) forClocks() (format, error) {
	if f.timeline = f.clocks; f.timeline == nil {
		return f, usageError{fmt.Errorf("-o %s does not tell of --clocks: the formats that do are tree, json, ndjson", f.name)}
	}
	return f, nil
}

// unstyled is a drawing for programs.
func unstyled(draw func(io.Writer, *timeline.Timeline) error) drawing {
	return func(w io.Writer, tl *timeline.Timeline, _ render.Style) error { return draw(w, tl) }
}
