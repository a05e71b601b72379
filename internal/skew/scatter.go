package skew

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A service that names neither its host nor its pod nor its process may be many
// of each. Where its evidence contradicts itself, what each call set going in it
// is taken for a process of its own, and all of them for one machine until the
// evidence refutes that.

// maxScattered bounds how many processes one trace is scattered to.
const maxScattered = 1 << 11

// anonymous reports whether an origin names no more than its service.
func anonymous(o *trace.Origin) bool { return o.Host == "" && o.Pod == "" && o.Process == "" }

// contested returns the anonymous origins if the causes of any of them seem to
// follow their effects: which of them is to blame cannot be told.
func (r *records) contested(losses []loss) map[trace.Origin]bool {
	blamed := slices.ContainsFunc(losses, func(l loss) bool {
		return l.rule >= ruleOverlap && (anonymous(&r.processes[l.u]) || anonymous(&r.processes[l.v]))
	})
	found := make(map[trace.Origin]bool)
	for i := range r.processes {
		if o := &r.processes[i]; blamed && anonymous(o) {
			found[*o] = true
		}
	}
	return found
}

// scatter gives each local root of the contested origins, with all that it set
// going in its process, a process of its own.
func (r *records) scatter(contested map[trace.Origin]bool) {
	var roots []int32
	root := make([]int32, len(r.spans))
	for i := range root {
		root[i] = none
		if contested[r.processes[r.spanOf[i]]] {
			if root[i] = r.localRoot(int32(i)); root[i] == int32(i) {
				roots = append(roots, root[i])
			}
		}
	}
	if len(roots) > maxScattered {
		return
	}
	f := r.family.facts
	slices.SortFunc(roots, func(a, b int32) int {
		return cmp.Or(cmp.Compare(r.spanOf[a], r.spanOf[b]), cmp.Compare(f[a].start, f[b].start), cmp.Compare(f[a].duration, f[b].duration), cmp.Compare(f[a].id, f[b].id))
	})
	process := make(map[int32]int32, len(roots))
	for i, s := range roots {
		if i == 0 || r.spanOf[roots[i-1]] != r.spanOf[s] {
			process[s] = r.spanOf[s]
			continue
		}
		process[s] = r.grow(r.processes[r.spanOf[s]])
	}
	for i, s := range root {
		if s == none {
			continue
		}
		p := process[s]
		r.weight[r.spanOf[i]]--
		r.weight[p]++
		r.spanOf[i] = p
	}
}

// localRoot returns the first of a span's ancestors in its own process.
func (r *records) localRoot(i int32) int32 {
	for {
		p := r.family.parent[i]
		if p == none || r.family.node[p] != r.family.node[i] {
			return i
		}
		i = p
	}
}
