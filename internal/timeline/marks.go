package timeline

import "iter"

// Marks say what is odd about a row. They are a set.
type Marks uint32

// The marks.
const (
	MarkOrphan    Marks = 1 << iota // the parent or span that it names never arrived
	MarkCycle                       // its parents lead back to itself; cut here
	MarkDuplicate                   // another span has the same ID
	MarkNoID                        // a span without an ID
	MarkClamped                     // its duration was impossible
	MarkFar                         // its time is so far from the rest that the scale ignores it
	MarkEarly                       // starts before its parent, and no evidence decides by how much
	MarkLate                        // starts after its parent ended
	MarkOutlives                    // ends after its parent
	MarkOutside                     // a log or event outside its span's time
	MarkText                        // a log whose text holds the ID, not a field
	MarkEvent                       // a log that is also a span event
	MarkNoTime                      // without a readable time
	MarkDamaged                     // a log that is no JSON
	MarkZone                        // a log whose source has the wrong time zone, which is mended
	MarkAdjusted                    // a span or event whose time the backend moved, by an unknown amount
	MarkOrigin                      // a span that failed before those above it did, with none beneath that failed
	MarkUndecided                   // its place after the row before it, of another clock, is not proven
	MarkLeads                       // a filter does not want it, but something beneath it
)

var markNames = [...]string{
	"orphan", "cycle", "duplicate", "no-id", "clamped", "far", "early", "late",
	"outlives", "outside", "text", "event", "no-time", "damaged",
	"zone", "adjusted", "origin", "undecided", "leads",
}

// All ranges over the marks' names in a fixed order, counting them.
func (m Marks) All() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		n := 0
		for i, name := range markNames {
			if m&(1<<i) == 0 {
				continue
			}
			if !yield(n, name) {
				return
			}
			n++
		}
	}
}

// Names returns the marks' names, nil for none.
func (m Marks) Names() []string {
	var names []string
	for _, name := range m.All() {
		names = append(names, name)
	}
	return names
}

// Has reports whether any of the marks is set.
func (m Marks) Has(any Marks) bool { return m&any != 0 }
