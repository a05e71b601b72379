package es

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// A tallied is what an aggregation counted, in one bucket or in several.
type tallied struct {
	Key     string   `json:"key"`
	Docs    int64    `json:"doc_count"`
	Buckets tallies  `json:"buckets"`
	Slots   *tallied `json:"slots"`
	Units   *tallied `json:"units"`
	Pairs   *tallied `json:"pairs"`
}

// tallies are an aggregation's buckets, which come as a list or by name.
type tallies []tallied

// UnmarshalJSON reads either.
func (t *tallies) UnmarshalJSON(text []byte) error {
	if !bytes.HasPrefix(text, []byte("{")) {
		return json.Unmarshal(text, (*[]tallied)(t))
	}
	var named map[string]tallied
	if err := json.Unmarshal(text, &named); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(named)) {
		one := named[key]
		one.Key = key
		*t = append(*t, one)
	}
	return nil
}

// of is the buckets by the numbers that are their keys.
func (t *tallied) of(each func(number int, one *tallied)) {
	if t == nil {
		return
	}
	for i := range t.Buckets {
		if n, err := strconv.Atoi(t.Buckets[i].Key); err == nil {
			each(n, &t.Buckets[i])
		}
	}
}

// buckets is all of them; none of what is nil.
func (t *tallied) buckets() tallies {
	if t == nil {
		return nil
	}
	return t.Buckets
}

// addTo adds the slots' counts to a list.
func (t *tallied) addTo(list []int64) {
	t.of(func(i int, one *tallied) {
		if i >= 0 && i < len(list) {
			list[i] += one.Docs
		}
	})
}
