//go:build !unix

package main

// canStop reports that there are no stopped processes here.
func canStop() bool { return false }
