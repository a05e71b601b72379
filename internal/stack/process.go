package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// A listed is one process of the machine.
type listed struct {
	process
	group  int
	zombie bool // it ended, and its parent has not looked yet
}

// A processTable is every process.
type processTable []listed

// alive reports whether p still runs: the same process, not another that got
// its ID.
func (t processTable) alive(p process) bool {
	return slices.ContainsFunc(t, func(l listed) bool { return l.process == p && !l.zombie })
}

// group is the live processes of the group that leader leads.
func (t processTable) group(leader process) []process {
	if !t.alive(leader) {
		return nil
	}
	var members []process
	for _, l := range t {
		if l.group == leader.PID && !l.zombie {
			members = append(members, l.process)
		}
	}
	return members
}

// of is the live processes of a started server, however few are left.
func (t processTable) of(r running) []process {
	found := t.group(r.Leader)
	for _, p := range r.Processes {
		if t.alive(p) && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found
}

// spawn starts a server, detached: in a session of its own, with its output in
// the file log, and without the caller's environment but for PATH. died
// receives the process's end.
func spawn(l launch, dir, log string, as *account) (leader process, died <-chan error, err error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return process{}, nil, err
	}
	defer out.Close()
	cmd := exec.Command(l.path, l.args...) //nolint:noctx // it outlives this program
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LANG=C.UTF-8"}, l.env...)
	cmd.SysProcAttr = detached(as)
	if err := cmd.Start(); err != nil {
		return process{}, nil, err
	}
	ended := make(chan error, 1)
	leader, err = identify(cmd.Process.Pid) // before it can be waited for: the ID is its own
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return process{}, nil, fmt.Errorf("starting %s: %w", l.path, err)
	}
	go func() {
		err := cmd.Wait()
		if err == nil {
			err = fmt.Errorf("%s", cmd.ProcessState)
		}
		ended <- err
	}()
	return leader, ended, nil
}

// identify is the process that has this ID now, be it a zombie.
func identify(pid int) (process, error) {
	table, err := processes()
	if err != nil {
		return process{}, err
	}
	for _, l := range table {
		if l.PID == pid {
			return l.process, nil
		}
	}
	return process{}, fmt.Errorf("process %d is gone", pid)
}

// stop ends a server's processes: it asks, and after patience it insists. A
// process that is no longer the one that was started is not touched.
func stop(r running, patience time.Duration) error {
	table, err := processes()
	if err != nil {
		return err
	}
	left := table.of(r)
	for _, p := range left {
		terminate(p.PID)
	}
	deadline := time.Now().Add(patience)
	for killed := false; len(left) > 0; {
		time.Sleep(50 * time.Millisecond)
		if table, err = processes(); err != nil {
			return err
		}
		left = slices.DeleteFunc(left, func(p process) bool { return !table.alive(p) })
		switch {
		case time.Now().Before(deadline):
		case killed:
			return fmt.Errorf("process %d does not end", left[0].PID)
		default:
			for _, p := range left {
				kill(p.PID)
			}
			killed, deadline = true, time.Now().Add(patience)
		}
	}
	return nil
}
