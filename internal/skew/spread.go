package skew

// A spread is by how much the calls from one clock to another took longer than
// the shortest of them, in nanoseconds on average: on the way there and on the
// way back. Offsets do not change it. Delays that vary much are long, even the
// shortest of them: an assumption that chooses points of wide intervals only.
type spread struct {
	caller, callee int32
	ask, answer    int64
}

// enoughCalls is how many calls tell how much delays vary.
const enoughCalls = 4

// spreadOf measures the calls of a pair of clocks, all the same way.
func spreadOf(calls []softSample) spread {
	ask, answer := calls[0].slack-calls[0].w, calls[0].w
	var asks, answers float64
	for i := range calls {
		s := &calls[i]
		ask, answer = min(ask, s.slack-s.w), min(answer, s.w)
		asks += float64(s.slack-s.w) / float64(len(calls))
		answers += float64(s.w) / float64(len(calls))
	}
	return spread{calls[0].v, calls[0].u, int64(asks) - ask, int64(answers) - answer}
}

// spreadAfter returns how much the delays spread that make the low end of a
// clock's interval, or 0 where that is not known.
func (p *placer) spreadAfter(c int32) int64 {
	for i := range p.above[c] {
		if b := &p.above[c][i]; p.low[b.u] > -farOff && p.low[b.u]-b.w == p.low[c] {
			return p.spreadOf(b)
		}
	}
	return 0
}

// spreadBefore is the same for the high end.
func (p *placer) spreadBefore(c int32) int64 {
	for i := range p.below[c] {
		if b := &p.below[c][i]; p.high[b.v] < farOff && p.high[b.v]+b.w == p.high[c] {
			return p.spreadOf(b)
		}
	}
	return 0
}

// spreadOf returns how much the delays spread that make a bound: calls on their
// way there make hard ones, on their way back soft ones.
func (p *placer) spreadOf(b *bound) int64 {
	for i := range p.spreads {
		s := &p.spreads[i]
		switch {
		case b.hard() && s.caller == b.u && s.callee == b.v:
			return s.ask
		case !b.hard() && s.callee == b.u && s.caller == b.v:
			return s.answer
		}
	}
	return 0
}

// newPlacer resolves what a witness heard.
func (w *witness) newPlacer(ids *identity, stats *tally, weight []int) *placer {
	bounds, spreads, unsure := resolve(w, ids, stats)
	p := newPlacer(bounds, spreads, weight)
	p.unsure = unsure
	return p
}
