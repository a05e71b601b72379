package trace

import "time"

// Ahead is how far a server's clock is ahead of ours, by the date of an answer
// and the middle of its round trip. Dates have whole seconds, cut off: what
// cannot be told from zero is zero.
func Ahead(date, asked, answered time.Time) time.Duration {
	half := answered.Sub(asked) / 2
	ahead := date.Add(time.Second / 2).Sub(asked.Add(half))
	if ahead.Abs() <= half+time.Second/2 {
		return 0
	}
	return ahead.Round(time.Millisecond)
}
