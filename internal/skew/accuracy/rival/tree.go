// Package rival holds the clock corrections of Jaeger and of Zipkin, written
// anew from their descriptions, to measure ours against. Both walk the tree of
// spans and shift one span at a time; neither knows of logs.
package rival

import "github.com/otrace/otrace/internal/trace"

// A tree tells which spans are whose children.
type tree struct {
	spans    []trace.Span
	roots    []int
	children [][]int
}

// grow finds every span's children. Spans whose parent is missing are roots. A
// span on a cycle is nobody's and stays as it is.
func grow(spans []trace.Span) *tree {
	t := &tree{spans: spans, children: make([][]int, len(spans))}
	at := make(map[trace.SpanID]int, len(spans))
	for i := range spans {
		at[spans[i].ID] = i
	}
	for i := range spans {
		if p, ok := at[spans[i].Parent]; ok && spans[i].Parent != 0 && p != i {
			t.children[p] = append(t.children[p], i)
		} else {
			t.roots = append(t.roots, i)
		}
	}
	return t
}

// walk visits every span after its parent, which is −1 for a root.
func (t *tree) walk(visit func(span, parent int)) {
	type step struct{ span, parent int }
	var open []step
	for _, r := range t.roots {
		open = append(open, step{r, -1})
	}
	for len(open) > 0 {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		visit(s.span, s.parent)
		for _, c := range t.children[s.span] {
			open = append(open, step{c, s.span})
		}
	}
}
