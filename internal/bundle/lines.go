package bundle

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/trace"
)

// mark is the byte-order mark that some editors put before UTF-8.
var mark = []byte("\xef\xbb\xbf")

func withoutMark(text []byte) []byte { return bytes.TrimPrefix(text, mark) }

// lines calls visit with every line that is not blank and its number, the
// first being 1. A line may be of any length; it holds until visit returns.
func lines(ctx context.Context, path string, visit func(n int, line []byte)) error {
	return linesAt(ctx, path, func(n int, _ int64, line []byte) { visit(n, line) })
}

// linesAt is lines, and tells where in the file a line is.
func linesAt(ctx context.Context, path string, visit func(n int, offset int64, line []byte)) error {
	return rawLines(ctx, path, func(n int, offset int64, raw []byte) {
		line := raw
		if n == 1 {
			line = withoutMark(line)
		}
		line = bytes.TrimLeftFunc(line, unicode.IsSpace)
		offset += int64(len(raw) - len(line))
		if line = bytes.TrimRightFunc(line, unicode.IsSpace); len(line) > 0 {
			visit(n, offset, line)
		}
	})
}

// rawLines calls visit with every line as it stands in the file, and where that
// is. The last one may be empty.
func rawLines(ctx context.Context, path string, visit func(n int, offset int64, line []byte)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 256<<10)
	var long []byte
	offset := int64(0)
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := readLine(r, &long)
		visit(n, offset, line)
		offset += int64(len(line))
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLine reads one line; one that is longer than the reader's buffer is put
// together in long.
func readLine(r *bufio.Reader, long *[]byte) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	*long = append((*long)[:0], line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.ReadSlice('\n')
		*long = append(*long, line...)
	}
	return *long, err
}

// isJSON reports whether a line is one whole JSON value.
func isJSON(line []byte) bool {
	r := jscan.NewReader(line)
	r.Skip()
	return r.End()
}

// A tally counts the lines of a file that could not be used.
type tally struct {
	name   string
	count  int
	first  int // line
	reason string
}

func (t *tally) add(line int, reason string) {
	if t.count++; t.count == 1 {
		t.first, t.reason = line, reason
	}
}

// tell adds the gap that the lines leave.
func (t *tally) tell(ev *trace.Evidence) {
	var reason string
	switch t.count {
	case 0:
		return
	case 1:
		reason = fmt.Sprintf("%s: line %d: %s", t.name, t.first, t.reason)
	default:
		reason = fmt.Sprintf("%s: %d lines cannot be read, the first of them line %d: %s", t.name, t.count, t.first, t.reason)
	}
	ev.Gaps = append(ev.Gaps, trace.Gap{Source: source, Reason: reason, Partial: true})
}
