package main

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// processes asks ps. A start is the time to the second.
func processes() (processTable, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ps", "-A", "-o", "pid=,pgid=,stat=,lstart=")
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var table processTable
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		pid, pidErr := strconv.Atoi(f[0])
		group, groupErr := strconv.Atoi(f[1])
		if pidErr == nil && groupErr == nil {
			table = append(table, listed{process{pid, strings.Join(f[3:], " ")}, group, strings.HasPrefix(f[2], "Z")})
		}
	}
	return table, nil
}
