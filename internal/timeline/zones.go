package timeline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/skew"
)

// nameZones says which sources of logs have a mistaken time zone: those with
// the same mistake in one line.
func (b *builder) nameZones() {
	zones := b.clocks.Zones()
	for i := range zones {
		same := func(z skew.Zone) bool { return z.Add == zones[i].Add && z.Mended == zones[i].Mended }
		if slices.IndexFunc(zones, same) == i {
			b.warnings = append(b.warnings, zoneWarning(zones[i:], same))
		}
	}
}

func zoneWarning(zones []skew.Zone, same func(skew.Zone) bool) string {
	var names []string
	logs, of := 0, 0
	for _, z := range zones {
		if !same(z) {
			continue
		}
		logs, of = logs+z.Logs, of+z.Of
		if name := zoneName(z); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	side, add := "ahead of", -zones[0].Add
	if add < 0 {
		side, add = "behind", -add
	}
	what := fmt.Sprintf("%d of %d logs of %s are %s %s their spans", logs, of, few(names), hours(add), side)
	switch {
	case zones[0].Mended:
		return what + ": a mistaken time zone, mended here"
	case logs < of:
		return what + ": a mistaken time zone? They are shown as observed, because others of the same source are not"
	}
	return what + ": a mistaken time zone? They are shown as observed, because so few may just be late"
}

// few names some, and counts the rest.
func few(names []string) string {
	const most = 5
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func zoneName(z skew.Zone) string {
	for _, name := range [...]string{z.Origin.Service, z.Origin.Pod, z.Origin.Process, z.Origin.Host, z.Index} {
		if name != "" {
			return name
		}
	}
	return "an unnamed source"
}

// hours writes a duration of whole quarters of an hour: "2h", "5h30m".
func hours(d int64) string {
	s := time.Duration(d).String()
	return strings.TrimSuffix(strings.TrimSuffix(s, "0s"), "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(s, "h0m0s")]
}
