package config

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// A Switch is on, off, or not said. It is a flag's value, too.
type Switch uint8

// The states of a Switch.
const (
	Unsaid Switch = iota
	Off
	On
)

func switchOf(on bool) Switch {
	if on {
		return On
	}
	return Off
}

// IsOn reports whether it was switched on.
func (s Switch) IsOn() bool { return s == On }

// IsZero reports whether nothing was said.
func (s Switch) IsZero() bool { return s == Unsaid }

// String is the state as it is written, "" when nothing was said.
func (s Switch) String() string {
	if s == Unsaid {
		return ""
	}
	return strconv.FormatBool(s == On)
}

// Set reads a flag's value.
func (s *Switch) Set(text string) error {
	on, err := strconv.ParseBool(text)
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", text)
	}
	*s = switchOf(on)
	return nil
}

// Type makes help print no value's name behind the flag.
func (s *Switch) Type() string { return "bool" }

// IsBoolFlag lets the flag stand without a value.
func (s *Switch) IsBoolFlag() bool { return true }

// UnmarshalYAML reads true or false.
func (s *Switch) UnmarshalYAML(n *yaml.Node) error {
	var on bool
	if err := n.Decode(&on); err != nil {
		return wrong(n, "must be true or false")
	}
	*s = switchOf(on)
	return nil
}

// MarshalYAML writes true or false.
func (s Switch) MarshalYAML() (any, error) { return s == On, nil }

// MarshalJSON writes true or false.
func (s Switch) MarshalJSON() ([]byte, error) { return strconv.AppendBool(nil, s == On), nil }
