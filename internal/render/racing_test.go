//go:build race

package render_test

// smaller divides what is large: the race detector makes drawing, which is one
// goroutine's work, ten times as long.
const smaller = 10
