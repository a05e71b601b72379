package bundle

import (
	"fmt"
	"io"
	"strconv"
)

// limits are how much an archive may hold, so that a small file cannot fill the
// disk.
type limits struct {
	size    int64 // unpacked
	ratio   int64 // unpacked to packed
	from    int64 // the unpacked size from which on the ratio counts: repetitive logs pack well
	entries int
	folders int
}

var usual = limits{size: 16 << 30, ratio: 300, from: 256 << 20, entries: 10_000, folders: 100}

// A packedReader counts what is read of the archive.
type packedReader struct {
	u *unpacker
	r io.Reader
}

func (p packedReader) Read(b []byte) (int, error) {
	if err := p.u.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.r.Read(b)
	p.u.packed += int64(n)
	return n, err
}

// An unpackedReader counts what comes out of it, also of what is passed over,
// and ends it when that is too much.
type unpackedReader struct {
	u *unpacker
	r io.Reader
}

func (p unpackedReader) Read(b []byte) (int, error) {
	if err := p.u.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.r.Read(b)
	p.u.size += int64(n)
	if limit := p.u.over(); limit != nil {
		return 0, limit
	}
	return n, err
}

// over tells which limit was passed, if any.
func (u *unpacker) over() error {
	switch {
	case u.size > u.max.size:
		return fmt.Errorf("it unpacks to more than %s: unpack it yourself and name the folder, if that is what it should be", bytesText(u.max.size))
	case u.size > u.max.from && u.size/u.max.ratio > u.packed:
		return fmt.Errorf("it unpacks to more than %d times its size: that is a bomb rather than a bundle; unpack it yourself and name the folder, if it is one", u.max.ratio)
	}
	return nil
}

// A limitedWriter stops a file that grows without being read, as one does that
// is said to consist of holes.
type limitedWriter struct {
	u       *unpacker
	w       io.Writer
	written *int64
}

func (l limitedWriter) Write(b []byte) (int, error) {
	if *l.written += int64(len(b)); *l.written > l.u.max.size {
		l.u.size = *l.written
		return 0, l.u.over()
	}
	return l.w.Write(b)
}

func bytesText(n int64) string {
	if n >= 1<<30 {
		return strconv.FormatInt(n>>30, 10) + " GiB"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
