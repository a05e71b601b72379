package bundle

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"time"
)

// inArchive are the files of an archive in their order: who lists one sees first
// what it is.
var inArchive = []string{manifestFile, spansFile, logsFile}

// packTar writes the folder's files as a .tar.gz.
func packTar(w io.Writer, dir, top string, at time.Time) error {
	z := gzip.NewWriter(w)
	t := tar.NewWriter(z)
	for _, name := range inArchive {
		if err := packFile(filepath.Join(dir, name), func(size int64) (io.Writer, error) {
			return t, t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: top + name, Mode: 0o600, Size: size, ModTime: at.Truncate(time.Second)})
		}); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

// packZip writes the folder's files as a .zip.
func packZip(w io.Writer, dir, top string, at time.Time) error {
	z := zip.NewWriter(w)
	for _, name := range inArchive {
		if err := packFile(filepath.Join(dir, name), func(int64) (io.Writer, error) {
			h := &zip.FileHeader{Name: top + name, Method: zip.Deflate, Modified: at}
			h.SetMode(0o600)
			return z.CreateHeader(h)
		}); err != nil {
			return err
		}
	}
	return z.Close()
}

// packFile copies a file to where the archive wants it.
func packFile(path string, open func(size int64) (io.Writer, error)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	w, err := open(info.Size())
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}
