package es

import (
	"errors"
	"net/http"
	"slices"
)

// guessed is a plan for a cluster that forbids to ask for its fields and may
// yet be searched: by the usual names, in the way that forgives everywhere. When
// these find nothing, that is no answer, and the refusal stands. It is false for any other error.
func (c *Client) guessed(patterns []string, err error) (*fieldPlan, bool) {
	var status *statusError
	if !errors.As(err, &status) || status.status != http.StatusForbidden && status.status != http.StatusMethodNotAllowed {
		return nil, false
	}
	f := facts{At: c.now(), Guessed: status.Error()}
	f.Caps = fieldCaps{Indices: positive(patterns), Fields: make(map[string]fieldTypes)}
	for _, name := range slices.Concat(idPatterns, textPatterns) {
		f.Caps.Fields[name] = fieldTypes{"unknown": {Searchable: true}}
	}
	plan := c.newPlan(f, patterns)
	plan.refusal = err
	return plan, true
}
