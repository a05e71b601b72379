package cache_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/cache"
)

// A clock stands still until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)} }

func openNew(t *testing.T) (*cache.Cache, string, *clock) {
	t.Helper()
	dir, now := filepath.Join(t.TempDir(), "under", "otrace"), newClock()
	return cache.Open(dir, time.Hour, now.now), dir, now
}

func TestWhatIsPutComesBackForAWhile(t *testing.T) {
	c, dir, now := openNew(t)
	if _, ok := c.Get("key"); ok {
		t.Error("something was known before anything was")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("asking made a folder")
	}
	c.Put("key", []byte("old"))
	c.Put("key", []byte("value"))
	c.Put("another/../key\x00", nil)
	if got, ok := c.Get("key"); !ok || string(got) != "value" {
		t.Errorf("%q, %v", got, ok)
	}
	if got, ok := c.Get("another/../key\x00"); !ok || len(got) != 0 {
		t.Errorf("an empty value came back as %q, %v", got, ok)
	}
	again := cache.Open(dir, time.Hour, now.now)
	if got, ok := again.Get("key"); !ok || string(got) != "value" {
		t.Errorf("the next process has %q, %v", got, ok)
	}
	now.at = now.at.Add(61 * time.Minute)
	if _, ok := c.Get("key"); ok {
		t.Error("an old entry is still believed")
	}
	now.at = now.at.Add(-2 * time.Hour)
	if _, ok := c.Get("key"); ok {
		t.Error("an entry from the future is believed")
	}
}

func TestNobodyElseCanReadOrWriteIt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: Windows has no such modes")
	}
	c, dir, _ := openNew(t)
	c.Put("key", []byte("value"))
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	file, _ := files[0].Info()
	folder, _ := os.Stat(dir)
	if file.Mode().Perm() != 0o600 || folder.Mode().Perm() != 0o700 {
		t.Errorf("file %v, folder %v", file.Mode(), folder.Mode())
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Get("key"); ok {
		t.Error("an entry that anybody could have written is believed")
	}
	c.Put("key", []byte("mine"))
	if folder, _ = os.Stat(dir); folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder stays open: %v", folder.Mode())
	}
	if got, ok := c.Get("key"); !ok || string(got) != "mine" {
		t.Errorf("%q, %v", got, ok)
	}
}

func TestDamagedEntriesAreUnknown(t *testing.T) {
	c, dir, _ := openNew(t)
	for name, damage := range map[string]func([]byte) []byte{
		"empty":     func([]byte) []byte { return nil },
		"cut":       func(b []byte) []byte { return b[:len(b)-1] },
		"a stub":    func(b []byte) []byte { return b[:7] },
		"one bit":   func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"text":      func([]byte) []byte { return []byte(strings.Repeat("no entry ", 10)) },
		"too large": func([]byte) []byte { return make([]byte, 9<<20) },
	} {
		c.Put("key", []byte("value"))
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%v, %v", files, err)
		}
		entry, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[0], damage(entry), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(files[0], newClock().at, newClock().at); err != nil {
			t.Fatal(err)
		}
		if got, ok := c.Get("key"); ok {
			t.Errorf("%s: is believed: %q", name, got)
		}
	}
	c.Put("key", make([]byte, 8<<20+1))
	if _, ok := c.Get("key"); ok {
		t.Error("an entry of any size is kept")
	}
}

func TestOldEntriesGo(t *testing.T) {
	c, dir, now := openNew(t)
	for i := range 5 {
		c.Put(fmt.Sprint(i), []byte("value"))
	}
	left := filepath.Join(dir, ".new-123")
	foreign := filepath.Join(dir, "notes.txt")
	for _, path := range []string{left, foreign} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.at, now.at); err != nil {
			t.Fatal(err)
		}
	}
	now.at = now.at.Add(2 * time.Hour)
	cache.Open(dir, time.Hour, now.now).Put("new", []byte("value"))
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("a file that is none of the cache's is gone: %v", err)
	}
}

func TestWithoutAFolderNothingIsKept(t *testing.T) {
	now := newClock()
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Logf("no links here: %v", err)
	}
	for name, c := range map[string]*cache.Cache{
		"none":          nil,
		"no name":       cache.Open("", time.Hour, now.now),
		"a file":        cache.Open(blocked, time.Hour, now.now),
		"under a file":  cache.Open(filepath.Join(blocked, "otrace"), time.Hour, now.now),
		"a link":        cache.Open(link, time.Hour, now.now),
		"a device":      cache.Open(os.DevNull, time.Hour, now.now),
		"not permitted": cache.Open(readOnly(t), time.Hour, now.now),
	} {
		c.Put("key", []byte("value"))
		if got, ok := c.Get("key"); ok {
			t.Errorf("%s: kept %q", name, got)
		}
	}
}

// readOnly is a folder in which nothing can be written, or "" for those who
// may write everywhere.
func readOnly(t *testing.T) string {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if f, err := os.CreateTemp(dir, "probe"); err == nil {
		f.Close()
		return ""
	}
	return filepath.Join(dir, "otrace")
}

// TestProcessesShareIt lets two processes write one key as fast as they can,
// while this one reads: every value that it sees must be a whole one.
func TestProcessesShareIt(t *testing.T) {
	if dir := os.Getenv("OTRACE_CACHE_TEST_DIR"); dir != "" {
		writeOften(dir, os.Getenv("OTRACE_CACHE_TEST_VALUE"))
		return
	}
	dir := filepath.Join(t.TempDir(), "otrace")
	var writers sync.WaitGroup
	for _, value := range []string{"a", "b"} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestProcessesShareIt$")
		cmd.Env = append(os.Environ(), "OTRACE_CACHE_TEST_DIR="+dir, "OTRACE_CACHE_TEST_VALUE="+value)
		writers.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	over := make(chan struct{})
	go func() { writers.Wait(); close(over) }()
	c, seen := cache.Open(dir, time.Hour, time.Now), 0
	for reading := true; reading; {
		select {
		case <-over:
			reading = false
		default:
		}
		value, ok := c.Get("key")
		if !ok {
			continue
		}
		seen++
		if len(value) != valueSize || bytes.Count(value, value[:1]) != valueSize {
			t.Fatalf("half a value: %d bytes", len(value))
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || seen == 0 {
		t.Errorf("%d files left, %d values seen, %v", len(files), seen, err)
	}
}

const valueSize = 100_000

func writeOften(dir, letter string) {
	c := cache.Open(dir, time.Hour, time.Now)
	for range 200 {
		c.Put("key", bytes.Repeat([]byte(letter), valueSize))
	}
}

func BenchmarkGet(b *testing.B) {
	c := cache.Open(filepath.Join(b.TempDir(), "otrace"), time.Hour, time.Now)
	c.Put("key", make([]byte, 50_000))
	for b.Loop() {
		if _, ok := c.Get("key"); !ok {
			b.Fatal("lost")
		}
	}
}

func BenchmarkPut(b *testing.B) {
	c := cache.Open(filepath.Join(b.TempDir(), "otrace"), time.Hour, time.Now)
	value := make([]byte, 50_000)
	for b.Loop() {
		c.Put("key", value)
	}
}
