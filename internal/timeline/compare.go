package timeline

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// compareSpans orders spans that start at one moment.
func compareSpans(x, y *trace.Span) int {
	c := cmp.Or(
		cmp.Compare(y.Duration, x.Duration), // the longer one first
		cmp.Compare(x.ID, y.ID),
		cmp.Compare(x.Kind, y.Kind),
		cmp.Compare(x.Resource.Service, y.Resource.Service),
		cmp.Compare(x.Operation, y.Operation),
		cmp.Compare(x.Parent, y.Parent),
		cmp.Compare(x.Resource.Clock(), y.Resource.Clock()),
	)
	if c != 0 {
		return c
	}
	return compareSpansFully(x, y)
}

// compareSpansFully tells any two apart that are not the same in all they say.
func compareSpansFully(x, y *trace.Span) int {
	return cmp.Or(
		compareIDs(x.Trace, y.Trace),
		cmp.Compare(x.Status, y.Status),
		cmp.Compare(x.StatusMessage, y.StatusMessage),
		cmp.Compare(x.Scope, y.Scope),
		compareBools(x.Clamped, y.Clamped),
		compareBools(x.Adjusted, y.Adjusted),
		compareOrigins(&x.Resource.Origin, &y.Resource.Origin),
		compareAttributes(x.Attributes, y.Attributes),
		compareAttributes(x.Resource.Attributes, y.Resource.Attributes),
		slices.CompareFunc(x.Events, y.Events, func(a, b trace.Event) int {
			return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Name, b.Name), compareAttributes(a.Attributes, b.Attributes))
		}),
		slices.CompareFunc(x.Links, y.Links, func(a, b trace.Link) int {
			return cmp.Or(cmp.Compare(a.Span, b.Span), compareIDs(a.Trace, b.Trace), compareAttributes(a.Attributes, b.Attributes))
		}),
	)
}

// compareLogs orders logs of one moment.
func compareLogs(x, y *trace.Log) int {
	c := cmp.Or(cmp.Compare(x.Index, y.Index), cmp.Compare(x.DocID, y.DocID), cmp.Compare(x.Message, y.Message))
	if c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(x.Level, y.Level),
		cmp.Compare(x.LevelRaw, y.LevelRaw),
		cmp.Compare(x.Span, y.Span),
		cmp.Compare(x.Template, y.Template),
		cmp.Compare(x.Match, y.Match),
		compareBools(x.Damaged, y.Damaged),
		compareOrigins(&x.Origin, &y.Origin),
		compareIDs(idOf(x), idOf(y)),
		bytes.Compare(x.Document, y.Document),
	)
}

func idOf(l *trace.Log) trace.ID {
	if l.Trace == nil {
		return trace.ID{}
	}
	return *l.Trace
}

func compareIDs(x, y trace.ID) int { return cmp.Or(cmp.Compare(x.Hi, y.Hi), cmp.Compare(x.Lo, y.Lo)) }

func compareOrigins(x, y *trace.Origin) int {
	return cmp.Or(
		cmp.Compare(x.Host, y.Host),
		cmp.Compare(x.Pod, y.Pod),
		cmp.Compare(x.Process, y.Process),
		cmp.Compare(x.Service, y.Service),
	)
}

func compareAttributes(x, y []trace.Attribute) int {
	return slices.CompareFunc(x, y, func(a, b trace.Attribute) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value.Type, b.Value.Type), cmp.Compare(a.Value.Text(), b.Value.Text()))
	})
}

func compareBools(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}
