package main

import (
	"errors"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// listTraces tells what a bundle holds, one trace a line, so that one can be
// chosen: as a search does that asks for nothing.
func (a *app) listTraces(traces []trace.Summary, f format, style render.Style) error {
	name := f.name
	if !f.machine {
		name = "table"
	}
	list, err := listingOf(name)
	if err != nil {
		return err
	}
	return output(list(a.out, &render.Search{Found: trace.Found{Traces: traces}}, style))
}

// ofBundle leaves the servers out of what to do about an error: a bundle was
// asked in their place.
func ofBundle(err error, b *bundle.Bundle) error {
	switch {
	case b == nil:
	case errors.Is(err, trace.ErrNotFound):
		return hintedError{err, "otrace show without an ID lists the traces that the bundle holds"}
	case errors.Is(err, gather.ErrNothing):
		return hintedError{err, ""}
	}
	return err
}
