//go:build race

package main

// smaller divides what is large: the race detector makes reading and drawing ten
// times as long.
const smaller = 4
