package orderservice

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// A Config says what to run. Its zero fields mean what their comments say;
// DefaultConfig is a good start.
type Config struct {
	Seed   uint64 // equal seeds give equal IDs, shapes and outcomes
	Orders int    // how many orders are placed; at least 1
	Mix    Mix    // scenarios by weight; nil is ProductionMix

	// End is when the last thing in simulated traffic happened, in true time.
	// Live traffic ends when it ends.
	End time.Time
	// Over is the window before End that simulated orders spread over; 0 is an
	// hour.
	Over time.Duration

	// Skew is how far ahead of the true time each service's clock is, by
	// service name. What is absent is right.
	Skew map[string]time.Duration
	// DriftPPM is how much faster than the true time each service's clock
	// runs, in microseconds a second, from the start of the traffic.
	DriftPPM map[string]float64

	// SampleRatio is the share of traces that is sampled at their root, from
	// 0 to 1; all else follows its parent.
	SampleRatio float64
	// Formats is how services write their logs, where it is not as usual.
	Formats map[string]Format

	// Concurrency is how many live orders are under way at once; 0 is 4.
	Concurrency int
	// QueueSize is how many live log documents may wait to be shipped; what
	// does not fit is dropped and counted. 0 is 8192.
	QueueSize int
	// LogFile, when set, is a file that the live services' logs are written to
	// as well, rotated at 10 MiB with three old files kept.
	LogFile string
}

// DefaultConfig is what otrace demo runs: every scenario, and two clocks that
// are visibly wrong.
func DefaultConfig() Config {
	return Config{
		Seed:        1,
		Orders:      12,
		Mix:         DemoMix(),
		Over:        time.Hour,
		Skew:        map[string]time.Duration{"payment": -180 * time.Millisecond, "inventory": 95 * time.Millisecond},
		SampleRatio: 1,
		Concurrency: 4,
	}
}

// Check says what is wrong with the configuration, in words for its user.
func (c Config) Check() error {
	if c.Orders < 1 {
		return fmt.Errorf("%d orders: at least one is needed", c.Orders)
	}
	if c.SampleRatio < 0 || c.SampleRatio > 1 || math.IsNaN(c.SampleRatio) {
		return fmt.Errorf("a sample ratio of %v: it goes from 0 to 1", c.SampleRatio)
	}
	if c.Over < 0 || c.Concurrency < 0 || c.QueueSize < 0 {
		return errors.New("a negative window, concurrency or queue size")
	}
	if c.Mix != nil {
		if err := c.Mix.check(); err != nil {
			return err
		}
	}
	for _, name := range c.named() {
		if _, known := serviceByName(name); !known {
			return unknown("service", name, ServiceNames())
		}
	}
	for _, s := range slices.Sorted(maps.Keys(c.Formats)) {
		if f := c.Formats[s]; !slices.Contains(FormatNames(), string(f)) {
			return unknown("log format", string(f), FormatNames())
		}
	}
	for s, ppm := range c.DriftPPM {
		if math.Abs(ppm) > 1e5 || math.IsNaN(ppm) {
			return fmt.Errorf("%s drifts by %v ppm: at most 100000 are believable", s, ppm)
		}
	}
	return nil
}

// named are the services that the configuration speaks of, sorted.
func (c Config) named() []string {
	names := slices.Collect(maps.Keys(c.Skew))
	names = slices.AppendSeq(names, maps.Keys(c.DriftPPM))
	names = slices.AppendSeq(names, maps.Keys(c.Formats))
	slices.Sort(names)
	return slices.Compact(names)
}

// filled is c with its zero fields replaced by what they stand for.
func (c Config) filled() Config {
	if c.Mix == nil {
		c.Mix = ProductionMix()
	}
	if c.Over == 0 {
		c.Over = time.Hour
	}
	if c.Concurrency == 0 {
		c.Concurrency = 4
	}
	if c.QueueSize == 0 {
		c.QueueSize = 8192
	}
	return c
}
