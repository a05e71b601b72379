package scenario

// A Fault is a clock that goes wrong in the middle of a trace: at once (a step
// of its time service), or little by little (a smeared leap second). A machine
// that stands still for a while is one whose clock falls behind as fast as time
// goes on.
type Fault struct {
	Host int
	At   int64 // true time
	Over int64 // how long it takes
	By   int64 // what the clock gains
}

// gained is what the clock has gained by a true time.
func (f *Fault) gained(at int64) int64 {
	switch {
	case at < f.At:
		return 0
	case at >= f.At+f.Over:
		return f.By
	}
	return int64(float64(f.By) * float64(at-f.At) / float64(f.Over))
}

// faults is what all faults of a host's clock have added by a true time.
func (t *Truth) faults(host int, at int64) int64 {
	sum := int64(0)
	for i := range t.Faults {
		if t.Faults[i].Host == host {
			sum += t.Faults[i].gained(at)
		}
	}
	return sum
}

func (t *Truth) fails(host int) bool {
	for i := range t.Faults {
		if t.Faults[i].Host == host {
			return true
		}
	}
	return false
}
