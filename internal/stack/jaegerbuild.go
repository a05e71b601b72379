package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Jaeger 2 is released as the module's v1 tags. Its go.mod has a replace
// directive, so that go install refuses it: it is built from a module of its
// own, which keeps its requirements out of otrace's go.mod.
const (
	jaegerVersion = "2.13.0"
	jaegerModule  = "github.com/jaegertracing/jaeger"
	jaegerTag     = "v1.76.0"
	jaegerSum     = "h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g="
	jaegerReplace = "github.com/Shopify/sarama=github.com/Shopify/sarama@v1.33.0"
)

func (s *stack) jaegerBinary() string { return s.path("jaeger", "jaeger-"+jaegerTag) }

// buildJaeger makes sure that Jaeger's binary is there. It takes its name only
// when it is complete.
func (s *stack) buildJaeger(ctx context.Context, server string) error {
	if info, err := os.Stat(s.jaegerBinary()); err == nil && info.Mode().IsRegular() {
		return nil
	}
	module, err := s.jaegerSource(ctx, server)
	if err != nil {
		return err
	}
	work, err := partial(s.path("jaeger", "build"))
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := writeJaegerModule(work, module); err != nil {
		return err
	}
	built := filepath.Join(work, "jaeger")
	for _, step := range []struct {
		doing string
		args  []string
	}{
		{"resolving Jaeger's modules", []string{"mod", "edit", "-replace", jaegerReplace}},
		{"fetching Jaeger's modules", []string{"get", "-tool", jaegerModule + "/cmd/jaeger@" + jaegerTag}},
		{"building Jaeger (some minutes, once)", []string{"build", "-o", built, jaegerModule + "/cmd/jaeger"}},
	} {
		err := s.out.during(server, step.doing, func() error {
			return interrupted(ctx, quietly(goCommand(ctx, work, step.args...)))
		})
		if err != nil {
			return fmt.Errorf("%s: %w", step.doing, err)
		}
	}
	if err := os.Chmod(built, 0o755); err != nil { // whatever the umask
		return err
	}
	return os.Rename(built, s.jaegerBinary())
}

// jaegerSource downloads Jaeger's module, checks it against the pinned hash,
// and returns its folder.
func (s *stack) jaegerSource(ctx context.Context, server string) (string, error) {
	cmd := goCommand(ctx, s.path("jaeger"), "mod", "download", "-json", jaegerModule+"@"+jaegerTag)
	var text []byte
	err := s.out.during(server, "fetching Jaeger "+jaegerVersion, func() (err error) {
		text, err = cmd.Output()
		return interrupted(ctx, err)
	})
	var module struct{ Dir, Sum, Error string }
	if jsonErr := json.Unmarshal(text, &module); err == nil {
		err = jsonErr
	}
	if err != nil {
		return "", fmt.Errorf("fetching %s@%s: %w %s", jaegerModule, jaegerTag, err, module.Error)
	}
	if module.Sum != jaegerSum {
		return "", fmt.Errorf("%s@%s has hash %s, not the pinned %s", jaegerModule, jaegerTag, module.Sum, jaegerSum)
	}
	return module.Dir, nil
}

// writeJaegerModule starts a module with the hashes that Jaeger itself pins.
func writeJaegerModule(work, jaegerDir string) error {
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	sums, err := os.ReadFile(filepath.Join(jaegerDir, "go.sum"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, "go.sum"), sums, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(work, "go.mod"), []byte("module stack\n\ngo 1.26\n"), 0o644)
}

// goCommand is the go command in dir, free of the caller's workspace.
func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	return cmd
}
