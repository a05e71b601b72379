package wild

import (
	"reflect"
	"testing"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// A cause that begins nowhere, a scene without a cause's flag or two worlds of
// one name would make a measurement that means nothing.
func TestWorldsAreWhole(t *testing.T) {
	names := make(map[string]bool)
	for _, w := range All() {
		if names[w.Name] {
			t.Errorf("two worlds are called %s", w.Name)
		}
		names[w.Name] = true
		begins, flags := make(map[string]bool), make(map[string]triage.Flag)
		for _, s := range w.Scenes {
			for _, x := range parse(s.Picture) {
				if x.cause == "" {
					continue
				}
				if w.cause(x.cause) < 0 {
					t.Errorf("%s: no cause %s", w.Name, x.cause)
				}
				if f, ok := flags[x.cause]; ok && f != s.Flag {
					t.Errorf("%s: %s has two flags", w.Name, x.cause)
				}
				begins[x.cause], flags[x.cause] = true, s.Flag
			}
		}
		for _, c := range w.Causes {
			if !begins[c.Name] {
				t.Errorf("%s: %s begins nowhere", w.Name, c.Name)
			}
		}
	}
}

func TestPlayIsTheSame(t *testing.T) {
	w := All()[0]
	if a, b := w.Play(3), w.Play(3); !reflect.DeepEqual(a.Logs, b.Logs) || !reflect.DeepEqual(a.Traces, b.Traces) {
		t.Error("one seed plays two stories")
	}
	if a, b := w.Play(3), w.Play(4); reflect.DeepEqual(a.Traces, b.Traces) {
		t.Error("two seeds play one story")
	}
}

// A judge that finds nothing wrong with wrong piles judges nothing.
func TestJudge(t *testing.T) {
	w := &World{Causes: []Cause{at("one", "a", "x"), at("two", "b", "y")}, Scenes: []Scene{steady("S a x 0 9 ! @one"), steady("S b y 0 9 ! @two")}}
	id := func(n uint64) trace.ID { return trace.ID{Lo: n} }
	s := &Story{
		World: w, Played: []int{2, 1}, Of: map[trace.ID][]int{id(1): {0}, id(2): {0}, id(3): {1}},
		Begins: map[Place]int{{id(1), 1}: 0, {id(2), 1}: 0, {id(3), 1}: 1},
	}
	place := func(n uint64) Place { return Place{id(n), 1} }
	right := func() []Pile {
		return []Pile{{Service: "a", Operation: "x", Places: []Place{place(1), place(2)}}, {Service: "b", Operation: "y", Places: []Place{place(3)}}}
	}
	tests := []struct {
		name  string
		spoil func([]Pile) []Pile
		want  Outcome
	}{
		{"right", func(p []Pile) []Pile { return p }, Outcome{Found: 2, Seen: 3}},
		{"split", func(p []Pile) []Pile {
			p[0].Places = p[0].Places[:1]
			return append(p, Pile{Places: []Place{place(2)}})
		}, Outcome{Found: 1, Split: 1, Seen: 3, Strays: 1}},
		{"merged", func(p []Pile) []Pile {
			p[0].Places = append(p[0].Places, place(3))
			return p[:1]
		}, Outcome{Merged: 2, WrongRoot: 1, Seen: 3}},
		{"missed", func(p []Pile) []Pile { return p[:1] }, Outcome{Found: 1, Missed: 1, Seen: 2}},
		{"misplaced", func(p []Pile) []Pile {
			p[1].Expected = true
			return p
		}, Outcome{Found: 1, Misplaced: 1, Seen: 3}},
		{"flag", func(p []Pile) []Pile {
			p[1].Flag = triage.New
			return p
		}, Outcome{Found: 1, WrongFlag: 1, Seen: 3}},
		{"invented", func(p []Pile) []Pile { return append(p, Pile{Places: []Place{place(9)}}) }, Outcome{Found: 2, Invented: 1, Seen: 3}},
	}
	for _, tt := range tests {
		tt.want.Runs, tt.want.Causes = 1, 2
		if got := s.Judge(tt.spoil(right())); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
