package bundle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A target is the place where a bundle shall be.
type target struct {
	typed   string
	path    string // absolute
	archive func(w io.Writer, dir, top string, at time.Time) error
	folder  bool // there is an empty folder
}

// The endings of names by which an archive is asked for, and those by which
// something is that is none.
var archives = map[string]func(w io.Writer, dir, top string, at time.Time) error{".tar.gz": packTar, ".tgz": packTar, ".zip": packZip}

var noArchives = []string{".tar", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".json", ".jsonl", ".ndjson"}

// aim checks whether a bundle can be written there.
func aim(path string) (target, error) {
	t := target{typed: path}
	full, err := filepath.Abs(path)
	if err != nil {
		return t, err
	}
	t.path = full
	lower := strings.ToLower(filepath.Base(full))
	for ending, pack := range archives {
		if strings.HasSuffix(lower, ending) {
			t.archive = pack
		}
	}
	for _, ending := range noArchives {
		if t.archive == nil && strings.HasSuffix(lower, ending) {
			return t, fmt.Errorf("a bundle is a folder, a .tar.gz, a .tgz or a .zip: it cannot be written as %s", ending)
		}
	}
	if parent, err := os.Stat(filepath.Dir(full)); err != nil || !parent.IsDir() {
		return t, fmt.Errorf("there is no folder %s to write it into", filepath.Dir(path))
	}
	return t, t.free()
}

// free tells why the place is taken, or notes the empty folder that is there.
func (t *target) free() error {
	info, err := os.Lstat(t.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir() && t.archive != nil:
		return fmt.Errorf("%w, as a folder: an archive cannot take its place", ErrExists)
	case info.IsDir():
		if names, err := os.ReadDir(t.path); err != nil || len(names) > 0 {
			return errors.Join(err, fmt.Errorf("%w, and is not empty", ErrExists))
		}
		t.folder = true
		return nil
	case info.Mode().IsRegular() && info.Size() == 0 && t.archive != nil:
		return nil
	}
	return ErrExists
}

// stage makes the folder in which the bundle grows. It is beside the bundle, or
// within the empty folder: on the same disk, so that moving it cannot fail for
// want of space.
func (t *target) stage() (string, error) {
	dir := filepath.Dir(t.path)
	if t.folder {
		dir = t.path
	}
	return os.MkdirTemp(dir, "."+filepath.Base(t.path)+".*.part") // only we can read it
}

// place moves what is in the stage to the bundle's path.
func (t *target) place(stage string, at time.Time) error {
	switch {
	case t.archive != nil:
		return t.placeArchive(stage, at)
	case t.folder:
		return t.fill(stage)
	}
	if err := t.free(); err != nil { // somebody may have been quicker
		return err
	}
	if err := os.Rename(stage, t.path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(t.path))
	return nil
}

// fill moves the files into the empty folder, the manifest last, and none when
// not all can be.
func (t *target) fill(stage string) error {
	var moved []string
	for _, name := range [...]string{spansFile, logsFile, manifestFile} {
		to := filepath.Join(t.path, name)
		err := os.Link(filepath.Join(stage, name), to) // unlike a rename it replaces nothing
		if err != nil && !errors.Is(err, os.ErrExist) {
			err = os.Rename(filepath.Join(stage, name), to)
		}
		if err != nil {
			for _, m := range moved {
				os.Remove(m)
			}
			return err
		}
		moved = append(moved, to)
	}
	syncFolder(t.path)
	return nil
}

func (t *target) placeArchive(stage string, at time.Time) error {
	packed := filepath.Join(stage, "archive")
	f, err := os.OpenFile(packed, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = t.archive(f, stage, topOf(t.path), at)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := t.free(); err != nil {
		return err
	}
	err = os.Link(packed, t.path) // unlike a rename it replaces nothing
	if err != nil {               // an empty file is there, or the disk knows no links
		if err := t.free(); err != nil {
			return err
		}
		err = os.Rename(packed, t.path)
	}
	syncFolder(filepath.Dir(t.path))
	return err
}

// topOf is the folder in an archive: its own name without the ending.
func topOf(path string) string {
	name := filepath.Base(path)
	for ending := range archives {
		if len(name) > len(ending) && strings.EqualFold(name[len(name)-len(ending):], ending) {
			return strings.TrimLeft(name[:len(name)-len(ending)], ".") + "/"
		}
	}
	return "bundle/"
}

// syncFolder makes a new name last. Not every system can do that for folders.
func syncFolder(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		f.Close()
	}
}
