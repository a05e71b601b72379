package main

import (
	"errors"
	"strconv"
)

// A countValue is a flag for a whole number of something.
type countValue struct{ n *int }

// String returns the number: pflag prints it as the default unless it is 0.
func (v countValue) String() string {
	if v.n == nil {
		return ""
	}
	return strconv.Itoa(*v.n)
}

// Type names the flag's value in the help.
func (v countValue) Type() string { return "int" }

// Set reads the number. One that is too small is the command's to refuse.
func (v countValue) Set(s string) error {
	n, err := strconv.Atoi(s)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return errors.New("is too large")
	case err != nil:
		return errors.New("must be a whole number")
	}
	*v.n = n
	return nil
}
