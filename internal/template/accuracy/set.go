package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// A set is labelled messages: message i came from event truth[i], of events.
type set struct {
	messages []string
	truth    []int
	events   int
}

// read reads a labelled file.
func read(file string) (set, error) {
	f, err := os.Open(file)
	if err != nil {
		return set{}, err
	}
	defer f.Close()
	s, err := parse(f)
	if err != nil {
		return set{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// parse reads CSV whose header names the columns Content and EventId.
func parse(r io.Reader) (set, error) {
	rows := csv.NewReader(r)
	rows.LazyQuotes = true
	header, err := rows.Read()
	if err != nil {
		return set{}, err
	}
	content, event := slices.Index(header, "Content"), slices.Index(header, "EventId")
	if content < 0 || event < 0 {
		return set{}, errors.New("no columns Content and EventId")
	}
	var s set
	ids := map[string]int{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			s.events = len(ids)
			return s, nil
		}
		if err != nil {
			return set{}, err
		}
		id, ok := ids[row[event]]
		if !ok {
			id = len(ids)
			ids[row[event]] = id
		}
		s.messages = append(s.messages, row[content])
		s.truth = append(s.truth, id)
	}
}
