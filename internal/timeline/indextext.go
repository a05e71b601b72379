package timeline

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// Texts are what all rows say, as Row.says looks at it, in small letters. What
// many have in common stands there once: what a process tells of itself, and the
// keys of attributes.
type texts struct {
	chunks    []chunk
	keys      []shared // of the rows of each chunk
	resources shared
	size      int
}

// A chunk is the texts of some rows in one piece, each behind a zero byte.
type chunk struct {
	first int32    // row
	lower []byte   // ASCII is in small letters
	upper []uint64 // a bit for each byte that was a capital
	from  []int    // where each row's texts begin, and where the last's end
}

const chunkRows = wordsAtOnce * 64

// mostRead is how many bytes of documents are kept in small letters beside the
// documents. Where there are more, rows are asked one by one.
const mostRead = 512 << 20

// Read prepares for texts: it goes through all there are, once. Until then no
// text is looked for quickly.
func (x *Index) Read() {
	x.reading.Do(func() {
		size := 0
		for i := range x.tl.Rows {
			if r := &x.tl.Rows[i]; r.Kind == KindLog {
				size += len(r.Log.Document)
			}
		}
		if size <= x.most {
			x.texts.Store(x.read())
		}
	})
}

// Size is how many bytes the texts take.
func (x *Index) Size() int {
	t := x.texts.Load()
	if t == nil {
		return 0
	}
	return t.size + t.size/8
}

func (x *Index) read() *texts {
	rows := x.tl.Rows
	n := (len(rows) + chunkRows - 1) / chunkRows
	t := &texts{chunks: make([]chunk, n), keys: make([]shared, n)}
	inParallel(n, func(part int) {
		first := part * chunkRows
		k := newSharing[string]()
		t.chunks[part] = newChunk(int32(first), min(chunkRows, len(rows)-first), func(b []byte, i int) []byte {
			return appendSaid(b, &rows[first+i], func(key string) { k.add(key, int32(first+i)) })
		})
		t.keys[part] = k.read(appendText[string])
	})
	t.resources = readResources(rows)
	t.size = t.resources.size()
	for i := range t.chunks {
		t.size += len(t.chunks[i].lower) + t.keys[i].size()
	}
	return t
}

// appendSaid appends a row's own texts, but hands the keys of its attributes
// over. A message that stands in its document needs no place of its own.
func appendSaid(b []byte, r *Row, key func(string)) []byte {
	switch {
	case r.Kind == KindLog:
		if !bytes.Contains(r.Log.Document, []byte(r.Log.Message)) {
			b = appendText(b, r.Log.Message)
		}
		return appendText(b, r.Log.Document)
	case r.Kind == KindEvent:
		return appendAttributes(appendText(b, r.Event.Name), r.Event.Attributes, key)
	case r.Span == nil || r.Kind == KindMissing:
		return b
	}
	b = appendText(appendText(b, r.Span.Operation), r.Span.StatusMessage)
	return appendAttributes(b, r.Span.Attributes, key)
}

func appendAttributes(b []byte, attrs []trace.Attribute, key func(string)) []byte {
	for i := range attrs {
		key(attrs[i].Key)
		b = appendText(b, attrs[i].Value.Text())
	}
	return b
}

func appendText[T string | []byte](b []byte, s T) []byte {
	if len(s) == 0 {
		return b
	}
	return append(append(b, 0), s...)
}

func newChunk(first int32, rows int, say func(b []byte, i int) []byte) chunk {
	c := chunk{first: first, from: make([]int, 0, rows+1)}
	b := make([]byte, 0, 1<<20)
	for i := range rows {
		c.from = append(c.from, len(b))
		b = say(b, i)
	}
	c.from = append(c.from, len(b))
	c.lower = slices.Clone(b)
	c.upper = lowerAll(c.lower)
	return c
}

// lowerAll turns the capitals of ASCII into small letters, and tells where they
// were. It looks at eight bytes at a time.
func lowerAll(b []byte) (upper []uint64) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	upper = make([]uint64, (len(b)+63)/64)
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		low := w &^ tops
		if mark := (low + ones*(0x80-'A')) &^ (low + ones*(0x80-'Z'-1)) &^ w & tops; mark != 0 {
			binary.LittleEndian.PutUint64(b[i:], w|mark>>2)
			upper[i>>6] |= (mark >> 7 * 0x0102040810204080) >> 56 << (i & 63)
		}
	}
	for ; i < len(b); i++ {
		if c := lower(b[i]); c != b[i] {
			b[i] = c
			upper[i>>6] |= 1 << (i & 63)
		}
	}
	return upper
}

// A needle is a phrase that is looked for in chunks.
type needle struct {
	lower []byte
	upper []uint64
	folds bool // capitals do not matter
}

func newNeedle(p string) needle {
	n := needle{lower: []byte(p), folds: strings.ToLower(p) == p}
	n.upper = lowerAll(n.lower)
	return n
}

// find calls hit for each row from one on, and below another, that says it.
func (c *chunk) find(n *needle, row, end int, hit func(row int)) {
	at, stop := c.from[row], c.from[end]
	for {
		next := bytes.Index(c.lower[at:stop], n.lower)
		if next < 0 {
			return
		}
		at += next
		if !n.folds && !c.isCased(at, n) {
			at++
			continue
		}
		row = c.rowAt(at, row, end)
		hit(row)
		row++
		at = c.from[row]
	}
}

// rowAt finds the row that a byte is of, which is this one or one not far behind
// it.
func (c *chunk) rowAt(at, row, end int) int {
	step := 1
	for row+step < end && c.from[row+step] <= at {
		row += step
		step *= 2
	}
	low, high := row, min(row+step, end) // from[low] <= at < from[high]
	for high-low > 1 {
		if mid := (low + high) / 2; c.from[mid] <= at {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// isCased reports whether the capitals stand at a byte where the needle has them.
func (c *chunk) isCased(at int, n *needle) bool {
	for k, want := range n.upper {
		got := window(c.upper, at+k*64)
		if left := len(n.lower) - k*64; left < 64 {
			got &= 1<<left - 1
		}
		if got != want {
			return false
		}
	}
	return true
}

// window returns 64 bits from one on.
func window(b []uint64, at int) uint64 {
	w := b[at>>6] >> (at & 63)
	if at&63 != 0 && at>>6+1 < len(b) {
		w |= b[at>>6+1] << (64 - at&63)
	}
	return w
}

// saying returns the rows that say a phrase.
func (x *Index) saying(p string) Set {
	what := plain + p
	if s, ok := x.known(what); ok {
		return s
	}
	x.Read()
	t := x.texts.Load()
	if t == nil || strings.IndexByte(p, 0) >= 0 { // a zero stands between texts
		return x.keep(what, x.each(func(r *Row) bool { return r.says(phrase(p)) }))
	}
	return x.keep(what, t.saying(p, len(x.facts), x.within(p)))
}

// saying looks among the rows of within, or, where that is nil, in all.
func (t *texts) saying(p string, rows int, within Set) Set {
	n, s := newNeedle(p), newSet(rows)
	inParallel(len(t.chunks), func(part int) {
		c := &t.chunks[part]
		c.findWithin(&n, within, func(row int) { s.add(c.first + int32(row)) })
		t.keys[part].find(&n, s)
	})
	t.resources.find(&n, s)
	return s
}

// findWithin looks among the rows of a set only, where they are few.
func (c *chunk) findWithin(n *needle, within Set, hit func(row int)) {
	rows := len(c.from) - 1
	if within != nil {
		first := int(c.first) / 64
		part := within[first : first+(rows+63)/64]
		if part.Len() <= rows/fewOf {
			for row := range part.All() {
				c.find(n, int(row), int(row)+1, hit)
			}
			return
		}
	}
	c.find(n, 0, rows, hit)
}

// fewOf is the part of the rows from which on all are looked at, in one go.
const fewOf = 8

// within returns the fewest rows among which those that say a phrase are, as is
// known from parts of it; nil for any.
func (x *Index) within(p string) Set {
	x.mu.Lock()
	defer x.mu.Unlock()
	var best Set
	fewest := math.MaxInt
	for i := range slices.Backward(x.found) {
		if part := x.found[i].what; part[:1] == plain && implies(p, part[1:]) {
			if n := x.found[i].n; n < fewest {
				best, fewest = x.found[i].rows, n
			}
		}
	}
	return best
}

// implies reports whether who says p says part, too.
func implies(p, part string) bool {
	if strings.ToLower(part) == part {
		return containsFold(p, part)
	}
	return strings.ToLower(p) != p && strings.Contains(p, part)
}

// costOf is how many bytes are looked at for a phrase.
func (x *Index) costOf(p string) int {
	if _, ok := x.known(plain + p); ok {
		return 0
	}
	t := x.texts.Load()
	if t == nil || strings.IndexByte(p, 0) >= 0 {
		return math.MaxInt
	}
	within := x.within(p)
	if within == nil {
		return t.size
	}
	cost := len(t.resources.lower)
	for i := range t.chunks {
		c := &t.chunks[i]
		rows := len(c.from) - 1
		n := within[int(c.first)/64 : (int(c.first)+rows+63)/64].Len()
		if n > rows/fewOf {
			n = rows
		}
		cost += len(c.lower) / max(rows, 1) * n
	}
	return cost
}
