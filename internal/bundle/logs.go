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
	seen := docSet{}
	var logs pile[trace.Log]
	err := b.eachLog(ctx, &ev, b.parserOf(id), func(l *trace.Log, _ []byte) {
		if seen.first(l) {
			l.Document = bytes.Clone(l.Document) // the line is read over
			logs.add(*l)
		}
	})
	ev.Logs = logs.all()
	return ev, err
}

// parserOf takes the logs that carry the ID.
func (b *Bundle) parserOf(id trace.ID) *logdoc.Parser {
	m := logdoc.NewMatcher(id)
	m.Use(b.fields)
	return b.using(logdoc.NewParser(m))
}

func (b *Bundle) using(p *logdoc.Parser) *logdoc.Parser {
	p.Use(b.fields)
	return p
}

// eachLog reads every file of logs and hands on those that the parser takes,
// with their lines; both hold until take returns. What cannot be read becomes
// a gap.
func (b *Bundle) eachLog(ctx context.Context, ev *trace.Evidence, parser *logdoc.Parser, take func(l *trace.Log, line []byte)) error {
	b.saved(ev, false)
	var indices indexNames
	for _, f := range b.files {
		if f.kind != kindLogs {
			continue
		}
		bad := tally{name: f.name}
		err := lines(ctx, f.path, func(n int, line []byte) {
			indices.add(line, f.name)
			if len(b.manifest.Cases) > 1 && again(line) {
				return
			}
			l, ok := parser.ParseLine(line)
			switch {
			case ok:
				take(&l, line)
			case !isJSON(line):
				bad.add(n, "not JSON")
			}
		})
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		bad.tell(ev)
	}
	b.searched(ev, &indices)
	return nil
}

// A docKey is a document's place in Elasticsearch.
type docKey struct{ index, id string }

// A docSet are the documents that were seen.
type docSet map[docKey]bool

// first adds a log's document and reports whether it is new. One without an ID
// always is.
func (s docSet) first(l *trace.Log) bool {
	k := docKey{l.Index, l.DocID}
	if k.id == "" {
		return true
	}
	had := len(s)
	s[k] = true // looking before would hash it twice
	return len(s) > had
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
	ev.Searched.Indices = slices.Concat(texts(b.manifest.Searched.Indices), indices.names)
	slices.Sort(ev.Searched.Indices)
	ev.Searched.Indices = slices.Compact(ev.Searched.Indices)
	ev.Searched.Fields = texts(b.manifest.Searched.Fields)
	if len(ev.Searched.Fields) == 0 {
		ev.Searched.Fields = []string{"every field"}
	}
}
