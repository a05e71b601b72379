package bundle

import (
	"bytes"
	"context"
	"slices"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// Traces returns what the bundle has of each trace, the newest first. A log
// counts for the trace that it names as its own, and for every trace with spans
// whose ID it holds as 16 or 32 hexadecimal digits or as a UUID.
func (b *Bundle) Traces(ctx context.Context) ([]trace.Summary, error) {
	var c counter
	var ev trace.Evidence
	if err := b.eachSpans(ctx, &ev, nil, c.AddSpans); err != nil {
		return nil, err
	}
	parser := b.using(logdoc.NewParser(nil))
	parser.WantTrace(true)
	err := b.eachLog(ctx, &ev, parser, func(l *trace.Log, line []byte) {
		c.seen = c.seen[:0]
		if id, ok := parser.NamedTrace(); ok {
			c.count(id, l)
		}
		c.mentioned(line, l)
	})
	if err != nil {
		return nil, err
	}
	return c.List(), nil
}

// A counter counts logs for the traces that they tell of.
type counter struct {
	trace.Summaries
	seen []trace.ID // those of the log at hand
}

func (c *counter) count(id trace.ID, l *trace.Log) {
	if !slices.Contains(c.seen, id) {
		c.seen = append(c.seen, id)
		c.AddLog(id, l)
	}
}

// mentioned counts a log for the known traces whose ID is in its line.
func (c *counter) mentioned(line []byte, l *trace.Log) {
	for start := 0; start < len(line); {
		end := start
		for end < len(line) && (isHex(line[end]) || line[end] == '-') {
			end++
		}
		if end-start >= 16 && (start == 0 || !isWord(line[start-1])) && (end == len(line) || !isWord(line[end])) {
			c.run(line[start:end], l)
		}
		start = end + 1
	}
}

// run looks for IDs in a run of hexadecimal digits and dashes: a UUID, or the
// parts of a traceparent.
func (c *counter) run(run []byte, l *trace.Log) {
	if plain := bytes.ReplaceAll(run, []byte("-"), nil); len(run) == 36 && len(plain) == 32 {
		c.candidate(plain, l)
		return
	}
	for part := range bytes.SplitSeq(run, []byte("-")) {
		if len(part) == 32 || len(run) == 16 {
			c.candidate(part, l)
		}
	}
}

func (c *counter) candidate(digits []byte, l *trace.Log) {
	if id, err := trace.IDFromHex(string(digits)); err == nil && c.Has(id) && c.Of(id).Spans > 0 {
		c.count(id, l)
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isWord(c byte) bool {
	return isHex(c) || 'g' <= c && c <= 'z' || 'G' <= c && c <= 'Z' || c == '_'
}
