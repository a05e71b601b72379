package logdoc

import (
	"strconv"

	"github.com/otrace/otrace/internal/trace"
)

// A Use is what a field tells of its log. Of several fields of one role that a
// document has, the one of the lowest rank is believed.
type Use struct {
	Role  Role
	Rank  int
	field fieldRole
}

// A Role is what a field tells, as far as a search can ask for it.
type Role uint8

// The roles that searches ask for.
const (
	OtherRole Role = iota
	TimeRole
	LevelRole
	MessageRole
	ServiceRole
	PodRole      // a pod's name, from which a service's may be had
	WorkloadRole // a service's name where nothing better is known
)

// Use is what a field of this dotted name tells.
func (f Fields) Use(name string) Use {
	w := walker{own: f.own()}
	w.enter([]byte(name), false)
	it, rank := w.role()
	of := map[role]Role{
		roleTime: TimeRole, roleLevel: LevelRole, roleMessage: MessageRole,
		roleService: ServiceRole, rolePod: PodRole, roleWorkload: WorkloadRole,
	}[it.role]
	return Use{Role: of, Rank: w.shifted(it.role, rank), field: it}
}

// Level is how the field's value is read as a level.
func (u Use) Level(text string) trace.Level {
	return readLevel(candidate{field: u.field, text: []byte(text)})
}

// A Range is the whole numbers from Low to High, both included.
type Range struct{ Low, High int64 }

// Levels is the numbers that the field's family holds for levels from least to
// most.
func (u Use) Levels(least, most trace.Level) []Range {
	var out []Range
	if u.field.scale == scaleWord {
		return nil
	}
	low, step := int64(-1), int64(1)
	for n := int64(0); n <= mostLevel+1; n += step {
		level := u.Level(strconv.FormatInt(n, 10))
		switch in := n <= mostLevel && level >= least && level <= most; {
		case in && low < 0:
			low = n
		case !in && low >= 0:
			out = append(out, Range{low, n - 1})
			low = -1
		}
		if n == fineLevels && step == 1 {
			step = fineLevels
		}
		if n == mostLevel {
			step = 1
		}
	}
	return out
}

// Numbers of levels are at most mostLevel; those beyond fineLevels change their
// meaning only at whole thousands.
const (
	mostLevel  = 1_000_000
	fineLevels = 1000
)
