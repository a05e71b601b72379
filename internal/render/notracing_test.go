//go:build !race

package render_test

const smaller = 1
