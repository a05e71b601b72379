package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
)

// A drawing writes a timeline, or what is known of its clocks, in one format.
// The mode is that in which the clocks were estimated.
type drawing func(io.Writer, *timeline.Timeline, skew.Mode, render.Style) error

var formatNames = []string{"tree", "json", "ndjson"}

func drawingOf(name string, clocks bool) (drawing, error) {
	switch {
	case name == "tree" && clocks:
		return render.Clocks, nil
	case name == "tree":
		return render.Tree, nil
	case name == "json" && clocks:
		return unstyled(render.ClocksJSON), nil
	case name == "json":
		return unstyled(render.JSON), nil
	case name == "ndjson" && clocks:
		return unstyled(render.ClocksNDJSON), nil
	case name == "ndjson":
		return unstyled(render.NDJSON), nil
	}
	return nil, usageError{fmt.Errorf("-o %s: the formats are %s", name, strings.Join(formatNames, ", "))}
}

// unstyled is a drawing for programs.
func unstyled(draw func(io.Writer, *timeline.Timeline, skew.Mode) error) drawing {
	return func(w io.Writer, tl *timeline.Timeline, mode skew.Mode, _ render.Style) error {
		return draw(w, tl, mode)
	}
}
