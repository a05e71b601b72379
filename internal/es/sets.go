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
	if len(list)*len(more) > 1<<16 { // as the indices of a large cluster
		list = append(list, more...)
		slices.Sort(list)
		return slices.Compact(list)
	}
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

// A sieve holds back the documents that were had before. Where pages overlap
// at their ends it also remembers the last ones of each.
type sieve struct {
	had      map[docKey]bool
	overlap  bool
	ends     map[docKey]bool // the documents that share the last sort value
	last     string
	repeated int // hits of the last page that the page before had too
}

func (s *sieve) holds(key docKey, sort []byte) bool {
	if s == nil {
		return false
	}
	if s.overlap {
		again := s.ends[key]
		if again {
			s.repeated++
		}
		if string(sort) != s.last || s.ends == nil {
			s.ends, s.last = make(map[docKey]bool), string(sort)
		}
		s.ends[key] = true
		if again {
			return true
		}
	}
	return len(s.had) > 0 && s.had[key]
}

// seen is the documents that the search has so far.
func (s *search) seen() map[docKey]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	had := make(map[docKey]bool)
	for _, logs := range s.pages {
		for i := range logs {
			had[docKey{logs[i].Index, logs[i].DocID}] = true
		}
	}
	for _, key := range s.doubtful {
		had[key] = true
	}
	return had
}
