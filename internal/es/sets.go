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
	seen     func() map[docKey]bool // makes had when the first hit comes, for most passes have none; or nil
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
	if s.seen != nil {
		s.had, s.seen = s.seen(), nil
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
	had := make(map[docKey]bool, len(s.logs)+len(s.doubtful))
	for i := range s.logs {
		had[docKey{s.logs[i].Index, s.logs[i].DocID}] = true
	}
	for _, key := range s.doubtful {
		had[key] = true
	}
	return had
}

// room is an empty list for a page's logs: one that was used before, or one for
// about as many hits as the answer holds.
func (s *search) room(answer []byte) []trace.Log {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.spare); n > 0 && cap(s.spare[n-1]) >= s.hitsIn(answer) {
		logs := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return logs
	}
	return make([]trace.Log, 0, s.hitsIn(answer))
}

// hitsIn is about how many hits an answer holds, or a little more; 0 when there
// is nothing to tell it by.
func (s *search) hitsIn(answer []byte) int {
	if s.hitSize == 0 {
		return 0
	}
	return min(s.c.pageSize, len(answer)/s.hitSize*9/8+8)
}

// expect makes room for so many logs more, as far as that can be believed.
func (s *search) expect(n int64) {
	if s.hand != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs = slices.Grow(s.logs, int(min(max(0, n), 1_000_000)))
}
