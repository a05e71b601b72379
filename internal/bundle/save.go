package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// ErrExists is wrapped by Create's error for a path where something is: a
// bundle is evidence, and none is overwritten.
var ErrExists = errors.New("it exists already")

// SaveOptions is what a manifest tells beside the evidence.
type SaveOptions struct {
	Now      time.Time
	By       string         // the program and its version
	Window   trace.Window   // where in time the sources were asked to look
	Redacted map[string]int // how many secrets of each kind were taken out; nil when none were looked for
}

// A Saver writes evidence into a new bundle. Nothing stands at the bundle's
// path until Commit put all of it there.
type Saver struct {
	target target
	opts   SaveOptions
	stage  string // a folder beside the bundle, which only we can read
	spans  *part
	logs   *part
	reader *plainReader
	cases  []savedCase
	traces map[trace.ID]bool // whose spans were written
	docs   map[docKey]uint64 // documents that were written, and their hashes
	seed   maphash.Seed
	buf    []byte
	err    error // the first
}

// Create begins a bundle at the path: an archive where it ends in .tar.gz, .tgz
// or .zip, else a folder. The path must be free, an empty folder or an empty
// file. Commit or Discard must follow.
func Create(path string, opts SaveOptions) (*Saver, error) {
	t, err := aim(path)
	if err != nil {
		return nil, fmt.Errorf("bundle: %s: %w", path, err)
	}
	s := &Saver{target: t, opts: opts, reader: newPlainReader(), traces: map[trace.ID]bool{}, docs: map[docKey]uint64{}, seed: maphash.MakeSeed()}
	if s.stage, err = t.stage(); err != nil {
		return nil, fmt.Errorf("bundle: %s: %w", path, reason(err))
	}
	for _, f := range [...]struct {
		part **part
		name string
	}{{&s.spans, spansFile}, {&s.logs, logsFile}} {
		if *f.part, err = newPart(filepath.Join(s.stage, f.name)); err != nil {
			s.Discard()
			return nil, fmt.Errorf("bundle: %s: %w", path, reason(err))
		}
	}
	return s, nil
}

// Save writes a bundle of all the evidence, that of several IDs together.
func Save(path string, opts SaveOptions, evidence ...*trace.Evidence) error {
	s, err := Create(path, opts)
	if err != nil {
		return err
	}
	for _, ev := range evidence {
		s.Add(ev)
	}
	return s.Commit()
}

// Add writes the evidence of one ID. An ID that was added already adds
// nothing. Errors are Commit's.
func (s *Saver) Add(ev *trace.Evidence) {
	for i := range s.cases {
		if s.cases[i].id().Same(ev.ID) {
			return
		}
	}
	number := len(s.cases)
	s.cases = append(s.cases, caseOf(ev, s.opts.Window))
	s.addSpans(ev, number)
	for i := range ev.Logs {
		s.addLog(&ev.Logs[i], ev, number)
	}
	for i := range ev.Spans {
		s.traces[ev.Spans[i].Trace] = true
	}
}

// mostInLine is how many spans a line has, at most. A line tells of one trace,
// so that lines of other traces are passed over unread.
const mostInLine = 200

func (s *Saver) addSpans(ev *trace.Evidence, number int) {
	spans := ev.Spans
	for len(spans) > 0 {
		n := 1
		for n < min(len(spans), mostInLine) && spans[n].Trace == spans[0].Trace {
			n++
		}
		s.buf = s.appendSpans(s.buf[:0], spans[:n], note{Case: number, Again: s.traces[spans[0].Trace]})
		s.write(s.spans, s.buf)
		spans = spans[n:]
	}
}

// appendSpans appends a line of spans. What OTLP cannot tell of them shows when
// the line is read again.
func (s *Saver) appendSpans(b []byte, spans []trace.Span, n note) []byte {
	start := len(b)
	b, order := appendTraces(b, spans)
	for i := range order {
		if order[i] != i {
			n.Order = order
			break
		}
	}
	b = append(b, '}') // as it is without a note
	back := decodeLine(b[start:])
	b = b[:len(b)-1]
	for i, at := range order {
		if len(back) != len(spans) || !sameSpan(&back[i], &spans[at]) {
			if n.Spans == nil {
				n.Spans = map[int]exactSpan{}
			}
			n.Spans[i] = exactOf(&spans[at])
		}
	}
	return s.appendNote(b, &n)
}

func (s *Saver) addLog(l *trace.Log, ev *trace.Evidence, number int) {
	n := note{Case: number, Again: s.had(l)}
	var other *string
	n.Trace, other = traceOf(l, ev)
	b := appendHit(s.buf[:0], l)
	b = append(b, '}') // as it is without a note
	plain := s.reader.read(b, idOf(l, ev))
	b = b[:len(b)-1]
	if n.Log = different(l, &plain); n.Log == nil && other != nil {
		n.Log = &exactLog{}
	}
	if other != nil {
		n.Log.Trace = other
	}
	s.buf = s.appendNote(b, &n)
	s.write(s.logs, s.buf)
}

// had reports whether the same document was written before.
func (s *Saver) had(l *trace.Log) bool {
	if l.DocID == "" {
		return false
	}
	k := docKey{l.Index, l.DocID}
	sum := maphash.Bytes(s.seed, l.Document)
	was, had := s.docs[k]
	if !had {
		s.docs[k] = sum
	}
	return had && was == sum
}

// idOf is the ID that a log came with.
func idOf(l *trace.Log, ev *trace.Evidence) trace.ID {
	if l.Trace != nil {
		return *l.Trace
	}
	return ev.ID
}

// traceOf is a log's trace by its number in the case: 0 is none, 1 the case's
// own, and then come the linked ones. Any other is told as it is typed.
func traceOf(l *trace.Log, ev *trace.Evidence) (number int, other *string) {
	if l.Trace == nil {
		return 0, nil
	}
	if *l.Trace == ev.ID {
		return 1, nil
	}
	for i := range ev.Linked {
		if ev.Linked[i].ID == *l.Trace {
			return i + 2, nil
		}
	}
	text := typed(*l.Trace)
	return 0, &text
}

// appendNote ends a line, with a note where there is something to tell.
func (s *Saver) appendNote(b []byte, n *note) []byte {
	if n.Case > 0 || n.Again || n.Order != nil || n.Spans != nil || n.Trace > 0 || n.Log != nil {
		text, err := json.Marshal(n)
		if err != nil && s.err == nil {
			s.err = err
		}
		b = append(append(b, noteMember...), text...)
	}
	return append(b, "}\n"...)
}

func (s *Saver) write(p *part, line []byte) {
	if s.err == nil {
		_, s.err = p.w.Write(line)
	}
}

// Commit puts the bundle in its place, or says why there is none.
func (s *Saver) Commit() error {
	defer s.Discard()
	err := s.err
	for _, p := range [...]*part{s.spans, s.logs} {
		if err == nil {
			err = p.close()
		}
	}
	if err == nil {
		err = s.writeManifest()
	}
	if err == nil {
		err = s.target.place(s.stage, s.opts.Now)
	}
	if err != nil {
		return fmt.Errorf("bundle: %s: %w", s.target.typed, reason(err))
	}
	return nil
}

// Discard gives the bundle up, unless it was committed. A nil Saver has none.
func (s *Saver) Discard() {
	if s == nil {
		return
	}
	for _, p := range [...]*part{s.spans, s.logs} {
		if p != nil {
			p.file.Close()
		}
	}
	os.RemoveAll(s.stage)
}

// reason is an error without the name of a file that is soon gone.
func reason(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return fmt.Errorf("it cannot be written: %w", p.Err)
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("it cannot be written: %w", l.Err)
	}
	return err
}

func (s *Saver) writeManifest() error {
	p, err := newPart(filepath.Join(s.stage, manifestFile))
	if err != nil {
		return err
	}
	enc := json.NewEncoder(p.w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s.manifest()); err != nil {
		p.file.Close()
		return err
	}
	return p.close()
}
