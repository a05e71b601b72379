package es

import (
	"cmp"
	"maps"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// union appends to list what it does not hold yet.
func union(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// A docKey names one document of the cluster.
type docKey struct{ index, id string }

// dedupe keeps the first of each document.
func dedupe(logs []trace.Log) []trace.Log {
	seen := make(map[docKey]bool, len(logs))
	return slices.DeleteFunc(logs, func(l trace.Log) bool {
		key := docKey{l.Index, l.DocID}
		had := seen[key]
		seen[key] = true
		return had
	})
}
