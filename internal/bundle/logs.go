package bundle

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// Logs returns the logs that carry the ID in any of its forms, each document
// once. None is an answer, not an error.
func (b *Bundle) Logs(ctx context.Context, id trace.ID, _ func(context.Context) trace.Whereabouts) (trace.Evidence, error) {
	ev := trace.Evidence{ID: id}
	b.saved(&ev, false)
	parser := logdoc.NewParser(logdoc.NewMatcher(id))
	seen := docSet{}
	var indices indexNames
	for _, f := range b.files {
		if f.kind != kindLogs {
			continue
		}
		bad := tally{name: f.name}
		err := lines(ctx, f.path, func(n int, line []byte) {
			indices.add(line, f.name)
			l, ok := parser.ParseLine(line)
			if !ok {
				if !isJSON(line) {
					bad.add(n, "not JSON")
				}
				return
			}
			if l.DocID != "" && !seen.first(docKey{l.Index, l.DocID}) {
				return
			}
			l.Document = bytes.Clone(l.Document) // the line is read over
			ev.Logs = append(ev.Logs, l)
		})
		if err != nil {
			return ev, fmt.Errorf("bundle: %w", err)
		}
		bad.tell(&ev)
	}
	b.searched(&ev, &indices)
	return ev, nil
}

// A docKey is a document's place in Elasticsearch.
type docKey struct{ index, id string }

// A docSet are the documents that were seen.
type docSet map[docKey]bool

// first adds a document and reports whether it is new.
func (s docSet) first(k docKey) bool {
	if s[k] {
		return false
	}
	s[k] = true
	return true
}

// indexNames are the names of the indices that lines came from.
type indexNames struct {
	names []string
	last  []byte // most lines are from the same index as the one before
}

// add notes a line's index; one that names none counts as from its file.
func (x *indexNames) add(line []byte, file string) {
	name := indexOf(line)
	if name == nil {
		name = []byte(file)
	}
	if bytes.Equal(name, x.last) {
		return
	}
	x.last = bytes.Clone(name)
	if !slices.Contains(x.names, string(name)) {
		x.names = append(x.names, string(name))
	}
}

// indexOf finds a hit's index where Elasticsearch and its dumps write it: at
// the beginning.
func indexOf(line []byte) []byte {
	_, rest, ok := bytes.Cut(line[:min(len(line), 400)], []byte(`"_index":`))
	if !ok {
		return nil
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " "), []byte(`"`))
	name, _, whole := bytes.Cut(rest, []byte(`"`))
	if !ok || !whole {
		return nil
	}
	return name
}

// searched tells where the logs of the bundle came from.
func (b *Bundle) searched(ev *trace.Evidence, indices *indexNames) {
	ev.Searched.Indices = slices.Concat(b.manifest.Searched.Indices, indices.names)
	slices.Sort(ev.Searched.Indices)
	ev.Searched.Indices = slices.Compact(ev.Searched.Indices)
	ev.Searched.Fields = b.manifest.Searched.Fields
	if len(ev.Searched.Fields) == 0 {
		ev.Searched.Fields = []string{"every field"}
	}
}
