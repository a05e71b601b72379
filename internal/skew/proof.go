package skew

import "github.com/otrace/otrace/internal/trace"

// A Proof is the sample that sets one end of a clock's interval: against the
// other clock, which has an interval of its own.
type Proof struct {
	Rule  string       // "" where nothing bounds the clock
	Span  trace.SpanID // the later of its two records
	Clock string       // the clock of the other record
}

// A proof is a Proof before clocks have names.
type proof struct {
	by   int32 // the other clock's number + 1; 0 where there is no proof
	rule rule
	span trace.SpanID
}

// String returns the rule's name in the package comment.
func (r rule) String() string {
	return [...]string{"end", "log", "overlap", "link", "start", "host"}[r]
}

// prove notes which samples set the ends of the members' intervals, as they
// are measured now: the last step of a shortest path from the reference.
func (p *placer) prove(ref int32, members []int32, places []place) {
	for _, c := range members {
		if low := p.low[c]; low > -farOff {
			for i := range p.below[c] {
				if b := &p.below[c][i]; b.v != ref && low-b.w == p.low[b.v] {
					places[b.v].lowBy.offer(c, b)
				}
			}
		}
		if high := p.high[c]; high < farOff {
			for i := range p.above[c] {
				if b := &p.above[c][i]; b.u != ref && high+b.w == p.high[b.u] {
					places[b.u].highBy.offer(c, b)
				}
			}
		}
	}
}

// name gives a proof the name of its clock.
func name(clocks []Clock, p *proof) Proof {
	if p.by == 0 {
		return Proof{}
	}
	return Proof{p.rule.String(), p.span, clocks[p.by-1].Name}
}

// offer takes a proof where there is none yet, or none that is trusted as much.
func (p *proof) offer(clock int32, b *bound) {
	if p.by == 0 || b.rule > p.rule {
		*p = proof{clock + 1, b.rule, b.span}
	}
}
