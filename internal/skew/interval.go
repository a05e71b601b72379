package skew

// measureFrom finds the members' intervals relative to one of them.
func (p *placer) measureFrom(ref int32, members []int32) {
	for _, c := range members {
		p.low[c], p.high[c] = -farOff, farOff
	}
	p.fix(ref, 0)
}

// fix puts a clock at a point of its interval and tightens all others'.
func (p *placer) fix(c int32, at int64) {
	lowered, raised := at < p.high[c], at > p.low[c]
	p.low[c], p.high[c] = at, at
	if lowered {
		p.lowerFrom(c)
	}
	if raised {
		p.raiseFrom(c)
	}
}

// lowerFrom passes a lowered upper bound on. The bounds are consistent, so
// every pass ends.
func (p *placer) lowerFrom(c int32) {
	p.queue = append(p.queue[:0], c)
	for i := 0; i < len(p.queue); i++ {
		v := p.queue[i]
		p.queued[v] = false
		for j := range p.above[v] {
			b := &p.above[v][j]
			if p.hardOnly && !b.hard() {
				continue
			}
			if d := max(p.high[v]+b.w, -farOff); d < p.high[b.u] && d >= p.low[b.u] {
				p.high[b.u] = d
				p.enqueue(b.u)
			}
		}
	}
}

// raiseFrom passes a raised lower bound on.
func (p *placer) raiseFrom(c int32) {
	p.queue = append(p.queue[:0], c)
	for i := 0; i < len(p.queue); i++ {
		u := p.queue[i]
		p.queued[u] = false
		for j := range p.below[u] {
			b := &p.below[u][j]
			if p.hardOnly && !b.hard() {
				continue
			}
			if d := min(p.low[u]-b.w, farOff); d > p.low[b.v] && d <= p.high[b.v] {
				p.low[b.v] = d
				p.enqueue(b.v)
			}
		}
	}
}

func (p *placer) enqueue(c int32) {
	if !p.queued[c] {
		p.queued[c] = true
		p.queue = append(p.queue, c)
	}
}
