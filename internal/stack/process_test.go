//go:build linux || darwin

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestProcessTable(t *testing.T) {
	leader, child, stranger := process{10, "a"}, process{11, "b"}, process{12, "c"}
	table := processTable{{leader, 10, false}, {child, 10, false}, {stranger, 12, false}}
	if got := table.of(running{Leader: leader}); len(got) != 2 {
		t.Errorf("the leader's group is %v", got)
	}
	// The leader ended, and its ID went to somebody else's process.
	recycled := processTable{{process{10, "z"}, 10, false}, {child, 10, false}, {process{13, "y"}, 10, false}}
	got := recycled.of(running{Leader: leader, Processes: []process{leader, child}})
	if len(got) != 1 || got[0] != child {
		t.Errorf("of the server there is left %v, want %v", got, child)
	}
}

// started runs a shell script as a server is run, until the test ends.
func started(t *testing.T, script string) (running, <-chan error, string) {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	leader, died, err := spawn(launch{path: "/bin/sh", args: []string{"-c", script}}, dir, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := running{Leader: leader}
	t.Cleanup(func() { _ = stop(r, 0) })
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for string(read(t, log)) == "" { // until it has printed its first line
		<-tick.C
	}
	return r, died, log
}

func TestStopAsks(t *testing.T) {
	r, died, log := started(t, "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done")
	if err := stop(r, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := <-died; err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("it ended with %v", err)
	}
	if got := string(read(t, log)); !strings.Contains(got, "bye") {
		t.Errorf("it printed %q", got)
	}
}

func TestStopInsists(t *testing.T) {
	r, _, _ := started(t, "trap '' TERM; sleep 60 & echo ready; wait; sleep 60")
	if err := stop(r, 200*time.Millisecond); err != nil { // it would go on for two minutes
		t.Fatal(err)
	}
	table, err := processes()
	if err != nil || table.alive(r.Leader) || len(table.group(r.Leader)) != 0 {
		t.Errorf("still there: %v, %v", table.group(r.Leader), err)
	}
}

func TestStopLeavesStrangers(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	sleeper, err := identify(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	earlier := process{sleeper.PID, "an earlier start"}
	if err := stop(running{Leader: earlier, Processes: []process{earlier}}, 0); err != nil {
		t.Fatal(err)
	}
	if table, err := processes(); err != nil || !table.alive(sleeper) {
		t.Errorf("a process that only has the same ID was ended (%v)", err)
	}
}

func TestSpawnHidesEnvironment(t *testing.T) {
	t.Setenv("SECRET_TOKEN", "hunter2")
	_, _, log := started(t, "env; echo ready")
	if text := string(read(t, log)); strings.Contains(text, "hunter2") || !strings.Contains(text, "PATH=") {
		t.Errorf("its environment: %s", text)
	}
}
