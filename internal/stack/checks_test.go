package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func TestJudge(t *testing.T) {
	planted := []plant{{"internal/trace/bad.go", "os", true}, {"internal/trace/good.go", "strings", false}}
	finding := "internal/trace/bad.go:3:8: import 'os' is not allowed (depguard)\n"
	for _, tt := range []struct{ out, want string }{
		{finding, ""},
		{"0 issues.\n", "bad.go imports os: found false, want true"},
		{finding + "internal/trace/good.go:3:8: import 'strings' is not allowed (depguard)\n", "good.go imports strings: found true, want false"},
	} {
		err := judge(planted, tt.out)
		if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q: %v", tt.out, err)
		}
	}
}

// Every rule of the import guard has a planted import that it must find.
func TestEveryRuleIsTried(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", ".golangci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct{ Files []string }
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	rules := config.Linters.Settings.Depguard.Rules
	if len(rules) == 0 {
		t.Fatal("there are no rules")
	}
	for name, rule := range rules {
		for _, files := range rule.Files {
			dir, ok := strings.CutPrefix(files, "**/")
			if !ok {
				continue // everywhere, or an exception
			}
			dir, _, _ = strings.Cut(dir, "/*")
			tried := slices.ContainsFunc(plants, func(p plant) bool { return p.bad && strings.HasPrefix(p.file, dir+"/") })
			if !tried {
				t.Errorf("rule %s: no bad import is planted in %s", name, dir)
			}
		}
	}
}

func TestStepsAndSummary(t *testing.T) {
	s := testStack(t)
	var said strings.Builder
	s.out = newProgress(&said)
	ran := 0
	fine := func(context.Context) error { ran++; return nil }
	results := s.runSteps(t.Context(), []step{
		{"lint", fine},
		{"builds", func(context.Context) error { return hinted("mend it", "it does not compile") }},
		{"tests", fine},
	})
	var out strings.Builder
	if err := summary(t.Context(), &out, results); !errors.Is(err, errReported) {
		t.Errorf("error %v", err)
	}
	if got, want := out.String(), "stack test: lint ok (0 s), builds FAILED (0 s), tests ok (0 s)\n"; got != want || ran != 2 {
		t.Errorf("got %s, want %s; %d ran", got, want, ran)
	}
	if !strings.Contains(said.String(), "builds: failed: it does not compile\n") || !strings.Contains(said.String(), "hint: mend it\n") {
		t.Errorf("said %q", said.String())
	}
	if err := summary(t.Context(), &out, []result{{"tests", nil, time.Second}}); err != nil {
		t.Errorf("all is well, and yet: %v", err)
	}
}
