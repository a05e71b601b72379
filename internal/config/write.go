package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// plainText is a text without a byte-order mark and with Unix line ends, and
// how to give both back.
func plainText(text []byte) (plain []byte, dress func([]byte) []byte) {
	plain, marked := bytes.CutPrefix(text, byteOrderMark)
	windows := bytes.Contains(plain, []byte("\r\n"))
	if windows {
		plain = bytes.ReplaceAll(plain, []byte("\r\n"), []byte("\n"))
	}
	return plain, func(text []byte) []byte {
		if windows {
			text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		}
		if marked {
			text = append(bytes.Clone(byteOrderMark), text...)
		}
		return text
	}
}

// ended is the text with its last line ended, in memory of its own.
func ended(text []byte) []byte {
	text = bytes.Clone(text)
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	return text
}

// Save writes the file, whole or not at all, for its owner alone. It returns
// what it did beside that: a mode that it tightened. A link is written
// through. When somebody else has changed the file meanwhile, nothing is
// written.
func (e *Editor) Save() (notes []string, err error) {
	after, err := e.text()
	if err != nil {
		return nil, fmt.Errorf("config: %s: %w", e.path, err)
	}
	target, err := throughLinks(e.path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	if notes, err = e.closeFolder(); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	if e.readable() {
		notes = append(notes, tightened(e.path, e.mode))
	}
	if err := e.unchanged(target); err != nil {
		return nil, err
	}
	if err := replace(target, after); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return notes, nil
}

// tightened tells of a mode that was changed.
func tightened(path string, mode fs.FileMode) string {
	return fmt.Sprintf("%s could be read by others (mode %04o), and now cannot", path, mode.Perm())
}

// unchanged fails when the file is no longer what was read.
func (e *Editor) unchanged(target string) error {
	now, err := os.ReadFile(target)
	switch {
	case errors.Is(err, fs.ErrNotExist) && e.mode == 0:
		return nil
	case err != nil:
		return fmt.Errorf("config: %w", err)
	case e.mode == 0 || !bytes.Equal(now, e.before):
		return fmt.Errorf("config: %s was changed meanwhile: try again", e.path)
	}
	return nil
}

// closeFolder makes the file's folder. That of otrace's own is for its owner
// alone; one that OTRACE_CONFIG leads to stays as it is.
func (e *Editor) closeFolder() ([]string, error) {
	dir := filepath.Dir(e.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	info, err := os.Lstat(dir)
	if err != nil || e.named || !modesTell() || !info.IsDir() || info.Mode().Perm()&0o077 == 0 {
		return nil, err
	}
	return []string{tightened(dir, info.Mode())}, os.Chmod(dir, 0o700)
}

// mostLinks is how many links may lead from one to the next.
const mostLinks = 40

// throughLinks is the file that a path leads to, whether it exists or not.
func throughLinks(path string) (string, error) {
	for range mostLinks {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		next, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(next) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path)) // for what .. means in next
			if err != nil {
				return "", err
			}
			next = filepath.Join(dir, next)
		}
		path = next
	}
	return "", fmt.Errorf("%s: too many links", path)
}

// replace puts a text in the place of a file at once.
func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".otrace-config-") // which only its owner can read
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
