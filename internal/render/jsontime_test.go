package render

import (
	"math"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// Moments read back as they were, whatever second the one before was in.
func TestStamps(t *testing.T) {
	const now = int64(1_767_323_045_999_999_999)
	var s stamps
	for _, at := range []int64{0, 1, -1, now, now, now + 1, now - 1e9, -1e9, -1e9 - 1, 999_999_999, math.MaxInt64, math.MinInt64 + 1, 7, trace.NoTime} {
		want := "null"
		if at != trace.NoTime {
			want = time.Unix(0, at).UTC().Format(`"2006-01-02T15:04:05.000000000Z"`)
		}
		if got := string(s.append(nil, at)); got != want {
			t.Errorf("%d: %s, want %s", at, got, want)
		}
	}
}
