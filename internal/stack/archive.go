package main

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An archive is a zip on Maven Central, known by its content.
type archive struct {
	artifact string // group:name:version:zip
	sha512   string // in hex
	megabyte int    // about how large, for progress
}

func (a archive) fields() (group, name, version string) {
	f := strings.Split(a.artifact, ":")
	return f[0], f[1], f[2]
}

func (a archive) version() string {
	_, _, version := a.fields()
	return version
}

// base is the archive's name without ".zip", and its only top folder.
func (a archive) base() string {
	_, name, version := a.fields()
	return name + "-" + version
}

// inRepository is where a local Maven repository keeps the archive.
func (a archive) inRepository(repository string) string {
	group, name, version := a.fields()
	return filepath.Join(repository, filepath.Join(strings.Split(group, ".")...), name, version, a.base()+".zip")
}

// errCorrupt says that a file is not what its pinned hash says.
var errCorrupt = errors.New("the archive is not the one that is pinned")

// verify checks a file against its pinned SHA-512.
func verify(path, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha512.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%w: %s has SHA-512 %.16s…, not %.16s…", errCorrupt, filepath.Base(path), got, want)
	}
	return nil
}

// A fetcher puts an archive into the folder dir under its base name. A fresh
// one takes nothing from what was downloaded before.
type fetcher func(ctx context.Context, a archive, dir string, fresh bool) error

// fetched returns the path of the archive, checked. A corrupt one is thrown
// away and fetched again, once.
func fetched(ctx context.Context, a archive, dir string, say func(string, ...any), fetch fetcher) (string, error) {
	path := filepath.Join(dir, a.base()+".zip")
	err := verify(path, a.sha512)
	if errors.Is(err, errCorrupt) {
		say("the cached archive is damaged, fetching it again")
	}
	for _, fresh := range []bool{false, true} {
		if err == nil {
			return path, nil
		}
		if err = os.RemoveAll(path); err != nil {
			return "", err
		}
		if err = fetch(ctx, a, dir, fresh); err != nil {
			return "", fmt.Errorf("fetching %s: %w", a.base(), err)
		}
		err = verify(path, a.sha512)
		if errors.Is(err, errCorrupt) && !fresh {
			say("what was fetched is damaged, fetching it once more")
		}
	}
	if err != nil {
		_ = os.Remove(path) // never to be mistaken for the real one
		return "", err
	}
	return path, nil
}

// stampName is the file in an unpacked archive that lists all the others. It
// is written last.
const stampName = ".otrace-stack.json"

// A stamp is what an unpacked archive must hold.
type stamp struct {
	SHA512 string           `json:"sha512"`
	Files  map[string]int64 `json:"files"` // path to size
}

func (s *stack) unpackedDir(a archive) string { return s.path("unpacked", a.base()) }

// unpacked makes sure that the archive lies unpacked and whole in the cache.
func (s *stack) unpacked(ctx context.Context, server string, a archive) error {
	dir := s.unpackedDir(a)
	err := whole(dir, a.sha512)
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		s.out.say(server, "the unpacked server is damaged (%v), unpacking it again", err)
	}
	say := func(format string, args ...any) { s.out.say(server, format, args...) }
	path, err := fetched(ctx, a, s.path("archives"), say, s.fetch(server))
	if err != nil {
		return err
	}
	s.out.say(server, "unpacking")
	return unpack(path, dir, a)
}

// cached reports whether the archive need not be fetched, unless it is damaged.
func (s *stack) cached(a archive) bool {
	_, err := os.Stat(s.path("archives", a.base()+".zip"))
	return err == nil || whole(s.unpackedDir(a), a.sha512) == nil
}

// whole checks that dir holds all that was unpacked from the archive.
func whole(dir, sha512 string) error {
	text, err := os.ReadFile(filepath.Join(dir, stampName))
	if err != nil {
		return err
	}
	var st stamp
	if err := json.Unmarshal(text, &st); err != nil {
		return fmt.Errorf("its stamp is unreadable: %w", err)
	}
	if st.SHA512 != sha512 {
		return errors.New("it came from another archive")
	}
	for name, size := range st.Files {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || info.Size() != size {
			return fmt.Errorf("%s is missing or was changed", name)
		}
	}
	return nil
}

// unpack unzips an archive beside dir, stamps it, and moves it there.
func unpack(path, dir string, a archive) error {
	tmp, err := partial(dir)
	if err != nil {
		return err
	}
	files, err := unzip(path, a.base(), tmp)
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", filepath.Base(path), err)
	}
	text, err := json.MarshalIndent(stamp{SHA512: a.sha512, Files: files}, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, stampName), text, 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(tmp, dir)
}
