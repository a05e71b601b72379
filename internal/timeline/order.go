package timeline

import (
	"slices"
)

// A family lists every node's children in the order in which they happened,
// in one slice: those of node i are list[first[i]:first[i+1]], and the roots
// stand last.
type family struct {
	first []int32
	list  []int32
}

func (f *family) of(node int32) []int32 {
	if node == none {
		node = int32(len(f.first) - 2)
	}
	return f.list[f.first[node]:f.first[node+1]]
}

// children groups the nodes by parent, in two counting passes, and sorts each
// group by time.
func (b *builder) children() *family {
	roots := int32(len(b.nodes))
	f := &family{first: make([]int32, len(b.nodes)+2)}
	slot := func(n *node) int32 {
		if n.parent == none {
			return roots
		}
		return n.parent
	}
	shown := int32(0)
	for i := range b.nodes {
		if !b.nodes[i].gone {
			f.first[slot(&b.nodes[i])+1]++
			shown++
		}
	}
	for i := 1; i < len(f.first); i++ {
		f.first[i] += f.first[i-1]
	}
	f.list = make([]int32, shown)
	fill := slices.Clone(f.first)
	for i := range b.nodes {
		if n := &b.nodes[i]; !n.gone {
			f.list[fill[slot(n)]] = int32(i)
			fill[slot(n)]++
		}
	}
	for i := range b.nodes {
		slices.SortFunc(f.of(int32(i)), b.compareNodes)
	}
	slices.SortFunc(f.of(none), b.compareNodes)
	return f
}

// A visit is a node whose children are being laid out.
type visit struct {
	row  int32
	kids []int32
}

// rows lays the nodes out in pre-order, with a stack of its own.
func (b *builder) rows(f *family) []Row {
	rows := make([]Row, 0, len(f.list))
	stack := []visit{{row: none, kids: f.of(none)}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if len(top.kids) == 0 {
			if top.row != none {
				rows[top.row].Subtree = int32(len(rows)) - top.row - 1
			}
			stack = stack[:len(stack)-1]
			continue
		}
		kid := top.kids[0]
		top.kids = top.kids[1:]
		row := b.nodes[kid].row
		row.Depth, row.Parent = int32(len(stack)-1), top.row
		rows = append(rows, row)
		if kids := f.of(kid); len(kids) > 0 {
			stack = append(stack, visit{row: int32(len(rows) - 1), kids: kids})
		}
	}
	return rows
}
