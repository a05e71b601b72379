// Package skew tells what each clock of a trace is off by, and how sure that is.
//
// # What is asked
//
// Every machine stamps its records by its own clock. A correction x is added
// to all times of a clock so that the records of different machines can be put
// in one order. There is one correction per clock, never one per span, and
// none without proof: a clock that the evidence allows to be right is right.
//
// # How it is answered
//
// A record that caused another one did not happen after it. So for a parent on
// clock p and its child on clock c
//
//	start:   x[p] − x[c] ≤ start(child) − start(parent) + g
//	overlap: x[c] − x[p] ≤ end(parent) − start(child) + g
//	end:     x[c] − x[p] ≤ end(parent) − end(child) + g
//
// where g is how coarse the later event's clock is. The first holds for all
// causes (parents, producers, links), the second for callers that wait, the
// third for those whose callee does no work after it answered: it is believed
// where no tail of a callee could explain it. A log that another machine
// stamped than its span's lies within that span.
//
// Such differences are a Simple Temporal Problem (Dechter, Meiri, Pearl 1991):
// its shortest paths are exact intervals for each correction, and a cycle of
// negative length is contradictory evidence, of which the least trusted yields.
// A process's claim to share its host's clock is evidence too, and yields to a
// contradiction over 10 ms, or to a smaller one in which many records agree,
// because cloned host IDs are common. Those who then still must be together
// share a clock.
//
// Within the intervals nothing can be known: delays in the two directions
// cannot be told from an offset (Freris, Graham, Kumar, "Fundamental limits on
// synchronizing clocks over networks", 2011). What is chosen there is an
// assumption: the reference is the clock against which most others can be
// right, all that can be right together stay put, and the rest go to the
// middle of what is left, or to the only end, or, where an interval is far
// wider than others, to the end that moves them less. [Mid] assumes nothing and
// takes the middle always. [Clocks.Ordered] tells which order of two moments no
// assumption can change.
//
// Over a minute and more clocks drift. Where the evidence of a long trace
// contradicts constants, windows of time are solved one by one and each clock
// gets the line that fits its windows (compare Poirier, Roy, Dagenais,
// "Accurate offline synchronization of distributed traces", 2010).
//
// A clock that is set amid a trace, by its time service or because its machine
// stood still, follows no constant and no line. Where evidence still contradicts
// itself, a moment is sought at which splitting one clock in two leaves less than
// half of the contradictions; the second is named after when it was set, by its
// own time in UTC, and no bound of such a trace is beyond doubt.
//
// A logger that writes local time and not its zone puts its source off by hours,
// though its machine's clock is right. A source whose logs all stand off what
// they tell of by the same multiple of 15 minutes is mended before anything
// else; one that does not agree is only named.
//
// Several traces of the same machines can be estimated together ([Mode.Pooled]):
// what one leaves open another may tell.
//
// # What is promised
//
// The result does not depend on the order of the records. It is the same, but
// for the reference, when all clocks are shifted alike. [Clock.HardLow] and
// [Clock.HardHigh] hold if no span's parent is wrong and hosts are what they
// claim; [Clock.Low] and [Clock.High] if, besides, callers wait for callees.
// Duplicates that differ, cycles and impossible times are no evidence.
//
// # What cannot be known
//
// The true time: the reference itself may be wrong. The offset of a clock that
// only ever answers, or only ever calls without waiting, beyond one side. Skew
// that is smaller than the time calls spend on their way.
//
// How well it does is measured, beside Jaeger's algorithm and Zipkin's, by
// go run ./internal/skew/accuracy.
package skew
