package wild

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// A Pile is a group, whoever made it, and what is known to lie in it.
type Pile struct {
	Service, Operation          string
	Expected, Absorbed, LogOnly bool
	Flag                        triage.Flag
	Places                      []Place
	Docs                        []trace.ErrorLog // examples of its logs, where it holds logs alone
	Failing                     [][]trace.Attribute
}

// An Outcome is how many causes there were, and what became of them.
type Outcome struct {
	Runs, Causes int
	Found        int // a group of their own, whole, in the right place, under the right name
	Split        int // in several groups
	Merged       int // in one group with another
	Missed       int // in none
	WrongRoot    int
	Misplaced    int // expected, absorbed, or of logs alone, and shown as if not; or the reverse
	WrongFlag    int
	Unnamed      int // what stands out was not named
	Invented     int // groups of no cause
	Strays, Seen int // traces that are not in the largest group of their cause, of all that are in any
}

// Add adds another outcome.
func (o *Outcome) Add(x Outcome) {
	o.Runs, o.Causes, o.Found = o.Runs+x.Runs, o.Causes+x.Causes, o.Found+x.Found
	o.Split, o.Merged, o.Missed = o.Split+x.Split, o.Merged+x.Merged, o.Missed+x.Missed
	o.WrongRoot, o.Misplaced, o.WrongFlag = o.WrongRoot+x.WrongRoot, o.Misplaced+x.Misplaced, o.WrongFlag+x.WrongFlag
	o.Unnamed, o.Invented = o.Unnamed+x.Unnamed, o.Invented+x.Invented
	o.Strays, o.Seen = o.Strays+x.Strays, o.Seen+x.Seen
}

// Triage lets otrace make piles of a story.
func (s *Story) Triage() (*triage.Report, []Pile) {
	t := triage.Begin(Calendar(), triage.ByCause)
	for _, spans := range s.Traces {
		t.AddTrace(spans)
	}
	for i := range s.Logs {
		t.AddLog(&s.Logs[i])
	}
	r := t.Report()
	return r, slices.Concat(pilesOf(r.Groups, false), pilesOf(r.Expected, true))
}

func pilesOf(groups []triage.Group, expected bool) []Pile {
	var list []Pile
	for i := range groups {
		g := &groups[i]
		p := Pile{
			Service: g.Service, Operation: g.Operation, Flag: g.Flag, Expected: expected,
			LogOnly: g.Kind == triage.LogOnly, Absorbed: g.Traces > 0 && g.Absorbed == g.Traces,
		}
		for _, in := range g.Instances() {
			p.Places = append(p.Places, Place{in.Trace, in.Span})
			p.Failing = append(p.Failing, in.Attributes)
		}
		if p.LogOnly {
			for _, e := range g.Examples {
				p.Places = append(p.Places, Place{Trace: e.Trace})
			}
			for k := range g.Said {
				p.Docs = append(p.Docs, g.Said[k].Example)
			}
		}
		list = append(list, p)
	}
	return list
}

// none stands for a cause that there is not.
const none = -1

// causeAt is the cause of what lies in a pile: the one that began at the span,
// else the only one of its trace; several when there are several.
func (s *Story) causeAt(p Place) (cause int, several bool) {
	if c, ok := s.Begins[p]; ok {
		return c, false
	}
	switch of := s.Of[p.Trace]; len(of) {
	case 0:
		return none, false
	case 1:
		return of[0], false
	}
	return none, true
}

// inPile counts what lies in a pile by cause. Each trace counts once.
func (s *Story) inPile(p *Pile) (counts []int, others int) {
	counts = make([]int, len(s.World.Causes))
	for _, at := range p.Places {
		if c, several := s.causeAt(at); c != none {
			counts[c]++
		} else if !several {
			others++
		}
	}
	for i := range p.Docs {
		d := &p.Docs[i]
		if c, ok := s.Wrote[d.DocID]; ok {
			counts[c] = max(counts[c], 1)
		} else if c, several := s.causeAt(Place{Trace: d.TraceID}); c != none {
			counts[c] = max(counts[c], 1)
		} else if !several && len(p.Places) == 0 {
			others++
		}
	}
	return counts, others
}

// Judge tells what became of a story's causes.
func (s *Story) Judge(piles []Pile) Outcome {
	o := Outcome{Runs: 1}
	in := make([][]int, len(piles))
	for i := range piles {
		var others int
		in[i], others = s.inPile(&piles[i])
		if others > 0 && slices.Max(in[i]) == 0 {
			o.Invented++
		}
	}
	for c := range s.World.Causes {
		if s.Played[c] > 0 {
			s.judge(c, piles, in, &o)
		}
	}
	return o
}

// judge tells what became of one cause.
func (s *Story) judge(c int, piles []Pile, in [][]int, o *Outcome) {
	o.Causes++
	main, of, all := none, 0, 0
	for i := range piles {
		n := in[i][c]
		if n == 0 {
			continue
		}
		of++
		all += n
		if main == none || n > in[main][c] {
			main = i
		}
	}
	if main == none {
		o.Missed++
		return
	}
	o.Seen, o.Strays = o.Seen+all, o.Strays+all-in[main][c]
	bad := 0
	mark := func(n *int, is bool) {
		if is {
			*n++
			bad++
		}
	}
	p, cause := &piles[main], &s.World.Causes[c]
	mark(&o.Split, of > 1)
	mark(&o.Merged, slices.ContainsFunc(othersOf(in[main], c), func(n int) bool { return n > 0 }))
	mark(&o.WrongRoot, p.Service != cause.Service || p.Operation != cause.Operation)
	mark(&o.Misplaced, p.Expected != cause.Expected || !cause.Torn && p.Absorbed != cause.Absorbed || p.LogOnly != cause.LogOnly)
	mark(&o.WrongFlag, !s.World.NoFlags && !s.flagged(cause, p.Flag))
	mark(&o.Unnamed, cause.Stands != "" && !s.named(p, cause))
	if bad == 0 {
		o.Found++
	}
}

func othersOf(counts []int, c int) []int { return slices.Delete(slices.Clone(counts), c, c+1) }

// flagged reports whether a flag is that of the scenes of a cause.
func (s *Story) flagged(c *Cause, f triage.Flag) bool {
	for i := range s.World.Scenes {
		for _, x := range parse(s.World.Scenes[i].Picture) {
			if x.cause == c.Name {
				return s.World.Scenes[i].Flag == f
			}
		}
	}
	return false
}

// named reports whether a comparison with healthy spans names what only the
// cause's have.
func (s *Story) named(p *Pile, c *Cause) bool {
	var healthy [][]trace.Attribute
	for _, spans := range s.Traces {
		for i := range spans {
			x := &spans[i]
			if x.Status != trace.StatusError && x.Resource.Service == c.Service && x.Operation == c.Operation {
				healthy = append(healthy, slices.Concat(x.Resource.Attributes, x.Attributes))
			}
		}
	}
	found := triage.StandOut(p.Failing, healthy)
	return len(found) > 0 && found[0].Key+"="+found[0].Value == c.Stands
}

// Topmost is the piles of who groups failing traces by service, operation and
// status message of their topmost failed span.
func (s *Story) Topmost() []Pile {
	return s.naive(func(spans []trace.Span, i int) bool {
		for k := range spans {
			if spans[k].ID == spans[i].Parent && spans[k].Status == trace.StatusError {
				return false
			}
		}
		return true
	})
}

// EveryFailed is the piles of who groups all failed spans so.
func (s *Story) EveryFailed() []Pile {
	return s.naive(func([]trace.Span, int) bool { return true })
}

func (s *Story) naive(takes func(spans []trace.Span, i int) bool) []Pile {
	type key struct{ service, operation, says string }
	type pile struct {
		Pile
		before int
	}
	made := make(map[key]*pile)
	for _, spans := range s.Traces {
		for i := range spans {
			x := &spans[i]
			if x.Status != trace.StatusError || !takes(spans, i) {
				continue
			}
			k := key{x.Resource.Service, x.Operation, withoutDigits(x.StatusMessage)}
			if made[k] == nil {
				made[k] = &pile{Pile: Pile{Service: k.service, Operation: k.operation}}
			}
			if x.Start < epoch {
				made[k].before++
			} else if n := len(made[k].Places); n == 0 || made[k].Places[n-1].Trace != x.Trace {
				made[k].Places = append(made[k].Places, Place{x.Trace, x.ID})
			}
		}
	}
	var list []Pile
	for _, p := range made {
		if len(p.Places) == 0 {
			continue
		}
		p.Flag = naiveFlag(p.before, len(p.Places))
		list = append(list, p.Pile)
	}
	slices.SortFunc(list, func(a, b Pile) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation), cmp.Compare(len(a.Places), len(b.Places)))
	})
	return list
}

// naiveFlag is new without any before, and rising at twice the day's mean.
func naiveFlag(before, now int) triage.Flag {
	switch {
	case before == 0 && now >= 3:
		return triage.New
	case before > 0 && now >= 5 && now*hours >= 2*before:
		return triage.Rising
	}
	return triage.Steady
}

// withoutDigits is a message in which numbers are the same.
func withoutDigits(text string) string {
	b := []byte(text)
	return string(slices.DeleteFunc(b, func(c byte) bool { return '0' <= c && c <= '9' }))
}
