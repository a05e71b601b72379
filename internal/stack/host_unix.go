//go:build linux || darwin

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// hostSupported says that servers can be started here.
const hostSupported = true

// accountName is whom the servers run as when the caller is root.
const accountName = "otrace-stack"

// An account is a user of the system.
type account struct{ uid, gid uint32 }

// serverAccount is whom the servers run as: nil, the caller, unless that is
// root. Root's system account is created when it is not there.
func serverAccount(ctx context.Context) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no account is an answer
	}
	u, err := user.Lookup(accountName)
	if errors.As(err, new(user.UnknownUserError)) {
		cmd := exec.CommandContext(ctx, useradd(), "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", accountName)
		if err := quietly(cmd); err != nil {
			return nil, hinted("create the user "+accountName+", or run this as another user than root",
				"the search servers refuse to run as root, and there is no other user for them: %w", err)
		}
		u, err = user.Lookup(accountName)
	}
	if err != nil {
		return nil, err
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if uidErr != nil || gidErr != nil || uid == 0 {
		return nil, fmt.Errorf("user %s has the unusable ID %s:%s", accountName, u.Uid, u.Gid)
	}
	return &account{uint32(uid), uint32(gid)}, nil
}

// useradd is the program's path; sbin is not on every root's PATH.
func useradd() string {
	if path, err := exec.LookPath("useradd"); err == nil {
		return path
	}
	return "/usr/sbin/useradd"
}

// give makes all of dir the account's own.
func give(dir string, to *account) error {
	if to == nil {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(to.uid), int(to.gid))
	})
}

// detached starts a process in a session of its own, as the account.
func detached(as *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if as != nil {
		attr.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return attr
}

// terminate asks a process to end; kill ends it.
func terminate(pid int) { _ = syscall.Kill(pid, syscall.SIGTERM) }
func kill(pid int)      { _ = syscall.Kill(pid, syscall.SIGKILL) }

// The ways to hold a lock.
const (
	exclusive = syscall.LOCK_EX
	shared    = syscall.LOCK_SH
)

// tryLock takes a lock that ends with this process at the latest. It is
// errLocked when another process has it.
func tryLock(path string, how int) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}
