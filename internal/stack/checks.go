package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The linter, pinned; its go vet and gofumpt are parts of it.
const (
	linterModule  = "github.com/golangci/golangci-lint/v2/cmd/golangci-lint"
	linterVersion = "v2.15.0"
)

// targets are the systems that otrace is released for.
var targets = []string{
	"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64",
}

// checks are the steps of a test run that need no server.
func (s *stack) checks(root string) []step {
	return []step{
		{"lint", func(ctx context.Context) error { return s.lint(ctx, root) }},
		{"guard", func(ctx context.Context) error { return s.guard(ctx, root) }},
		{"builds", func(ctx context.Context) error { return s.builds(ctx, root) }},
	}
}

func (s *stack) lint(ctx context.Context, root string) error {
	linter, err := s.linter(ctx)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, linter, "run", "--allow-parallel-runners", "./...")
	cmd.Dir = root
	return s.out.during("lint", "checking", func() error { return interrupted(ctx, showing(cmd, 1000)) })
}

// linter is the path of the pinned linter, which is built once.
func (s *stack) linter(ctx context.Context) (string, error) {
	path := s.path("bin", "golangci-lint-"+linterVersion)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	bin, err := partial(s.path("bin", "linter"))
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(bin)
	cmd := goCommand(ctx, s.dir, "install", linterModule+"@"+linterVersion)
	cmd.Env = append(cmd.Env, "GOBIN="+bin)
	err = s.out.during("lint", "building golangci-lint "+linterVersion, func() error { return interrupted(ctx, quietly(cmd)) })
	if err != nil {
		return "", fmt.Errorf("building golangci-lint: %w", err)
	}
	return path, os.Rename(filepath.Join(bin, "golangci-lint"), path)
}

// builds compiles and links everything for each target.
func (s *stack) builds(ctx context.Context, root string) error {
	return s.out.during("builds", fmt.Sprintf("compiling for %d systems", len(targets)), func() error {
		for _, target := range targets {
			system, arch, _ := strings.Cut(target, "/")
			cmd := goCommand(ctx, root, "build", "-buildvcs=false", "-o", os.DevNull, "./...")
			cmd.Env = append(cmd.Env, "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch)
			if err := quietly(cmd); err != nil {
				return interrupted(ctx, fmt.Errorf("%s: %w", target, err))
			}
		}
		return nil
	})
}

// A plant is a file with one import, in a module that has nothing else.
type plant struct {
	file    string
	imports string
	bad     bool // the linter must find it, and must not find the others
}

const internalPath = modulePath + "/internal/"

// plants has one bad import for each rule of the linter's import guard, and one
// good import beside it where the rule has exceptions.
var plants = []plant{
	{"internal/trace/bad.go", "net/http", true},
	{"internal/trace/worse.go", "os", true},
	{"internal/trace/good.go", "strings", false},
	{"internal/skew/bad.go", internalPath + "timeline", true},
	{"internal/timeline/bad.go", "os", true},
	{"internal/timeline/good.go", internalPath + "trace", false},
	{"internal/triage/bad.go", "log/slog", true},
	{"internal/triage/good.go", internalPath + "template", false},
	{"internal/template/bad.go", internalPath + "trace", true},
	{"internal/template/good.go", "strings", false},
	{"internal/redact/bad.go", "os", true},
	{"internal/redact/worse.go", internalPath + "logdoc", true},
	{"internal/redact/good.go", internalPath + "jscan", false},
	{"internal/es/bad.go", internalPath + "timeline", true},
	{"internal/es/good.go", internalPath + "logdoc", false},
	{"internal/gather/bad.go", internalPath + "es", true},
	{"internal/safe/bad.go", internalPath + "trace", true},
	{"internal/jscan/bad.go", internalPath + "trace", true},
	{"internal/otlp/bad.go", internalPath + "timeline", true},
	{"internal/otlp/good.go", internalPath + "safe", false},
	{"internal/logdoc/bad.go", internalPath + "otlp", true},
	{"internal/jaegerjson/bad.go", internalPath + "skew", true},
	{"internal/jaeger/bad.go", internalPath + "render", true},
	{"internal/jaeger/good.go", internalPath + "otlp", false},
	{"internal/bundle/bad.go", internalPath + "timeline", true},
	{"internal/bundle/good.go", internalPath + "jaegerjson", false},
	{"internal/render/bad.go", internalPath + "es", true},
	{"internal/render/good.go", internalPath + "triage", false},
	{"internal/tui/bad.go", internalPath + "gather", true},
	{"internal/config/bad.go", internalPath + "trace", true},
	{"internal/cache/bad.go", internalPath + "config", true},
	{"internal/orderservice/bad.go", internalPath + "timeline", true},
	{"internal/orderservice/good.go", "go.opentelemetry.io/otel", false},
	{"internal/stack/stacktest/good.go", "testing", false},
	{"cmd/otrace/bad.go", "go.opentelemetry.io/otel", true},
	{"cmd/otrace/worse.go", internalPath + "orderservice", true},
	{"cmd/otrace/backend.go", "github.com/elastic/go-elasticsearch/v8", true},
	{"cmd/otrace/server.go", internalPath + "stack/stacktest", true},
	{"cmd/otrace/demo.go", internalPath + "orderservice", false},
}

// guard checks the linter: a guard that cannot fail is none. It lints a module
// of planted imports with otrace's own settings, and wants the bad ones found.
func (s *stack) guard(ctx context.Context, root string) error {
	linter, err := s.linter(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "otrace-guard-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writePlants(root, dir, plants); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, linter, "run", "--allow-parallel-runners", "--enable-only", "depguard",
		"--max-same-issues", "0", "--max-issues-per-linter", "0", "./...")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := judge(plants, string(out)); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(string(out), 40))
	}
	if err == nil {
		return fmt.Errorf("the linter found bad imports and ended well")
	}
	return nil
}

// judge compares what the linter printed with what it had to find.
func judge(plants []plant, out string) error {
	for _, p := range plants {
		found := strings.Contains(out, p.file+":") // as in FILE:LINE:COLUMN
		if found != p.bad {
			return fmt.Errorf("the linter's import guard fails: %s imports %s: found %v, want %v", p.file, p.imports, found, p.bad)
		}
	}
	return nil
}

// writePlants makes the module: the planted files, the packages that they
// import, and otrace's linter settings.
func writePlants(root, dir string, plants []plant) error {
	settings, err := os.ReadFile(filepath.Join(root, ".golangci.yml"))
	if err != nil {
		return err
	}
	files := map[string]string{".golangci.yml": string(settings)}
	var mod strings.Builder
	fmt.Fprintf(&mod, "module %s\n\ngo 1.26\n", modulePath)
	for _, other := range []string{"go.opentelemetry.io/otel", "github.com/elastic/go-elasticsearch/v8"} {
		fmt.Fprintf(&mod, "\nrequire %s %s\nreplace %s => ./other/%s\n", other, placeholder(other), other, filepath.Base(other))
		files["other/"+filepath.Base(other)+"/go.mod"] = "module " + other + "\n"
		files["other/"+filepath.Base(other)+"/other.go"] = "package other\n"
	}
	files["go.mod"] = mod.String()
	for _, p := range plants {
		pkg := filepath.Base(filepath.Dir(p.file))
		files[filepath.Dir(p.file)+"/"+pkg+".go"] = "package " + pkg + "\n"
		files[p.file] = fmt.Sprintf("package %s\n\nimport _ %q\n", pkg, p.imports)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// placeholder is a version that fits the module's path.
func placeholder(module string) string {
	if strings.HasSuffix(module, "/v8") {
		return "v8.0.0"
	}
	return "v0.0.0"
}
