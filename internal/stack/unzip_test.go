package main

import (
	"archive/zip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUnzipStaysInside(t *testing.T) {
	for name, want := range map[string]string{
		"../evil":           "points out of the archive",
		"tool/../../evil":   "points out of the archive",
		"/etc/evil":         "points out of the archive",
		`tool\..\..\evil`:   "points out of the archive",
		"elsewhere/file":    "is not in the folder tool",
		"toolbox/file":      "is not in the folder tool",
		"tool/../other/abc": "is not in the folder tool",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			archive := filepath.Join(dir, "a.zip")
			write(t, archive, string(zipped(t, map[string]string{name: "x"})))
			_, err := unzip(archive, "tool", filepath.Join(dir, "deep", "out"))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %s", err, want)
			}
			_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
				if !d.IsDir() && path != archive {
					t.Errorf("wrote %s", path)
				}
				return nil
			})
		})
	}
}

func TestUnzipRefusesLinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	h := &zip.FileHeader{Name: "tool/link"}
	h.SetMode(fs.ModeSymlink | 0o777)
	out, err := w.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Write([]byte("/etc/passwd")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	_, err = unzip(path, "tool", filepath.Join(t.TempDir(), "out"))
	if err == nil || !strings.Contains(err.Error(), "neither a file nor a folder") {
		t.Errorf("error %v", err)
	}
}

func TestUnzipKeepsWhatRuns(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for name, mode := range map[string]fs.FileMode{"tool/": fs.ModeDir | 0o777, "tool/bin/run": 0o6755, "tool/README": 0o666} {
		h := &zip.FileHeader{Name: name}
		h.SetMode(mode)
		if _, err := w.CreateHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	files, err := unzip(path, "tool", filepath.Join(dir, "out"))
	if err != nil || len(files) != 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for name, runs := range map[string]bool{"bin/run": true, "README": false} {
		info, err := os.Stat(filepath.Join(dir, "out", name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 || (info.Mode()&0o100 != 0) != runs {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}
