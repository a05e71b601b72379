package es

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// OpenSearch's places repeat in every shard: what shares the last one is asked
// for again, and held back when it was had.
func TestOverlappingPages(t *testing.T) {
	s := &sieve{overlap: true}
	var kept []string
	for _, page := range []string{"a0 b0 c0 a1 b1", "b1 c1 a1 a2", "a2"} {
		for hit := range strings.FieldsSeq(page) {
			if !s.holds(docKey{"x", hit}, []byte("["+hit[1:]+"]")) {
				kept = append(kept, hit)
			}
		}
	}
	if want := []string{"a0", "b0", "c0", "a1", "b1", "c1", "a2"}; !slices.Equal(kept, want) || s.repeated != 3 {
		t.Errorf("kept %v, want %v; %d repeated", kept, want, s.repeated)
	}
	for last, want := range map[string]string{"[17]": "[16]", "[0]": "[-1]", "[x]": "[x]"} {
		if got := pitOpenSearch.after(json.RawMessage(last)); string(got) != want {
			t.Errorf("after %s: %s", last, got)
		}
	}
}

// A server that has points in time, but not in slices, is read by scrolling;
// so is one that stores a page's worth of documents in one place.
func TestPITThatCannotBeRead(t *testing.T) {
	for name, page := range map[string]func(f *fakeES, w http.ResponseWriter){
		"no slices": func(_ *fakeES, w http.ResponseWriter) { fail(w, http.StatusBadRequest, "unknown field [slice]") },
		"one place": func(f *fakeES, w http.ResponseWriter) {
			fmt.Fprint(w, strings.ReplaceAll(f.page(0, 1, 0, 200, ""), `"sort":[`, `"sort":[7],"x":[`))
		},
	} {
		f := newFakeES(t, 235)
		f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
			switch {
			case kind == "pit" && name == "one place":
				return fail(w, http.StatusMethodNotAllowed, "no handler")
			case kind == "other" && r.Method == http.MethodPost:
				fmt.Fprint(w, `{"pit_id":"theirs"}`)
			case kind == "page":
				page(f, w)
			default:
				return false
			}
			return true
		}
		ev, err := f.logs(t, t.Context(), func(cfg *Config) { cfg.PageSize = 200 })
		f.whole(t, ev, err)
		if f.counts["scroll"] == 0 {
			t.Errorf("%s: did not scroll", name)
		}
	}
}
