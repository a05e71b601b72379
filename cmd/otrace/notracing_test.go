//go:build !race

package main

const smaller = 1
