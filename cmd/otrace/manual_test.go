package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestManualPages writes the pages as a release does: every command has one,
// and none tells of the machine that wrote it.
func TestManualPages(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the program")
	}
	dir := t.TempDir()
	program := filepath.Join(t.TempDir(), "otrace")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "manual", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	home := filepath.Join(t.TempDir(), "somebodys-home")
	cmd := exec.CommandContext(t.Context(), program, "man", dir)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home, "OTRACE_JAEGER_TOKEN=s3cret-t0ken")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	own := regexp.MustCompile(regexp.QuoteMeta(dir) + `|somebodys-home|s3cret-t0ken|/root\b|/home/|/Users/|/tmp\b`)
	pages := 0
	eachCommand(newRootCmd(&app{ctx: t.Context(), getenv: func(string) string { return "" }}), func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			return
		}
		pages++
		if !strings.Contains(string(page), `\fB`+c.CommandPath()) {
			t.Errorf("%s does not tell how %s is called", name, c.CommandPath())
		}
		if found := own.Find(page); found != nil {
			t.Errorf("%s tells of %q", name, found)
		}
	})
	if pages < 10 {
		t.Errorf("%d pages", pages)
	}
}

// eachCommand visits the commands that users see.
func eachCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			eachCommand(sub, visit)
		}
	}
}
