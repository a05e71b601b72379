package orderservice

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// The files of a bundle.
const (
	manifestFile = "manifest.json"
	spansFile    = "spans.otlp.jsonl"
	logsFile     = "logs.ndjson"
	truthFile    = "truth.ndjson"
)

// A Bundle is a sink that writes a bundle folder. What stood in the folder is
// replaced only when Close has everything.
type Bundle struct {
	dir                string
	manifest           manifest
	spans, logs, truth *partFile
	buf                []byte
}

// manifest is manifest.json. It holds nothing of the machine and the hour it
// was written in, so that equal runs write equal bundles.
type manifest struct {
	Schema    string             `json:"schema"`
	CreatedBy string             `json:"created_by"`
	Mode      string             `json:"mode"`
	Seed      uint64             `json:"seed"`
	Orders    int                `json:"orders"`
	Scenarios Mix                `json:"scenarios"`
	End       string             `json:"end,omitempty"`
	Over      string             `json:"over,omitempty"`
	Skew      map[string]string  `json:"skew,omitempty"`
	DriftPPM  map[string]float64 `json:"drift_ppm,omitempty"`
	Sampled   float64            `json:"sample_ratio"`
	Spans     int                `json:"spans"`
	Logs      int                `json:"logs"`
}

// NewBundle begins a bundle of a run of cfg in the folder dir, which it makes
// when it is missing. A cfg with an End is described as simulated.
func NewBundle(dir string, cfg Config) (*Bundle, error) {
	if err := errors.Join(os.MkdirAll(dir, 0o755), isOurs(dir)); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	b := &Bundle{dir: dir, manifest: describe(cfg.filled())}
	var errs []error
	for _, f := range []struct {
		part **partFile
		name string
	}{{&b.spans, spansFile}, {&b.logs, logsFile}, {&b.truth, truthFile}} {
		part, err := createPart(filepath.Join(dir, f.name))
		*f.part = part
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		b.Discard()
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return b, nil
}

// isOurs refuses a folder whose files somebody else wrote: they would be
// replaced.
func isOurs(dir string) error {
	for _, name := range [...]string{manifestFile, spansFile, logsFile, truthFile} {
		_, err := os.Lstat(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		var m manifest
		text, err := os.ReadFile(filepath.Join(dir, manifestFile))
		if err != nil || json.Unmarshal(text, &m) != nil || m.CreatedBy != createdBy {
			return fmt.Errorf("%s is there already, and not of the order service", filepath.Join(dir, name))
		}
	}
	return nil
}

const createdBy = "otrace order service"

func describe(cfg Config) manifest {
	m := manifest{
		Schema: "otrace.bundle/v1", CreatedBy: createdBy, Mode: "live",
		Seed: cfg.Seed, Orders: cfg.Orders, Scenarios: cfg.Mix,
		Skew: make(map[string]string), DriftPPM: cfg.DriftPPM, Sampled: cfg.SampleRatio,
	}
	if !cfg.End.IsZero() {
		m.Mode, m.End, m.Over = "simulated", cfg.End.UTC().Format(time.RFC3339Nano), cfg.Over.String()
	}
	for service, skew := range cfg.Skew {
		m.Skew[service] = skew.String()
	}
	return m
}

// Spans writes the spans as one line.
func (b *Bundle) Spans(_ context.Context, spans []*tracepb.ResourceSpans) error {
	if len(spans) == 0 {
		return nil
	}
	b.manifest.Spans += countSpans(spans)
	b.buf = append(appendTraces(b.buf[:0], spans), '\n')
	return b.spans.write(b.buf)
}

// Logs writes each document as a line.
func (b *Bundle) Logs(_ context.Context, docs []LogDoc) error {
	b.manifest.Logs += len(docs)
	o := &object{buf: b.buf[:0]}
	for _, d := range docs {
		o.open()
		o.str("_index", d.Index)
		o.str("_id", d.ID)
		o.key("_source")
		o.buf = append(o.buf, d.Source...)
		o.close()
		o.buf = append(o.buf, '\n')
	}
	b.buf = o.buf
	return b.logs.write(b.buf)
}

// Truth writes each truth as a line.
func (b *Bundle) Truth(_ context.Context, lines []Truth) error {
	b.buf = b.buf[:0]
	for i := range lines {
		b.buf = append(lines[i].appendJSON(b.buf), '\n')
	}
	return b.truth.write(b.buf)
}

// Flush does nothing: a bundle is read when it is closed.
func (b *Bundle) Flush(context.Context) error { return nil }

// Close puts the bundle in its place, the manifest last.
func (b *Bundle) Close() error {
	text, err := json.MarshalIndent(b.manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	m, err := createPart(filepath.Join(b.dir, manifestFile))
	if err == nil {
		err = m.write(append(text, '\n'))
	}
	for _, f := range []*partFile{b.spans, b.logs, b.truth, m} {
		if err == nil {
			err = f.commit()
		}
	}
	if err != nil {
		m.discard()
		b.Discard()
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

// Discard gives the bundle up. What stood in the folder stays.
func (b *Bundle) Discard() {
	for _, f := range []*partFile{b.spans, b.logs, b.truth} {
		f.discard()
	}
}

// A partFile is a file on its way to its name.
type partFile struct {
	file *os.File
	name string
	w    *bufio.Writer
}

func createPart(name string) (*partFile, error) {
	// A name of its own: two runs may write into one folder at a time.
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(0o644); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return &partFile{file: f, name: name, w: bufio.NewWriterSize(f, 1<<18)}, nil
}

func (f *partFile) write(b []byte) error {
	_, err := f.w.Write(b)
	return err
}

func (f *partFile) commit() error {
	if err := errors.Join(f.w.Flush(), f.file.Close()); err != nil {
		return err
	}
	return os.Rename(f.file.Name(), f.name)
}

// discard removes the file unless it was committed. Nil has nothing to remove.
func (f *partFile) discard() {
	if f != nil {
		f.file.Close()
		os.Remove(f.file.Name())
	}
}

func countSpans(spans []*tracepb.ResourceSpans) int {
	n := 0
	for _, rs := range spans {
		for _, ss := range rs.GetScopeSpans() {
			n += len(ss.GetSpans())
		}
	}
	return n
}
