package otlp

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otrace/otrace/internal/trace"
)

// worthHalving is the size of a message, in bytes, from which on a second
// goroutine gains more than it costs.
const worthHalving = 1 << 20

// halve splits a large TracesData between two of its fields, about in the
// middle. The second part is empty when it is small, or one field is most of
// it; and when it cannot be read, so that one decoder finds the fault.
func halve(all wire) (first, second wire) {
	size := all.end - all.pos
	none := wire{all.text, all.end, all.end}
	if size < worthHalving {
		return all, none
	}
	var f field
	for w := all; w.more(); {
		if w.next(&f) != nil {
			return all, none
		}
		if done := w.pos - all.pos; done >= size/2 {
			if done > size-size/8 {
				return all, none
			}
			return wire{all.text, all.pos, w.pos}, wire{all.text, w.pos, all.end}
		}
	}
	return all, none
}

// decodeBoth decodes two parts side by side, into one array. An error is the
// first part's, if that has one.
func decodeBoth(dst []trace.Span, first, second wire) ([]trace.Span, error) {
	const spans = protowire.Number(2)
	inFirst := countSpans(first, 1, spans, spans)
	dst = slices.Grow(dst, inFirst+countSpans(second, 1, spans, spans))
	middle := len(dst) + inFirst
	type result struct {
		spans []trace.Span
		err   error
	}
	done := make(chan result, 1)
	go func() {
		tail, err := decode(dst[middle:middle], second)
		done <- result{tail, err}
	}()
	head, err := decode(dst[:len(dst):middle], first)
	tail := <-done
	if err == nil {
		err = tail.err
	}
	// Both are in dst; the tail is in its place, unless the head left spans out.
	return append(dst[:len(head)], tail.spans...), err
}
