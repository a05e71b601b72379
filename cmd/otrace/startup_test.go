package main

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
)

// bare is a program that does nothing but link cobra.
const bare = `package main

import "github.com/spf13/cobra"

func main() { _ = (&cobra.Command{Use: "bare", Run: func(*cobra.Command, []string) {}}).Execute() }
`

// TestStartup holds what every command pays before it does anything: no package
// may take long to be ready. What cobra alone costs is told beside it.
func TestStartup(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	source := filepath.Join(t.TempDir(), "bare.go")
	if err := os.WriteFile(source, []byte(bare), 0o600); err != nil {
		t.Fatal(err)
	}
	otrace, alone := build(t, "."), build(t, source)
	costs := map[string]time.Duration{} // of each package, the least of all runs: others may be in the way of some
	fastest := map[string]time.Duration{}
	const runs = 10
	for range runs {
		for _, program := range []string{otrace, alone} {
			took := startOf(t, program)
			if was, ok := fastest[program]; !ok || took < was {
				fastest[program] = took
			}
		}
		for name, cost := range initCosts(t, otrace) {
			if was, ok := costs[name]; !ok || cost < was {
				costs[name] = cost
			}
		}
	}
	names := make([]string, 0, len(costs))
	for name := range costs {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(costs[b], costs[a]) })
	for _, name := range names[:min(len(names), 5)] {
		t.Logf("%-60s %v", name, costs[name])
	}
	t.Logf("otrace version %v, cobra alone %v, the fastest of %d", fastest[otrace], fastest[alone], runs)
	if worst := names[0]; costs[worst] > 2*time.Millisecond {
		t.Errorf("%s takes %v before main begins", worst, costs[worst])
	}
}

func build(t *testing.T, source string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func startOf(t *testing.T, program string) time.Duration {
	t.Helper()
	start := time.Now()
	if err := exec.CommandContext(t.Context(), program, "version").Run(); err != nil {
		t.Fatal(err)
	}
	return time.Since(start).Round(100 * time.Microsecond)
}

// initCosts is what the runtime tells of each package's initialisation.
func initCosts(t *testing.T, program string) map[string]time.Duration {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var told bytes.Buffer
	cmd.Stderr = &told
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	costs := map[string]time.Duration{}
	for _, m := range regexp.MustCompile(`(?m)^init (\S+) @.*?, ([0-9.]+) ms clock`).FindAllStringSubmatch(told.String(), -1) {
		ms, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		costs[m[1]] = time.Duration(ms * float64(time.Millisecond))
	}
	if len(costs) == 0 {
		t.Fatalf("the runtime told nothing: %s", told.String())
	}
	return costs
}
