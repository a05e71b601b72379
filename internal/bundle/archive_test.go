package bundle

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// An entry is one of an archive.
type entry struct {
	name, text string
	kind       byte // tar's; 0 is a file
}

// tarball packs entries as they are given.
func tarball(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: 0o644, Size: int64(len(e.text))}
		if e.kind != 0 {
			h.Typeflag, h.Linkname, h.Size = e.kind, "/etc/passwd", 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := io.WriteString(w, e.text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func zipped(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.kind != 0 {
			h.SetMode(os.ModeSymlink | 0o777)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func compressed(t testing.TB, text string) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, text)
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// aside is a folder for temporary files that nobody else uses.
func aside(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	return dir
}

func emptied(t testing.TB, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Whoever packs a bundle does it otherwise; what it is called does not matter.
func TestArchives(t *testing.T) {
	tmp := aside(t)
	spans, logs := entry{spansFile, otlpLine(hexID, "01"), 0}, entry{logsFile, hit("1", hexID, "m") + "\n" + hit("2", hexID, "m"), 0}
	in := func(folder string, e entry) entry { return entry{folder + e.name, e.text, 0} }
	for name, packed := range map[string][]byte{
		"flat":           tarball(t, spans, logs),
		"dot":            tarball(t, entry{"./", "", tar.TypeDir}, in("./", spans), in("./", logs)),
		"nested":         tarball(t, entry{"incident-42/", "", tar.TypeDir}, in("incident-42/", spans), in("incident-42/", logs)),
		"unknown files":  tarball(t, entry{"README", "x", 0}, entry{"link", "", tar.TypeSymlink}, entry{"deep/er/logs.ndjson", "{}", 0}, entry{"._logs.ndjson", "\x00", 0}, spans, logs),
		"flat zip":       zipped(t, spans, logs),
		"nested zip":     zipped(t, in("incident-42/", spans), entry{"__MACOSX/logs.ndjson", "x", 0}, in("incident-42/", logs)),
		"windows zip":    zipped(t, in(`incident-42\`, spans), in(`incident-42\`, logs)),
		"two bundles":    zipped(t, in("a/", spans), in("b/", logs)),
		"several in tar": tarball(t, in("a/", spans), in("b/", logs), in("b/", entry{manifestFile, `{"schema":"otrace.bundle/v1"}`, 0})),
	} {
		path := filepath.Join(t.TempDir(), name) // no ending: what it is shows within
		if err := os.WriteFile(path, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		b := open(t, path)
		for range 2 { // it can be asked again
			s, err := b.Spans(t.Context(), id(t, hexID), trace.Window{})
			if err != nil || len(s.Spans) != 1 {
				t.Errorf("%s: %d spans, %v", name, len(s.Spans), err)
			}
			l, err := b.Logs(t.Context(), id(t, hexID), nil)
			if err != nil || len(l.Logs) != 2 || len(l.Gaps) > 0 {
				t.Errorf("%s: %d logs, %v, %s", name, len(l.Logs), err, gapTexts(l))
			}
		}
		if sum, err := b.Tally(t.Context(), id(t, hexID)); err != nil || sum.Logs != 2 {
			t.Errorf("%s: %+v, %v", name, sum, err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		emptied(t, tmp)
	}
}

// A file of logs that was compressed alone is still one of logs.
func TestCompressedFile(t *testing.T) {
	tmp := aside(t)
	for name, text := range map[string]string{"small.ndjson.gz": hit("1", hexID, "m"), "large.ndjson.gz": hit("1", hexID, strings.Repeat("m", 5000))} {
		path := filepath.Join(folder(t, map[string]string{name: string(compressed(t, text))}), name)
		b := open(t, path)
		l, err := b.Logs(t.Context(), id(t, hexID), nil)
		if err != nil || len(l.Logs) != 1 || len(b.files) != 1 || b.files[0].name != strings.TrimSuffix(name, ".gz") {
			t.Errorf("%d logs, %v, %+v", len(l.Logs), err, b.files)
		}
		b.Close()
	}
	emptied(t, tmp)
}

// Fault 30: what is wrong with an archive is said, and nothing is written
// anywhere that stays.
func TestHostileArchives(t *testing.T) {
	tmp := aside(t)
	good := entry{logsFile, hit("1", hexID, "m"), 0}
	whole := tarball(t, good, entry{"x", strings.Repeat("incompressible? no", 1000), 0})
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 0xff // within the checksum
	locked := zipped(t, good)
	for _, mark := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(locked, []byte(mark))
		locked[at+6+2*strings.Count(mark, "\x01")] |= 1
	}
	zipText := zipped(t, good)
	for _, tt := range []struct {
		name   string
		packed []byte
		want   string
	}{
		{"traversal", tarball(t, entry{"../../logs.ndjson", "x", 0}), `the entry "../../logs.ndjson" points out of the archive`},
		{"traversal within", tarball(t, entry{"a/../../logs.ndjson", "x", 0}), `the entry "a/../../logs.ndjson" points out of the archive`},
		{"absolute", zipped(t, entry{"/tmp/logs.ndjson", "x", 0}), `the entry "/tmp/logs.ndjson" points out of the archive`},
		{"backslashes", zipped(t, entry{`..\logs.ndjson`, "x", 0}), `the entry "..\\logs.ndjson" points out of the archive`},
		{"symlink", tarball(t, entry{logsFile, "", tar.TypeSymlink}), `the entry "logs.ndjson" is no file but a link, a folder or a device`},
		{"hard link", tarball(t, entry{logsFile, "", tar.TypeLink}), `the entry "logs.ndjson" is no file but a link, a folder or a device`},
		{"device", tarball(t, entry{logsFile, "", tar.TypeChar}), `the entry "logs.ndjson" is no file but a link, a folder or a device`},
		{"zip symlink", zipped(t, entry{logsFile, "/etc/passwd", 1}), `the entry "logs.ndjson" is no file but a link, a folder or a device`},
		{"twice", tarball(t, good, good), `the entry "logs.ndjson" is in it twice`},
		{"twice in a zip", zipped(t, good, entry{"./logs.ndjson", "{}", 0}), `the entry "./logs.ndjson" is in it twice`},
		{"encrypted", locked, `"logs.ndjson" in it is encrypted`},
		{"cut", whole[:len(whole)/2], "the archive ends too early"},
		{"cut header", whole[:5], "the archive ends too early"},
		{"wrong checksum", flipped, "the archive is damaged: gzip: invalid checksum"},
		{"cut zip", zipText[:len(zipText)-30], "the archive is damaged or ends too early: a zip's table of contents is at its end, and is not there"},
		{"nothing in it", tarball(t, entry{"README", "x", 0}), "no bundle: the archive holds neither spans.otlp.jsonl nor logs.ndjson, at its top or in a folder there"},
		{"empty zip", zipped(t), "no bundle: the archive holds neither spans.otlp.jsonl nor logs.ndjson, at its top or in a folder there"},
		{"a manifest alone", zipped(t, entry{manifestFile, "{}", 0}), "no bundle: neither spans.otlp.jsonl nor logs.ndjson in it"},
		{"an archive in it", compressed(t, string(whole[:100])), "no bundle: it is an archive within an archive: unpack it and name what is in it"},
	} {
		path := filepath.Join(folder(t, map[string]string{"x": string(tt.packed)}), "x")
		b, err := Open(path)
		if want := "bundle: " + path + ": " + tt.want; fmt.Sprint(err) != want || b != nil {
			t.Errorf("%s: %v\nwant %s", tt.name, err, want)
		}
		if strings.HasPrefix(tt.want, "no bundle") != errors.Is(err, ErrNoBundle) {
			t.Errorf("%s: no bundle? %v", tt.name, err)
		}
	}
	emptied(t, tmp)
}

// A small file does not fill the disk.
func TestBombs(t *testing.T) {
	tmp := aside(t)
	tight := limits{size: 1 << 20, ratio: 100, from: 64 << 10, entries: 10, folders: 2}
	zeros := strings.Repeat("0", 900<<10)
	many := make([]entry, 11)
	for i := range many {
		many[i] = entry{fmt.Sprint(i), "", 0}
	}
	bomb := "it unpacks to more than 100 times its size: that is a bomb rather than a bundle; unpack it yourself and name the folder, if it is one"
	large := "it unpacks to more than 1048576 bytes: unpack it yourself and name the folder, if that is what it should be"
	for _, tt := range []struct {
		name   string
		packed []byte
		want   string
	}{
		{"ratio", tarball(t, entry{logsFile, zeros, 0}), bomb},
		{"ratio of what is not wanted", tarball(t, entry{"x", zeros, 0}, entry{logsFile, "{}", 0}), bomb},
		{"ratio of a zip", zipped(t, entry{logsFile, zeros, 0}), bomb},
		{"ratio of one file", compressed(t, zeros), bomb},
		{"size", tarball(t, entry{logsFile, noise(2 << 20), 0}), large},
		{"size of several", zipped(t, entry{logsFile, noise(600 << 10), 0}, entry{spansFile, noise(600 << 10), 0}), large},
		{"holes", compressed(t, sparse(1<<40)), large},
		{"entries", tarball(t, many...), "there are more than 10 entries in it: that is no bundle"},
		{"folders", zipped(t, entry{"a/logs.ndjson", "{}", 0}, entry{"b/logs.ndjson", "{}", 0}, entry{"c/logs.ndjson", "{}", 0}), "there are more than 2 bundles in it"},
	} {
		path := filepath.Join(folder(t, map[string]string{"x": string(tt.packed)}), "x")
		b := &Bundle{}
		err := b.openArchive(t.Context(), path, false, tight)
		if want := path + ": " + tt.want; fmt.Sprint(err) != want {
			t.Errorf("%s: %v\nwant %s", tt.name, err, want)
		}
		b.Close()
	}
	emptied(t, tmp)
}

// noise does not pack well.
func noise(n int) string {
	b := make([]byte, n)
	x := uint64(1)
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = byte(x >> 56)
	}
	return string(b)
}

// sparse is a tar with a file that is said to consist of a hole of that size.
func sparse(size int64) string {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	text := "1\n" + fmt.Sprint(size) + "\n0\n"
	text += strings.Repeat("\x00", 512-len(text))
	_ = w.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: "GNUSparseFile.0/" + logsFile, Mode: 0o644, Size: int64(len(text)),
		PAXRecords: map[string]string{"otrace.x": "y"},
	})
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	packed := out.Bytes()
	// The writer refuses sparse records; they are put in the place of ours.
	records := fmt.Sprintf("22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n33 GNU.sparse.name=logs.ndjson\n%d GNU.sparse.realsize=%d\n", 0, size)
	records = strings.Replace(records, "0 GNU.sparse.realsize", fmt.Sprintf("%d GNU.sparse.realsize", len(fmt.Sprintf("39 GNU.sparse.realsize=%d\n", size))), 1)
	records = strings.Replace(records, "33 GNU.sparse.name", fmt.Sprintf("%d GNU.sparse.name", len("31 GNU.sparse.name=logs.ndjson\n")), 1)
	records = strings.ReplaceAll(records, "minor=0\n"+"0 ", "minor=0\n")
	copy(packed[512:], records+strings.Repeat("\x00", 512-len(records)))
	copy(packed[124:], fmt.Sprintf("%011o\x00", len(records)))
	sum := 0
	copy(packed[148:156], "        ")
	for _, c := range packed[:512] {
		sum += int(c)
	}
	copy(packed[148:], fmt.Sprintf("%06o\x00 ", sum))
	return string(packed)
}

func TestOpenIsCancelled(t *testing.T) {
	tmp := aside(t)
	path := filepath.Join(folder(t, map[string]string{"x": string(tarball(t, entry{logsFile, "{}", 0}))}), "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := OpenContext(ctx, path); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	emptied(t, tmp)
}

func FuzzArchive(f *testing.F) {
	f.Add(tarball(f, entry{"a/logs.ndjson", "{}", 0}, entry{manifestFile, `{"cases":[{"id":"2a","logs":1}]}`, 0}))
	f.Add(zipped(f, entry{logsFile, "{}", 0}, entry{"../x", "y", 0}))
	f.Add(compressed(f, otlpLine(hexID, "01")))
	f.Add(compressed(f, sparse(1<<40)))
	outer := f.TempDir()
	f.Fuzz(func(t *testing.T, packed []byte) {
		dir := filepath.Join(outer, "in")
		tmp := filepath.Join(dir, "tmp")
		if err := os.MkdirAll(tmp, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("TMPDIR", tmp)
		path := filepath.Join(dir, "x")
		if err := os.WriteFile(path, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		b := &Bundle{}
		if b.openArchive(t.Context(), path, false, limits{size: 1 << 20, ratio: 1000, from: 1 << 20, entries: 50, folders: 5}) == nil {
			for _, id := range b.Cases() {
				_, _, _ = b.Saved(t.Context(), id)
			}
			_, _ = b.Traces(t.Context())
		}
		b.Close()
		emptied(t, tmp)
		for where, want := range map[string]int{dir: 2, outer: 1} {
			if names, err := os.ReadDir(where); err != nil || len(names) != want {
				t.Errorf("%s: %v, %v", where, names, err)
			}
		}
	})
}
