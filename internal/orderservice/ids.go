package orderservice

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"

	"go.opentelemetry.io/otel/trace"
)

// A hash turns a path of names and ordinals into an ID. IDs are hashed rather
// than drawn from a shared random source because live orders run side by side,
// and a shared source would depend on who asked first.
type hash uint64

func newHash(seed uint64) hash { return hash(0xcbf29ce484222325).num(seed) }

// num continues the path with a number (the finaliser of splitmix64).
func (h hash) num(n uint64) hash {
	z := uint64(h) + 0x9e3779b97f4a7c15 + n
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return hash(z ^ z>>31)
}

// text continues the path with a name (FNV-1a, then mixed).
func (h hash) text(s string) hash {
	v := uint64(h)
	for i := range len(s) {
		v = (v ^ uint64(s[i])) * 0x100000001b3
	}
	return hash(v).num(uint64(len(s)))
}

// sum is the hash as a number, never 0: zero is no ID.
func (h hash) sum() uint64 { return max(1, uint64(h)) }

func (h hash) spanID() (id trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], h.sum())
	return id
}

func (h hash) traceID() (id trace.TraceID) {
	binary.BigEndian.PutUint64(id[:8], h.num(1).sum())
	binary.BigEndian.PutUint64(id[8:], h.num(2).sum())
	return id
}

// docID is the _id of a log document: 20 hex digits.
func (h hash) docID() string {
	id := h.traceID()
	return hex.EncodeToString(id[:10])
}

// uuid is a version 4 UUID.
func (h hash) uuid() string {
	id := h.traceID()
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	s := hex.EncodeToString(id[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// dice is a random source of one's own, used by one goroutine.
func (h hash) dice() *rand.Rand { return rand.New(rand.NewPCG(uint64(h), uint64(h.num(1)))) }

// letters are n lower-case letters.
func letters(h hash, n int) string {
	b := make([]byte, n)
	for i := range b {
		h = h.num(1)
		b[i] = 'a' + byte(h%26)
	}
	return string(b)
}
