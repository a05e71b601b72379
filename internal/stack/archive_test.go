package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// zipped is a zip of the files, by name.
func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pinned is an archive whose content is data.
func pinned(data []byte) archive {
	sum := sha512.Sum512(data)
	return archive{artifact: "org.example:tool:1.2:zip", sha512: hex.EncodeToString(sum[:])}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestArchiveNames(t *testing.T) {
	a := archive{artifact: "org.example.dist:tool:1.2:zip"}
	if got, want := a.inRepository("repo"), filepath.FromSlash("repo/org/example/dist/tool/1.2/tool-1.2.zip"); got != want {
		t.Errorf("in the repository at %s, want %s", got, want)
	}
	if a.base() != "tool-1.2" || a.version() != "1.2" {
		t.Errorf("base %s, version %s", a.base(), a.version())
	}
}

// A script of what a download gives at each call.
func scripted(t *testing.T, texts ...string) (fetch fetcher, fresh *[]bool) {
	fresh = new([]bool)
	return func(_ context.Context, a archive, dir string, isFresh bool) error {
		*fresh = append(*fresh, isFresh)
		if len(*fresh) > len(texts) {
			t.Fatal("fetched once too often")
		}
		text := texts[len(*fresh)-1]
		if text == "" {
			return errors.New("no network")
		}
		write(t, filepath.Join(dir, a.base()+".zip"), text)
		return nil
	}, fresh
}

func TestFetched(t *testing.T) {
	a := pinned([]byte("good"))
	for _, tt := range []struct {
		name    string
		cached  string
		fetches []string // what each download gives; empty is a failure
		fresh   []bool
		err     string
	}{
		{name: "cached", cached: "good"},
		{name: "new", fetches: []string{"good"}, fresh: []bool{false}},
		{name: "cut short", cached: "go", fetches: []string{"good"}, fresh: []bool{false}},
		{name: "damaged at the source once", fetches: []string{"bad", "good"}, fresh: []bool{false, true}},
		{name: "damaged for good", fetches: []string{"bad", "bad"}, fresh: []bool{false, true}, err: "not the one that is pinned"},
		{name: "no network", cached: "go", fetches: []string{""}, fresh: []bool{false}, err: "fetching tool-1.2: no network"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "tool-1.2.zip")
			if tt.cached != "" {
				write(t, path, tt.cached)
			}
			fetch, fresh := scripted(t, tt.fetches...)
			got, err := fetched(t.Context(), a, dir, t.Logf, fetch)
			if tt.err == "" && (err != nil || got != path || verify(path, a.sha512) != nil) {
				t.Errorf("got %s, %v", got, err)
			}
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %s", err, tt.err)
				}
				if _, err := os.Stat(path); err == nil {
					t.Error("a damaged archive was left in the cache")
				}
			}
			if len(*fresh) != len(tt.fresh) || (len(*fresh) == 2 && !(*fresh)[1]) {
				t.Errorf("fetches %v, want %v", *fresh, tt.fresh)
			}
		})
	}
}

func TestUnpackRepairs(t *testing.T) {
	files := map[string]string{"tool-1.2/bin/tool": "#!", "tool-1.2/lib/a.jar": "a", "tool-1.2/LICENSE": "free"}
	data := zipped(t, files)
	a := pinned(data)
	for _, tt := range []struct {
		name string
		harm func(t *testing.T, dir string)
	}{
		{"never unpacked", func(t *testing.T, dir string) { remove(t, dir) }},
		{"cut short while unpacking", func(t *testing.T, dir string) {
			remove(t, dir)
			write(t, filepath.Join(filepath.Dir(dir), ".tool-1.2.part", "lib", "half.jar"), "h")
		}},
		{"unpacked without its stamp", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, stampName)) }},
		{"a broken stamp", func(t *testing.T, dir string) { write(t, filepath.Join(dir, stampName), "{") }},
		{"a file is missing", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "lib", "a.jar")) }},
		{"a file was cut", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "bin", "tool"), "#") }},
		{"another archive", func(t *testing.T, dir string) { write(t, filepath.Join(dir, stampName), `{"sha512":"ab"}`) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := testStack(t)
			write(t, s.path("archives", "tool-1.2.zip"), string(data))
			dir := s.unpackedDir(a)
			if err := s.unpacked(t.Context(), "tool", a); err != nil {
				t.Fatal(err)
			}
			tt.harm(t, dir)
			if whole(dir, a.sha512) == nil {
				t.Fatal("the damage was not seen")
			}
			if err := s.unpacked(t.Context(), "tool", a); err != nil {
				t.Fatal(err)
			}
			if err := whole(dir, a.sha512); err != nil {
				t.Error(err)
			}
			left, err := os.ReadDir(s.path("unpacked"))
			if err != nil || len(left) != 1 {
				t.Errorf("left beside it: %v, %v", left, err)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
