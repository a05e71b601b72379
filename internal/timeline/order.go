package timeline

import "slices"

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
		b.sort(f.of(int32(i)))
	}
	b.sort(f.of(none))
	return f
}

// A visit is a node whose children are being laid out.
type visit struct {
	row  int32
	kids []int32
}

// rows lays the nodes out in pre-order, with a stack of its own.
func (b *builder) rows(f *family) []Row {
	rows := make([]Row, len(f.list))
	stack := []visit{{row: none, kids: f.of(none)}}
	next := int32(0)
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if len(top.kids) == 0 {
			if top.row != none {
				rows[top.row].Subtree = next - top.row - 1
			}
			stack = stack[:len(stack)-1]
			continue
		}
		kid := top.kids[0]
		top.kids = top.kids[1:]
		kids := f.of(kid)
		row := &rows[next]
		row.Depth, row.Parent = int32(len(stack)-1), top.row
		b.fill(row, kid, kids)
		if b.nodes[kid].failed {
			b.errors = append(b.errors, next)
		}
		if len(kids) > 0 {
			stack = append(stack, visit{row: next, kids: kids})
		}
		next++
	}
	return rows
}

// fill writes a node's row.
func (b *builder) fill(r *Row, i int32, kids []int32) {
	n := &b.nodes[i]
	r.Kind, r.Attached = n.kind, n.at
	r.Time, r.Observed, r.Offset = n.time, n.observed(), n.offset
	r.Marks = n.marks
	if n.parent != none {
		r.Marks |= outOfOrder(n, &b.nodes[n.parent])
	}
	switch n.kind {
	case KindSpan:
		r.Span, r.Clock, r.Self = b.span(i), b.clocks.Span(int(i)), b.selfTime(n, kids)
	case KindEvent:
		r.Span, r.Clock, r.Event = b.span(n.parent), b.clocks.Span(int(n.parent)), b.event(i)
	case KindLog:
		r.Log, r.Clock = b.log(i), b.clocks.Log(int(i)-b.logs)
		if n.parent != none && b.nodes[n.parent].kind == KindSpan {
			r.Span = b.span(n.parent)
		}
	case KindMissing:
		r.Missing = b.absent[n.number].id
	}
	b.services.tell(b.serviceOf(n))
}

// serviceOf is the number of the service that Row.Service will tell.
func (b *builder) serviceOf(n *node) int32 {
	if n.kind == KindLog && n.service == 0 && n.parent != none {
		return b.nodes[n.parent].service
	}
	return n.service
}
