package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestGrade(t *testing.T) {
	for _, c := range []struct {
		name          string
		groups, truth []int
		ga, fga       float64
	}{
		{"right", []int{5, 5, 6}, []int{1, 1, 2}, 1, 1},
		{"split", []int{1, 2, 3, 3}, []int{1, 1, 2, 2}, .5, .4},
		{"merged", []int{1, 1, 1, 3}, []int{1, 1, 2, 3}, .25, .4},
		{"none", nil, nil, 0, 0},
	} {
		if s := grade(c.groups, c.truth); s.ga != c.ga || s.fga != c.fga {
			t.Errorf("%s: GA %v and FGA %v, want %v and %v", c.name, s.ga, s.fga, c.ga, c.fga)
		}
	}
}

func TestDrain(t *testing.T) {
	got := drained([]string{
		"user alice logged in",
		"user bob logged in",
		"user bob logged out now",
		"17 users logged in",
		"18 users logged in",
		"disk full",
		"disk gone",
		"",
	})
	if want := []int{0, 0, 1, 2, 2, 3, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("groups %v, want %v", got, want)
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	rows := "LineId,Content,EventId\n1,took 5 ms,E1\n2,took 6 ms,E1\n3,it is gone,E2\n4,it is gone,E3\n"
	if err := os.WriteFile(filepath.Join(dir, "Shop_2k.log_structured.csv"), []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run([]string{"-dir", dir, "-wrong", "5"}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	for _, want := range []string{"Shop ", "0.500 0.400", "merged 2\n", `"it is gone"`, "mean of 1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestRunRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "other.csv"), []byte("A,B\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-dir", dir}, 1, "no columns Content and EventId"},
		{[]string{"-dir", dir, "-only", "none"}, 1, "no labelled files"},
		{[]string{"more"}, 2, "wants no arguments"},
		{[]string{"-nonsense"}, 2, "nonsense"},
	} {
		var out, errs bytes.Buffer
		if code := run(c.args, &out, &errs); code != c.code || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%q: exit code %d and %q", c.args, code, errs.String())
		}
	}
}
