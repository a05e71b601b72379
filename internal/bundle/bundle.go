// Package bundle reads evidence from files: a folder that was saved or put
// together from plain exports, or single files of spans or logs. It answers
// as both backends would, offline.
package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// The files of a bundle's folder.
const (
	manifestFile = "manifest.json"
	spansFile    = "spans.otlp.jsonl"
	logsFile     = "logs.ndjson"
)

// ErrNoBundle is wrapped by Open's error for a path that holds no evidence.
var ErrNoBundle = errors.New("no bundle")

// A Bundle is the evidence in one or several paths. Its files are read anew
// for every question.
type Bundle struct {
	files     []file
	sources   int           // folders and single files
	manifest  manifest      // what the folders' manifests say, together
	fields    logdoc.Fields // the team's own names
	index     lineIndex     // of the logs, once they are counted
	spans     spanIndex     // once traces are gone through
	logTimes  logTimes      // once they are asked for
	temporary []string      // folders that archives were unpacked into
}

// Use reads logs with a team's own names of fields, which must be sound.
func (b *Bundle) Use(f logdoc.Fields) { b.fields = f }

// A file is one that holds evidence.
type file struct {
	path string
	name string // as it is told to the user
	kind kind
}

// manifest is manifest.json, as far as it is evidence.
type manifest struct {
	Schema   string
	Gaps     []savedGap
	Warnings []raw
	Searched savedSearch
	Cases    []savedCase
}

// schema is of the manifests that this program understands.
const schema = "otrace.bundle/v1"

// Open finds the evidence in the paths: folders, files of OTLP JSON, of
// Jaeger's JSON, or of logs, one a line; or archives of such folders, for whose
// sake Close must follow. Every path must hold some.
func Open(paths ...string) (*Bundle, error) { return OpenContext(context.Background(), paths...) }

// OpenContext is Open, and gives up unpacking archives when the context ends.
func OpenContext(ctx context.Context, paths ...string) (*Bundle, error) {
	b := &Bundle{}
	if len(paths) == 0 {
		return nil, fmt.Errorf("bundle: no path: %w", ErrNoBundle)
	}
	for _, path := range paths {
		if err := b.open(ctx, path, len(paths) > 1); err != nil {
			b.Close()
			return nil, fmt.Errorf("bundle: %w", err)
		}
	}
	return b, nil
}

// Close removes what archives were unpacked into. The bundle cannot be asked
// any more.
func (b *Bundle) Close() error {
	if b == nil {
		return nil
	}
	var errs []error
	for _, dir := range b.temporary {
		errs = append(errs, os.RemoveAll(dir))
	}
	b.temporary = nil
	return errors.Join(errs...)
}

func (b *Bundle) open(ctx context.Context, path string, several bool) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s: %w: there is no such file or folder", path, ErrNoBundle)
	case err != nil:
		return err
	case info.IsDir():
		return b.openFolder(path, path, several)
	}
	if packed, err := isArchive(path); err != nil || packed {
		return errors.Join(err, b.openArchive(ctx, path, several, usual))
	}
	kind, err := sniff(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	b.sources++
	b.files = append(b.files, file{path: path, name: filepath.Base(path), kind: kind})
	return nil
}

// openFolder opens a folder that is told to the user by a name of its own.
func (b *Bundle) openFolder(dir, told string, several bool) error {
	found, filled := false, false
	for _, f := range [...]file{{name: spansFile, kind: kindOTLP}, {name: logsFile, kind: kindLogs}} {
		f.path = filepath.Join(dir, f.name)
		info, err := os.Stat(f.path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.IsDir() {
			return fmt.Errorf("%s: %w: %s in it is a folder", told, ErrNoBundle, f.name)
		}
		if several {
			f.name = filepath.Join(filepath.Base(told), f.name)
		}
		b.files = append(b.files, f)
		found, filled = true, filled || info.Size() > 0
	}
	if !found {
		return fmt.Errorf("%s: %w: neither %s nor %s in it", told, ErrNoBundle, spansFile, logsFile)
	}
	b.sources++
	err := b.readManifest(filepath.Join(dir, manifestFile), filepath.Join(told, manifestFile))
	if err == nil && !filled && len(b.manifest.Cases) == 0 { // a case without anything is still one
		return fmt.Errorf("%s: %w: its files are empty", told, ErrNoBundle)
	}
	return err
}

// readManifest adds what was known to be missing when the folder was saved. A
// folder needs none.
func (b *Bundle) readManifest(path, told string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(withoutMark(text), &m); err != nil {
		return fmt.Errorf("%s: not a manifest: %w", told, err)
	}
	if m.Schema != schema && m.Schema != "" {
		return fmt.Errorf("%s: its schema is %.40q: this program reads %s", told, m.Schema, schema)
	}
	b.manifest.Gaps = append(b.manifest.Gaps, m.Gaps...)
	b.manifest.Warnings = append(b.manifest.Warnings, m.Warnings...)
	b.manifest.Searched.Indices = append(b.manifest.Searched.Indices, m.Searched.Indices...)
	b.manifest.Searched.Fields = append(b.manifest.Searched.Fields, m.Searched.Fields...)
	b.manifest.Cases = append(b.manifest.Cases, m.Cases...)
	return nil
}

// saved adds the gaps that the manifests tell of, those of the spans' source
// or those of all others, to the evidence.
func (b *Bundle) saved(ev *trace.Evidence, ofSpans bool) {
	for _, g := range b.manifest.Gaps {
		if (g.Source == "jaeger") == ofSpans {
			ev.Gaps = append(ev.Gaps, trace.Gap{Source: source, Reason: "when it was saved, " + string(g.Source) + ": " + string(g.Reason)})
		}
	}
	if ofSpans {
		ev.Warnings = append(ev.Warnings, texts(b.manifest.Warnings)...)
	}
}

// source is what a bundle is called in gaps.
const source = "bundle"
