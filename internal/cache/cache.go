// Package cache keeps on disk, for a while, what was learnt about servers, so
// that the next run need not ask again.
//
// It is never needed: without a folder, without the right to write, with
// damaged files, everything works as if nothing were known. Only a folder that
// is closed to other users is read, for whoever writes there says which fields
// and dialects are asked for.
package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// A Cache is a folder of entries, each a file of its own. It is safe for use
// by several goroutines and several processes. A nil Cache holds nothing.
type Cache struct {
	dir    string
	maxAge time.Duration
	now    func() time.Time
	prune  sync.Once
}

// largest is the most bytes that an entry may have: more is not worth a file.
const largest = 8 << 20

// Open names the folder, "" for none. It touches no file.
func Open(dir string, maxAge time.Duration, now func() time.Time) *Cache {
	if dir == "" {
		return nil
	}
	return &Cache{dir: dir, maxAge: maxAge, now: now}
}

// Get returns what was kept under the key, if that is whole and not too old.
func (c *Cache) Get(key string) ([]byte, bool) {
	if c == nil || !closed(c.dir) {
		return nil, false
	}
	f, err := os.Open(c.path(key))
	if err != nil {
		return nil, false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || c.stale(info) {
		return nil, false
	}
	entry, err := io.ReadAll(io.LimitReader(f, largest+sha256.Size+1))
	if err != nil {
		return nil, false
	}
	return unseal(key, entry)
}

// Put keeps a value under the key in place of what was there. Where that
// cannot be done, nothing is kept.
func (c *Cache) Put(key string, value []byte) {
	if c == nil || len(value) > largest || !closing(c.dir) {
		return
	}
	if err := c.write(c.path(key), seal(key, value)); err == nil {
		c.prune.Do(c.removeStale)
	}
}

// stale reports an entry that is too old, or from a future that a wrong clock
// told of.
func (c *Cache) stale(info fs.FileInfo) bool {
	age := c.now().Sub(info.ModTime())
	return age > c.maxAge || age < -time.Minute
}

// newPrefix begins the names of files that are being written.
const newPrefix = ".new-"

// write makes the file appear whole or not at all.
func (c *Cache) write(path string, entry []byte) error {
	f, err := os.CreateTemp(c.dir, newPrefix)
	if err != nil {
		return err
	}
	_, err = f.Write(entry)
	err = errors.Join(err, f.Close())
	now := c.now()
	if err == nil {
		err = os.Chtimes(f.Name(), now, now)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// removeStale deletes the entries that nobody will read again, and what
// processes that died have left. Files of other kinds are left alone.
func (c *Cache) removeStale() {
	files, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, f := range files {
		own := len(f.Name()) == 2*sha256.Size || strings.HasPrefix(f.Name(), newPrefix)
		if info, err := f.Info(); own && err == nil && info.Mode().IsRegular() && c.stale(info) {
			_ = os.Remove(filepath.Join(c.dir, f.Name()))
		}
	}
}

// path is the key's file: keys may hold characters that no file name can.
func (c *Cache) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:]))
}

// seal puts a value behind a sum over it and its key, which tells a damaged
// entry from a whole one.
func seal(key string, value []byte) []byte {
	sum := sumOf(key, value)
	return append(sum[:], value...)
}

func unseal(key string, entry []byte) ([]byte, bool) {
	if len(entry) < sha256.Size {
		return nil, false
	}
	value := entry[sha256.Size:]
	sum := sumOf(key, value)
	return value, bytes.Equal(sum[:], entry[:sha256.Size])
}

func sumOf(key string, value []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte(key))
	h.Write([]byte{0})
	h.Write(value)
	return [sha256.Size]byte(h.Sum(nil))
}

// closed reports whether the folder is there, and no other user's to write or
// read. Windows keeps the folders of users apart by other means.
func closed(dir string) bool {
	info, err := os.Lstat(dir)
	return err == nil && info.IsDir() && (runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0)
}

// closing makes the folder where there is none, and closes it to others.
// Somebody else's folder cannot be closed, and is not used.
func closing(dir string) bool {
	if closed(dir) {
		return true
	}
	if os.MkdirAll(dir, 0o700) != nil {
		return false
	}
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() || os.Chmod(dir, 0o700) != nil { // never through a link
		return false
	}
	return closed(dir)
}
