package render

import "slices"

// The heights of a trend's slots, the lowest first; before them what stands for
// none.
var (
	unicodeHeights = [...]string{"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
	asciiHeights   = [...]string{" ", ".", ":", "-", "=", "+", "*", "#"}
)

func (e *errorPage) heights() []string {
	if e.style.ASCII {
		return asciiHeights[:]
	}
	return unicodeHeights[:]
}

// lowestPeak is the count that fills a slot at least: one or two alone do not
// look like a wave.
const lowestPeak = 4

// spark draws a trend in one line.
func (e *errorPage) spark(trend []int, most int) string {
	parts := merged(trend, most)
	if len(parts) == 0 {
		return ""
	}
	signs := e.heights()
	peak := max(slices.Max(parts), lowestPeak)
	b := make([]byte, 0, 3*len(parts))
	for _, n := range parts {
		b = append(b, signs[height(n, peak, len(signs)-1)]...)
	}
	return string(b)
}

// height is how many of so many steps a count takes: none only for zero.
func height(n, peak, steps int) int {
	if n <= 0 {
		return 0
	}
	return min(max(int(float64(n)/float64(peak)*float64(steps)+0.5), 1), steps)
}

// merged sums slots up until there are few enough.
func merged(trend []int, most int) []int {
	if most <= 0 || len(trend) <= most {
		return trend
	}
	size := (len(trend) + most - 1) / most
	parts := make([]int, 0, most)
	for part := range slices.Chunk(trend, size) {
		sum := 0
		for _, n := range part {
			sum += n
		}
		parts = append(parts, sum)
	}
	return parts
}
