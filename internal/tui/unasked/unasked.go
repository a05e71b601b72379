// Package unasked keeps Bubble Tea from asking the terminal for its background
// before main begins: one that does not answer would let every command wait for
// five seconds. The library leaves that out where it sees the variable CI.
//
// The package needs nothing but syscall, so it is ready before package os is,
// and with that before anything that could ask: packages are made ready in the
// order of their paths, as soon as what they import is.
package unasked

import "syscall"

// A variable is one of the environment's, which may be absent.
type variable struct {
	value string
	found bool
}

const name = "CI"

var before = pretend()

func pretend() (v variable) {
	v.value, v.found = syscall.Getenv(name)
	_ = syscall.Setenv(name, "1") // fails for names that are none
	return v
}

// Restore gives the environment back as it was. It is what main does first.
func Restore() {
	if before.found {
		_ = syscall.Setenv(name, before.value) // likewise
		return
	}
	_ = syscall.Unsetenv(name)
}
