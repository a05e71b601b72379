package triage

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A Standout is an attribute's value that failing spans have more often than
// healthy ones. It tells what differs, not what is to blame.
type Standout struct {
	Key, Value string

	Failing, FailingOf int // failing spans with the value, of those with the key
	Healthy, HealthyOf int
	P                  float64 // the chance of a difference so large where there is none, before many are compared
}

const (
	mostStandouts  = 8
	fewestFailing  = 3    // spans with the value
	leastAhead     = 0.25 // the share of failing spans with it is so much higher than of healthy ones,
	leastOdds      = 3    // or its odds are so many times theirs
	sameFact       = 0.9  // of the spans that have either of two values so many have both
	leastExplained = 0.01 // chance at which another value explains a difference
)

// StandOut returns what the failing spans of one group have in common that
// healthy spans of the same service and operation do not, the surest first, at
// most 8. Each span is given by the attributes of its resource and its own.
//
// What every span has for itself, such as an ID, is not compared; nor is what
// failing itself brings about. Of values that tell the same fact, or of which
// one follows from the other, the most telling is returned. Without healthy
// spans nothing stands out.
func StandOut(failing, healthy [][]trace.Attribute) []Standout {
	if len(failing) == 0 || len(healthy) == 0 {
		return nil
	}
	return distinct(significant(differences(columnsOf(failing, healthy))), len(failing))
}

// A difference is a value that is being compared.
type difference struct {
	Standout
	spans, among spanSet // with the value, with the key
}

func (c *column) difference(value string) *difference {
	d := &difference{Standout: Standout{Key: c.key, Value: value}, spans: c.values[value], among: c.spans}
	d.Failing, d.Healthy = d.spans.count(c.split)
	d.FailingOf, d.HealthyOf = d.among.count(c.split)
	d.P = fisher(d.Failing, d.FailingOf, d.Failing+d.Healthy, d.FailingOf+d.HealthyOf)
	return d
}

// differences compares all values that enough spans have. A key that no healthy
// span has comes with failing, and is left out.
func differences(columns []*column) []*difference {
	var all []*difference
	for _, c := range columns {
		if _, healthy := c.spans.count(c.split); healthy == 0 || c.ids() {
			continue
		}
		for value, spans := range c.values {
			if failing, healthy := spans.count(c.split); failing+healthy >= fewestFailing {
				all = append(all, c.difference(value))
			}
		}
	}
	return all
}

// significant returns the values that failing spans have more often, by more than
// chance and by enough to matter, the surest first.
func significant(all []*difference) []*difference {
	chances := make([]float64, len(all))
	for i, d := range all {
		chances[i] = d.P
	}
	var list []*difference
	for i, yes := range discoveries(chances, falseShare) {
		if yes && all[i].matters() {
			list = append(list, all[i])
		}
	}
	slices.SortFunc(list, surest)
	return list
}

// matters reports whether a difference is large. Half a span is added to each
// count, so that odds are never out of none.
func (d *Standout) matters() bool {
	with, without := float64(d.Failing), float64(d.FailingOf-d.Failing)
	healthyWith, healthyWithout := float64(d.Healthy), float64(d.HealthyOf-d.Healthy)
	ahead := with/(with+without) - healthyWith/(healthyWith+healthyWithout)
	odds := (with + 0.5) * (healthyWithout + 0.5) / ((without + 0.5) * (healthyWith + 0.5))
	return d.Failing >= fewestFailing && (ahead >= leastAhead || ahead > 0 && odds >= leastOdds)
}

// surest orders by chance; of equal ones the most telling is first.
func surest(a, b *difference) int {
	return cmp.Or(cmp.Compare(a.P, b.P), mostTelling(a, b))
}

func mostTelling(a, b *difference) int {
	return cmp.Or(cmp.Compare(howTelling(a.Key), howTelling(b.Key)), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value))
}

// distinct says every fact once: the surest, in its most telling words; then what
// is left when that is known.
func distinct(list []*difference, failing int) []Standout {
	var facts []Standout
	for len(list) > 0 && len(facts) < mostStandouts {
		var same []*difference
		for _, d := range list {
			if d.sameAs(list[0]) {
				same = append(same, d)
			}
		}
		told := slices.MinFunc(same, mostTelling)
		facts = append(facts, told.Standout)
		list = slices.DeleteFunc(list, func(d *difference) bool {
			return d.sameAs(list[0]) || d.explainedBy(told, failing)
		})
	}
	return facts
}

// sameAs reports whether two values belong to nearly the same spans.
func (d *difference) sameAs(o *difference) bool {
	return float64(d.spans.and(o.spans).size()) >= sameFact*float64(d.spans.or(o.spans).size())
}

// explainedBy reports whether a value no longer stands out once another is known:
// neither among the spans that have that one, nor among those that do not.
func (d *difference) explainedBy(o *difference, failing int) bool {
	return chanceAmong(d, d.among.and(o.spans), failing) > leastExplained &&
		chanceAmong(d, d.among.minus(o.spans), failing) > leastExplained
}

// chanceAmong compares again, among some of the spans.
func chanceAmong(d *difference, spans spanSet, split int) float64 {
	failing, healthy := d.spans.and(spans).count(split)
	failingOf, healthyOf := spans.count(split)
	return fisher(failing, failingOf, failing+healthy, failingOf+healthyOf)
}
