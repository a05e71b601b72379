//go:build unix

package main

import "golang.org/x/sys/unix"

// canStop reports whether a shell would make the process go on after Ctrl-Z
// stopped it. One that leads its session, as behind ssh HOST COMMAND or in a
// container, has none: the system does not even stop it.
func canStop() bool {
	session, err := unix.Getsid(0)
	return err == nil && unix.Getpgrp() != session
}
