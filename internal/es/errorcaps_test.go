package es

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// Names with wildcards on both sides, which Elasticsearch refuses many of at
// once, are asked for a few at a time, and none is left out.
func TestEasyNames(t *testing.T) {
	names := slices.Concat(levelPatterns, errorPatterns, servicePatterns, keywordsOf(servicePatterns))
	var asked []string
	for _, some := range easily(names) {
		hard := 0
		for _, name := range some {
			if strings.Count(name, "*") > 1 {
				hard++
			}
		}
		if hard > hardNames || hard > 0 && hard < len(some) || len(some) > easyNames {
			t.Errorf("%q", some)
		}
		asked = append(asked, some...)
	}
	slices.Sort(names)
	slices.Sort(asked)
	if !slices.Equal(names, asked) {
		t.Errorf("%q\nare not %q", asked, names)
	}
}

// One look at errors asks many questions, and for the fields once; a later one
// asks for them anew.
func TestErrorFieldsAreAskedOnce(t *testing.T) {
	f := failing(newFakeES(t, 3))
	now := time.Now()
	c := f.client(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	asked := func() int {
		had := f.counts["caps"]
		if _, err := c.EachErrorLog(t.Context(), trace.ErrorQuery{}, func(*trace.ErrorLog) {}); err != nil {
			t.Fatal(err)
		}
		return f.counts["caps"] - had
	}
	first := asked()
	if again := asked(); first == 0 || again != 0 {
		t.Errorf("asked %d times, and then %d times", first, again)
	}
	now = now.Add(time.Minute)
	if later := asked(); later == 0 {
		t.Error("not asked anew")
	}
}
