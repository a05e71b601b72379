package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// A stack is the folder in which everything is kept, and what one command
// found out about the machine.
//
//	archives/   what was downloaded, checked
//	unpacked/   the search servers, each with a stamp of what must be in it
//	jaeger/     Jaeger's binary
//	bin/        the linter
//	run/NAME/   settings and data of a running server, new at each start
//	logs/       what the servers print
//	state.json  what was started
type stack struct {
	dir     string
	getenv  func(string) string
	out     *progress
	install bool // what is missing may be installed

	runAs   func(context.Context) (*account, error) // finds the account
	account *account                                // whom the servers run as; nil is the caller
	java    string                                  // home of a Java that the search servers run on

	tools    sync.Mutex   // held while tools are looked for, installed or used
	building sync.Mutex   // held while Jaeger is built
	writing  sync.Mutex   // held while the state is written
	picking  sync.Mutex   // held while ports are chosen
	promised map[int]bool // ports that a server of this run was given
}

// open finds the stack's folder; nothing is created yet.
func open(getenv func(string) string, stderr io.Writer) (*stack, error) {
	if !hostSupported {
		return nil, hinted("use Linux or macOS; otrace itself and go test ./... need no servers",
			"the servers do not start on %s", runtime.GOOS)
	}
	dir, err := folder(getenv, os.Geteuid() == 0 && runtime.GOOS == "linux")
	if err != nil {
		return nil, err
	}
	return &stack{
		dir: dir, getenv: getenv, out: newProgress(stderr), runAs: serverAccount, promised: map[int]bool{},
	}, nil
}

// folder is where the stack is kept. The search servers refuse to run as root,
// and the account that root gives them cannot look into root's home.
func folder(getenv func(string) string, root bool) (string, error) {
	if dir := getenv("OTRACE_STACK_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	if root {
		return "/var/cache/otrace-stack", nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", hinted("set OTRACE_STACK_DIR to a folder with 2 GB to spare", "there is no cache folder: %w", err)
	}
	return filepath.Join(cache, "otrace-stack"), nil
}

func (s *stack) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// makeDirs creates the folder's parts, which the servers' account can enter.
func (s *stack) makeDirs() error {
	for _, name := range []string{"", "archives", "unpacked", "jaeger", "bin", "run", "logs"} {
		if err := os.MkdirAll(s.path(name), 0o755); err != nil {
			return hinted("set OTRACE_STACK_DIR to a folder that can be written", "%w", err)
		}
		if err := os.Chmod(s.path(name), 0o755); err != nil { // whatever the umask
			return err
		}
	}
	return nil
}

// reachable checks that an account other than the owner can enter dir.
func reachable(dir string) error {
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o001 == 0 {
			return hinted("set OTRACE_STACK_DIR to a folder that every user can enter",
				"as root the servers run as user %s, which cannot enter %s", accountName, d)
		}
		if d == filepath.Dir(d) {
			return nil
		}
	}
}

// partial is a path beside final, for what is to be moved there when it is
// whole. What an interrupted run left is removed first.
func partial(final string) (string, error) {
	tmp := filepath.Join(filepath.Dir(final), "."+filepath.Base(final)+".part")
	if err := os.RemoveAll(tmp); err != nil {
		return "", fmt.Errorf("clearing what an earlier run left: %w", err)
	}
	return tmp, nil
}
