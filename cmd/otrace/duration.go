package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// A durationValue is a flag for a positive duration, in which days and weeks
// may be said.
type durationValue struct{ d *time.Duration }

// String returns the duration, "" for none: pflag then prints no default.
func (v durationValue) String() string {
	if v.d == nil || *v.d == 0 {
		return ""
	}
	return v.d.String()
}

// Type names the flag's value in the help.
func (v durationValue) Type() string { return "duration" }

// Set reads the value.
func (v durationValue) Set(s string) error {
	d, err := parseDuration(s)
	if err != nil {
		return err
	}
	if d <= 0 {
		return errors.New("must be more than 0")
	}
	*v.d = d
	return nil
}

// parseDuration reads what time.ParseDuration reads, and whole days and weeks.
func parseDuration(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'d': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(s) > 1 {
		if unit, ok := units[s[len(s)-1]]; ok {
			n, err := strconv.ParseFloat(s[:len(s)-1], 64)
			if err != nil || n > 10000 || n < -10000 {
				return 0, fmt.Errorf("%q is no duration such as 90s, 15m, 1h, 7d or 2w", s)
			}
			return time.Duration(n * float64(unit)), nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is no duration such as 90s, 15m, 1h, 7d or 2w", s)
	}
	return d, nil
}
