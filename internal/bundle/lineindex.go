package bundle

import (
	"bytes"
	"context"
	"math"
	"strconv"
	"sync"

	"github.com/otrace/otrace/internal/trace"
)

// A lineIndex tells in which lines of the logs an ID may stand, so that
// counting the logs of many traces reads the files once. Every form of an ID
// ends with the same twelve hexadecimal digits, or is a decimal number.
type lineIndex struct {
	once sync.Once
	err  error
	at   map[lineKey][]lineRef
	odd  []lineRef // lines with escapes, behind which digits may hide
}

type lineKey struct {
	digits  uint64
	decimal bool
}

// A lineRef is where a line is, with its end.
type lineRef struct {
	file   int32
	length int32
	offset int64
}

// endDigits is how many digits all hexadecimal forms of an ID end with.
const endDigits = 12

// build reads all files of logs.
func (x *lineIndex) build(ctx context.Context, files []file) error {
	x.once.Do(func() {
		x.at = make(map[lineKey][]lineRef)
		for i, f := range files {
			if f.kind == kindLogs && x.err == nil {
				x.err = x.read(ctx, int32(i), f.path)
			}
		}
	})
	return x.err
}

func (x *lineIndex) read(ctx context.Context, number int32, path string) error {
	return rawLines(ctx, path, func(_ int, offset int64, line []byte) {
		x.add(line, lineRef{file: number, length: int32(min(len(line), math.MaxInt32)), offset: offset})
	})
}

// add notes every run of digits that may end an ID.
func (x *lineIndex) add(line []byte, at lineRef) {
	if bytes.Contains(line, []byte(`\u00`)) {
		x.odd = append(x.odd, at)
	}
	for start := 0; start < len(line); start++ {
		if !isHex(line[start]) {
			continue
		}
		end, decimal := start, true
		for end < len(line) && isHex(line[end]) {
			decimal = decimal && line[end] <= '9'
			end++
		}
		if decimal {
			x.note(lineKey{number(line[start:end], 10), true}, at)
		}
		if end-start >= endDigits {
			x.note(lineKey{number(line[end-endDigits:end], 16), false}, at)
		}
		start = end
	}
}

func (x *lineIndex) note(key lineKey, at lineRef) {
	if key.digits < shortest {
		return
	}
	if list := x.at[key]; len(list) == 0 || list[len(list)-1] != at {
		x.at[key] = append(list, at)
	}
}

// shortest is the smallest number that is looked up here; the digits of
// smaller IDs are in every other line.
const shortest = 1 << 44

func number(digits []byte, base int) uint64 {
	n, err := strconv.ParseUint(string(digits), base, 64)
	if err != nil {
		return 0
	}
	return n
}

// linesOf is the lines in which the ID may stand; ok is false where it may be
// in any.
func (x *lineIndex) linesOf(id trace.ID) (refs []lineRef, ok bool) {
	const last = 1<<(4*endDigits) - 1
	if !id.IsTrace() || id.Lo < shortest || id.Lo&last < shortest {
		return nil, false
	}
	refs = append(refs, x.odd...)
	for _, key := range [...]lineKey{{id.Lo & last, false}, {id.Lo, true}, {-id.Lo, true}} {
		refs = append(refs, x.at[key]...)
	}
	return refs, true
}
