package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSuites(t *testing.T) {
	all := append([]string{"cmd/otrace", "internal/es", "internal/jaeger", "internal/gather", "internal/tui"}, pure...)
	for _, tt := range []struct {
		args string
		want []string // the last of them
	}{
		{"", []string{
			"test -race -timeout 20m -vet=off -run SideBySide ./internal/skew ./internal/skew/accuracy ./internal/timeline ./internal/triage",
			"test -race -timeout 20m -vet=off ./internal/gather ./internal/tui",
			"test -race -timeout 20m -vet=off -p 1 ./cmd/otrace ./internal/es ./internal/jaeger",
		}},
		{"-run TestShow -v", []string{"test -race -timeout 20m -vet=off -p 1 -run TestShow -v ./cmd/otrace ./internal/es ./internal/jaeger"}},
		{"-run TestShow ./cmd/otrace", []string{"test -race -timeout 20m -p 1 -run TestShow ./cmd/otrace"}},
		{"github.com/otrace/otrace/internal/es", []string{"test -race -timeout 20m -p 1 github.com/otrace/otrace/internal/es"}},
	} {
		var got []string
		args := strings.Fields(tt.args)
		for _, s := range suites(args, all) {
			got = append(got, strings.Join(s.line(args), " "))
		}
		if got = got[max(0, len(got)-len(tt.want)):]; !slices.Equal(got, tt.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.args, strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
		}
	}
}

// Every package is in one suite, and what a suite promises of it is so: no pure
// one starts a goroutine or locks, unless it has tests for the race detector, and
// all that ask the servers do so a package at a time.
func TestPackagesAreInTheirSuite(t *testing.T) {
	root := filepath.Join("..", "..")
	all, err := packagesBelow(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range slices.Concat(pure, sideBySide, onServers) {
		if !slices.Contains(all, dir) {
			t.Errorf("there is no package %s", dir)
		}
	}
	asking := []string{}
	for _, dir := range all {
		p := traitsOf(t, filepath.Join(root, filepath.FromSlash(dir)))
		if p.asks && !strings.HasPrefix(dir, "internal/stack") {
			asking = append(asking, dir)
		}
		switch watched := slices.Contains(sideBySide, dir); {
		case !slices.Contains(pure, dir):
		case p.concurrent != "" && !watched:
			t.Errorf("%s is called pure, and has goroutines or locks: %s", dir, p.concurrent)
		case watched != (p.concurrent != "" && p.watched):
			t.Errorf("%s: the race detector finds goroutines or locks %q, tests of them %v", dir, p.concurrent, p.watched)
		}
	}
	if !slices.Equal(asking, onServers) {
		t.Errorf("%v ask the servers, %v are held to", asking, onServers)
	}
}

// The traits of a package that decide how it is tested.
type traits struct {
	concurrent string // where it first starts a goroutine or locks, or its tests do
	watched    bool   // a test tells that it does things side by side
	asks       bool   // its tests want real servers
}

func traitsOf(t *testing.T, dir string) traits {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var p traits
	for _, name := range names {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if isConcurrent(n) && p.concurrent == "" {
				p.concurrent = files.Position(n.Pos()).String()
			}
			switch n := n.(type) {
			case *ast.FuncDecl:
				p.watched = p.watched || strings.HasPrefix(n.Name.Name, "Test") && strings.HasSuffix(n.Name.Name, "SideBySide")
			case *ast.ImportSpec:
				p.asks = p.asks || n.Path.Value == `"`+internalPath+`stack/stacktest"`
			}
			return true
		})
	}
	return p
}

// isConcurrent reports whether the code starts a goroutine, or imports what is
// for several of them.
func isConcurrent(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		return true
	case *ast.ImportSpec:
		return slices.Contains([]string{`"sync"`, `"sync/atomic"`, `"net/http"`, `"os/exec"`, `"golang.org/x/sync/errgroup"`}, n.Path.Value)
	}
	return false
}
