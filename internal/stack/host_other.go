//go:build !linux && !darwin

package main

import (
	"context"
	"errors"
	"syscall"
)

// hostSupported says that no servers can be started here: all below is never
// reached, and is there so that the module compiles.
const hostSupported = false

const accountName = ""

type account struct{}

const exclusive, shared = 0, 0

var errUnsupported = errors.New("not supported on this system")

func serverAccount(context.Context) (*account, error) { return nil, errUnsupported }
func give(string, *account) error                     { return errUnsupported }
func detached(*account) *syscall.SysProcAttr          { return nil }
func terminate(int)                                   {}
func kill(int)                                        {}
func tryLock(string, int) (func(), error)             { return nil, errUnsupported }
func processes() (processTable, error)                { return nil, errUnsupported }
