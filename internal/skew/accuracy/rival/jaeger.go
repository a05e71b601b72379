package rival

import "github.com/otrace/otrace/internal/trace"

// Jaeger returns what Jaeger's clock-skew adjuster, switched on and without a
// limit, adds to each span's times.
//
// A span on its parent's host shares its parent's delta. Any other, and every
// one that names no host, is fitted into its parent: left where it is when it
// lies inside; moved to its parent's start when it is longer and starts too
// early; else moved to its parent's middle.
func Jaeger(spans []trace.Span) []int64 {
	delta := make([]int64, len(spans))
	grow(spans).walk(func(i, p int) {
		switch {
		case p < 0:
		case spans[i].Resource.Host != "" && spans[i].Resource.Host == spans[p].Resource.Host:
			delta[i] = delta[p]
		default:
			delta[i] = fit(&spans[i], spans[p].Start+delta[p], spans[p].Duration)
		}
	})
	return delta
}

// fit returns what brings a span into a parent of that start and duration.
func fit(child *trace.Span, start, duration int64) int64 {
	switch {
	case child.Duration > duration:
		return max(start-child.Start, 0)
	case child.Start >= start && child.End() <= start+duration:
		return 0
	}
	return start + (duration-child.Duration)/2 - child.Start
}
