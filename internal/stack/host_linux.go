package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// processes reads /proc. A start is the boot's ID and the clock tick since.
func processes() (processTable, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return nil, err
	}
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var table processTable
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue // it ended meanwhile
		}
		if l, ok := parseStat(pid, string(stat), strings.TrimSpace(string(boot))); ok {
			table = append(table, l)
		}
	}
	return table, nil
}

// parseStat reads one /proc/PID/stat; not ok means that it is none. The second
// field is the program's name, which may hold anything.
func parseStat(pid int, stat, boot string) (listed, bool) {
	const stateField, groupField, startField = 0, 2, 19 // counted after the name
	end := strings.LastIndexByte(stat, ')')
	if end < 0 {
		return listed{}, false
	}
	f := strings.Fields(stat[end+1:])
	if len(f) <= startField {
		return listed{}, false
	}
	group, err := strconv.Atoi(f[groupField])
	if err != nil {
		return listed{}, false
	}
	zombie := f[stateField] == "Z" || f[stateField] == "X"
	return listed{process{pid, fmt.Sprintf("%s+%s", boot, f[startField])}, group, zombie}, true
}
