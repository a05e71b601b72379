package logdoc

import (
	"fmt"
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

func TestUse(t *testing.T) {
	f := Fields{"level": {"schwere"}}
	for name, want := range map[string]Role{
		"log.level": LevelRole, "attributes.level": LevelRole, "game.level": OtherRole, "schwere": LevelRole, "@timestamp": TimeRole, "msg": MessageRole,
		"service.name": ServiceRole, "kubernetes.pod_name": PodRole, "kubernetes.container_name": WorkloadRole, "order_id": OtherRole, "status": LevelRole,
	} {
		if got := f.Use(name).Role; got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	names := []string{"level", "schwere", "log.level", "attributes.level", "severity"}
	slices.SortFunc(names, func(a, b string) int { return f.Use(a).Rank - f.Use(b).Rank })
	if want := []string{"schwere", "log.level", "level", "severity", "attributes.level"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}

// TestUseLevels compares the ranges of every family with how each number is read.
func TestUseLevels(t *testing.T) {
	for _, name := range []string{"level", "severity", "severity_number", "syslog_severity", "level_value", "levelno", "severityLevel", "status"} {
		u := Fields(nil).Use(name)
		p := NewParser(nil)
		for _, bounds := range [][2]trace.Level{{trace.LevelError, trace.LevelFatal}, {trace.LevelTrace, trace.LevelWarn}} {
			ranges := u.Levels(bounds[0], bounds[1])
			for _, n := range []int64{0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 16, 17, 21, 24, 25, 30, 39, 40, 49, 50, 60, 99, 100, 179, 199, 200, 399, 400, 499, 500, 800, 999, 1000, 9999, 10000, 39999, 40000, 50000, 1e6, 1e6 + 1, 2e6} {
				l, _ := p.Parse(fmt.Appendf(nil, `{"%s":%d}`, name, n), "", "")
				want := l.Level >= bounds[0] && l.Level <= bounds[1]
				if got := slices.ContainsFunc(ranges, func(r Range) bool { return r.Low <= n && n <= r.High }); got != want {
					t.Errorf("%s %d: %v in %v, read as %v", name, n, got, ranges, l.Level)
				}
			}
		}
	}
}
