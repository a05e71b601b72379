package bundle

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Questions are asked of a bundle several times, and single lines of its logs
// are read again by their offset, which a compressed stream cannot do. So what
// counts in an archive is unpacked once, into a folder of its own that only we
// can read and that Close removes. No name from the archive ever becomes a path.

// What a file's first bytes say of it.
var (
	gzipMark = []byte("\x1f\x8b")
	zipMarks = [][]byte{[]byte("PK\x03\x04"), []byte("PK\x05\x06")} // the second is an empty one's
)

// isArchive reports whether a file's first bytes are an archive's.
func isArchive(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 {
		return false, nil // an empty file: whoever reads it says so
	}
	return bytes.HasPrefix(head[:n], gzipMark) || isZip(head[:n]), nil
}

func isZip(head []byte) bool {
	return slices.ContainsFunc(zipMarks, func(m []byte) bool { return bytes.HasPrefix(head, m) })
}

// openArchive opens the bundles in an archive: that at its top, or those one
// folder below. A file that was compressed alone is opened as what it is.
func (b *Bundle) openArchive(ctx context.Context, name string, several bool, max limits) error {
	dir, err := os.MkdirTemp("", "otrace-bundle-*")
	if err != nil {
		return err
	}
	b.temporary = append(b.temporary, dir)
	u := unpacker{ctx: ctx, dir: dir, max: max, at: map[string]string{}}
	single, err := u.unpack(name)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: %w", name, inWords(err))
	case single:
		return b.openSingle(filepath.Join(dir, "single"), name)
	case len(u.order) == 0:
		return fmt.Errorf("%s: %w: the archive holds neither %s nor %s, at its top or in a folder there", name, ErrNoBundle, spansFile, logsFile)
	}
	several = several || len(u.order) > 1
	for _, folder := range u.order {
		told := name
		if folder != "" {
			told = path.Join(name, folder)
		}
		if err := b.openFolder(u.at[folder], told, several); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bundle) openSingle(unpacked, name string) error {
	kind, err := sniff(unpacked)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	b.sources++
	told := strings.TrimSuffix(filepath.Base(name), ".gz")
	b.files = append(b.files, file{path: unpacked, name: told, kind: kind})
	return nil
}

// inWords says in words what the libraries say in theirs.
func inWords(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("the archive ends too early")
	case errors.Is(err, zip.ErrFormat):
		return errors.New("the archive is damaged or ends too early: a zip's table of contents is at its end, and is not there")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, tar.ErrHeader), errors.Is(err, zip.ErrChecksum):
		return fmt.Errorf("the archive is damaged: %w", err)
	}
	if corrupt, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return fmt.Errorf("the archive is damaged: %w", corrupt)
	}
	return err
}

// An unpacker writes an archive's files of evidence into a folder.
type unpacker struct {
	ctx     context.Context
	dir     string
	max     limits
	packed  int64 // bytes that were read
	size    int64 // bytes that came of them
	entries int
	order   []string          // folders of the archive with evidence in them
	at      map[string]string // where each is now
}

// unpack reports whether the archive is no archive, but one compressed file.
func (u *unpacker) unpack(name string) (single bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	head := make([]byte, 4)
	if n, err := f.ReadAt(head, 0); err == nil && isZip(head[:n]) {
		u.packed = info.Size()
		return false, u.unzip(f, info.Size())
	}
	return u.gunzip(f)
}

// gunzip unpacks a .tar.gz, or a file that was compressed alone.
func (u *unpacker) gunzip(f io.Reader) (single bool, err error) {
	z, err := gzip.NewReader(bufio.NewReaderSize(packedReader{u, f}, 64<<10))
	if err != nil {
		return false, err
	}
	r := bufio.NewReader(unpackedReader{u, z})
	const block = 512
	head, err := r.Peek(block)
	if err != nil && (len(head) == 0 || !errors.Is(err, io.EOF)) {
		return false, err
	}
	if _, err := tar.NewReader(bytes.NewReader(head)).Next(); len(head) == block && !errors.Is(err, tar.ErrHeader) {
		return false, u.untar(r)
	}
	return true, u.write(filepath.Join(u.dir, "single"), r)
}

func (u *unpacker) untar(r io.Reader) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, r) // its checksum stands at the end
			return err
		}
		if err != nil {
			return err
		}
		if err := u.entry(h.Name, h.Typeflag == tar.TypeReg, func() (io.ReadCloser, error) { return io.NopCloser(t), nil }); err != nil {
			return err
		}
	}
}

func (u *unpacker) unzip(f io.ReaderAt, size int64) error {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return err
	}
	for _, f := range z.File {
		open := func() (io.ReadCloser, error) {
			if f.Flags&1 != 0 {
				return nil, fmt.Errorf("%.200q in it is encrypted", f.Name)
			}
			r, err := f.Open()
			if err != nil {
				return nil, fmt.Errorf("%.200q in it: %w", f.Name, err)
			}
			return readCloser{unpackedReader{u, r}, r}, nil
		}
		if err := u.entry(f.Name, f.Mode().IsRegular(), open); err != nil {
			return err
		}
	}
	return nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// entry unpacks an entry when it is one of a bundle's files.
func (u *unpacker) entry(name string, regular bool, open func() (io.ReadCloser, error)) error {
	if u.entries++; u.entries > u.max.entries {
		return fmt.Errorf("there are more than %d entries in it: that is no bundle", u.max.entries)
	}
	plain := strings.ReplaceAll(name, `\`, "/")
	if path.IsAbs(plain) || slices.Contains(strings.Split(plain, "/"), "..") {
		return fmt.Errorf("the entry %.200q points out of the archive", name)
	}
	folder, file := path.Split(path.Clean(plain))
	folder = strings.TrimSuffix(folder, "/")
	if !slices.Contains(inArchive, file) || strings.Contains(folder, "/") || folder == "__MACOSX" {
		return nil
	}
	if !regular {
		return fmt.Errorf("the entry %.200q is no file but a link, a folder or a device", name)
	}
	to, err := u.folder(folder)
	if err != nil {
		return err
	}
	r, err := open()
	if err != nil {
		return err
	}
	defer r.Close()
	err = u.write(filepath.Join(to, file), r)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("the entry %.200q is in it twice", name)
	}
	return err
}

// folder is where the files of a folder of the archive go.
func (u *unpacker) folder(name string) (string, error) {
	if at, ok := u.at[name]; ok {
		return at, nil
	}
	if len(u.order) == u.max.folders {
		return "", fmt.Errorf("there are more than %d bundles in it", u.max.folders)
	}
	at := filepath.Join(u.dir, strconv.Itoa(len(u.order)))
	u.order = append(u.order, name)
	u.at[name] = at
	return at, os.Mkdir(at, 0o700)
}

func (u *unpacker) write(to string, r io.Reader) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(limitedWriter{u, f, new(int64)}, r)
	return errors.Join(err, f.Close())
}
