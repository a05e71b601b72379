package bundle

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/jaegerjson"
	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/trace"
)

// Spans returns the trace's spans, each once. Its error wraps
// trace.ErrNotFound when there are none; the evidence may have gaps even so.
func (b *Bundle) Spans(ctx context.Context, id trace.ID, _ trace.Window) (trace.Evidence, error) {
	ev := trace.Evidence{ID: id}
	b.saved(&ev, true)
	if !id.IsTrace() {
		return ev, fmt.Errorf("bundle: %s is no trace ID: %w", id, trace.ErrNotFound)
	}
	var spans pile[trace.Span]
	err := b.eachSpans(ctx, &ev, newNeedle(id), func(some []trace.Span) { spans.add(some...) })
	ev.Spans = spans.all()
	if err != nil {
		return ev, err
	}
	ev.Spans = trace.Unique(ev.Spans)
	if len(ev.Spans) == 0 {
		return ev, fmt.Errorf("bundle: trace %s: %w", id, trace.ErrNotFound)
	}
	return ev, nil
}

// eachSpans decodes every file of spans and hands the needle's spans on in
// batches, which hold until take returns. Their times are what their own clocks
// saw: what the UI downloads, and what api_v3 answers when it is not asked for
// raw traces, was adjusted by Jaeger. What cannot be read becomes a gap.
func (b *Bundle) eachSpans(ctx context.Context, ev *trace.Evidence, n *needle, take func([]trace.Span)) error {
	return b.eachSpansAt(ctx, ev, n, func(_ lineRef, spans []trace.Span) { take(spans) })
}

// eachSpansAt is eachSpans, and tells where a batch is: the line, or the whole
// file, which has no length.
func (b *Bundle) eachSpansAt(ctx context.Context, ev *trace.Evidence, n *needle, take func(lineRef, []trace.Span)) error {
	for i, f := range b.files {
		var outcome adjusted.Outcome
		raw := func(at lineRef, spans []trace.Span) {
			spans = n.of(spans)
			outcome.Add(adjusted.Undo(spans))
			at.file = int32(i)
			take(at, spans)
		}
		var err error
		switch f.kind {
		case kindOTLP:
			err = otlpFile(ctx, f, ev, n, raw)
		case kindJaeger:
			err = jaegerFile(ctx, f, ev, func(spans []trace.Span) { raw(lineRef{}, spans) })
		}
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		for _, w := range outcome.Warnings("") {
			ev.Warnings = append(ev.Warnings, f.name+": "+w)
		}
	}
	return nil
}

// otlpFile reads OTLP JSON, one object a line; or, when the first line is no
// whole object, as one text of many lines.
func otlpFile(ctx context.Context, f file, ev *trace.Evidence, n *needle, take func(lineRef, []trace.Span)) error {
	bad := tally{name: f.name}
	first, spread := true, false
	err := linesAt(ctx, f.path, func(no int, offset int64, line []byte) {
		if first && !isJSON(line) {
			spread = true
		}
		first = false
		switch {
		case spread, n == nil && again(line):
		case !n.in(line):
			if !isJSON(line) {
				bad.add(no, "not JSON")
			}
		default:
			spans, err := appendLineOf(nil, line)
			take(lineRef{length: int32(min(len(line), math.MaxInt32)), offset: offset}, spans)
			if err != nil {
				bad.add(no, err.Error())
			}
		}
	})
	if err == nil && spread {
		return spreadFile(f, ev, func(spans []trace.Span) { take(lineRef{}, spans) })
	}
	bad.tell(ev)
	return err
}

// spreadFile reads OTLP JSON that goes over lines.
func spreadFile(f file, ev *trace.Evidence, take func([]trace.Span)) error {
	text, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	spans, err := otlp.AppendJSON(nil, withoutMark(text))
	take(spans)
	if err != nil {
		ev.Gaps = append(ev.Gaps, trace.Gap{Source: source, Reason: f.name + ": " + err.Error(), Partial: true})
	}
	return nil
}

func jaegerFile(ctx context.Context, f file, ev *trace.Evidence, take func([]trace.Span)) error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	r := bufio.NewReader(contextReader{ctx, file})
	if head, _ := r.Peek(len(mark)); bytes.Equal(head, mark) {
		_, _ = r.Discard(len(mark)) // it was just peeked at
	}
	answer, err := jaegerjson.Decode(r)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	take(answer.Spans)
	for _, w := range answer.Warnings {
		if text := f.name + ": " + w; !slices.Contains(ev.Warnings, text) {
			ev.Warnings = append(ev.Warnings, text)
		}
	}
	for _, e := range answer.Errors {
		ev.Gaps = append(ev.Gaps, trace.Gap{Source: source, Reason: fmt.Sprintf("%s: the server answered %d: %s", f.name, e.Code, e.Msg), Partial: true})
	}
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the file ends too early")
		}
		ev.Gaps = append(ev.Gaps, trace.Gap{Source: source, Reason: f.name + ": " + err.Error(), Partial: true})
	}
	return nil
}

// A contextReader stops reading when the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// A needle is what every line with spans of a trace has in it: the ID's
// significant digits in either case, or its base64. A nil needle is in every
// line, and every span is one of its.
type needle struct {
	id           trace.ID
	lower, upper string
	base64       []byte
}

func newNeedle(id trace.ID) *needle {
	digits := strings.TrimLeft(id.String(), "0")
	raw := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, id.Hi), id.Lo)
	return &needle{
		id: id, lower: digits, upper: strings.ToUpper(digits),
		base64: base64.StdEncoding.AppendEncode(nil, raw),
	}
}

// of returns the trace's own spans, in the same array.
func (n *needle) of(spans []trace.Span) []trace.Span {
	if n == nil {
		return spans
	}
	return slices.DeleteFunc(spans, func(s trace.Span) bool { return !s.Trace.Same(n.id) })
}

func (n *needle) in(line []byte) bool {
	if n == nil || bytes.Contains(line, n.base64) {
		return true
	}
	lower, upper := n.lower[0], n.upper[0]
	for i := 0; i+len(n.lower) <= len(line); i++ {
		if (line[i] == lower || line[i] == upper) && n.at(line[i:]) {
			return true
		}
	}
	return bytes.Contains(line, []byte(`\u00`)) // a digit may be written as \u0061
}

func (n *needle) at(line []byte) bool {
	for i := range len(n.lower) {
		if line[i] != n.lower[i] && line[i] != n.upper[i] {
			return false
		}
	}
	return true
}
