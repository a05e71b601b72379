package bundle

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A Summary is what a bundle has of one trace. Start and End are observed, in
// nanoseconds since the epoch, and trace.NoTime without spans.
type Summary struct {
	ID         trace.ID
	Start, End int64
	Service    string // of the root, or of the first span when that is missing
	Operation  string
	Spans      int
	Logs       int
	Errors     int // spans that failed
}

// Traces returns what the bundle has of each trace, the newest first, those
// with logs only at the end. A log counts for a trace when it holds its ID as
// 16 or 32 hexadecimal digits or as a UUID; the ID of a trace without spans
// must stand behind a key that says so.
func (b *Bundle) Traces(ctx context.Context) ([]Summary, error) {
	s := summaries{at: map[trace.ID]int{}}
	var ev trace.Evidence
	if err := b.eachSpans(ctx, &ev, nil, s.spans); err != nil {
		return nil, err
	}
	for _, f := range b.files {
		if f.kind != kindLogs {
			continue
		}
		if err := lines(ctx, f.path, func(_ int, line []byte) { s.log(line) }); err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
	}
	list := make([]Summary, len(s.list))
	for i := range s.list {
		list[i] = s.list[i].Summary
	}
	slices.SortStableFunc(list, func(a, b Summary) int { return cmp.Compare(b.Start, a.Start) })
	return list, nil
}

// summaries grow as spans and logs come by.
type summaries struct {
	list []growing
	at   map[trace.ID]int // the place of each ID's
	seen []trace.ID       // those of the log at hand
}

// A growing summary knows how its root was chosen.
type growing struct {
	Summary
	rooted    bool
	rootStart int64
}

func (s *summaries) of(id trace.ID) *growing {
	i, ok := s.at[id]
	if !ok {
		i = len(s.list)
		s.at[id] = i
		s.list = append(s.list, growing{Summary: Summary{ID: id, Start: trace.NoTime, End: trace.NoTime}})
	}
	return &s.list[i]
}

func (s *summaries) spans(spans []trace.Span) {
	for i := range spans {
		if spans[i].Trace.IsTrace() {
			s.of(spans[i].Trace).add(&spans[i])
		}
	}
}

// add counts a span. The root is the earliest span without a parent, or the
// earliest of all when every span has one.
func (g *growing) add(s *trace.Span) {
	root := s.Parent == 0
	if g.Spans == 0 || root && !g.rooted || root == g.rooted && s.Start < g.rootStart {
		g.Service, g.Operation, g.rooted, g.rootStart = s.Resource.Service, s.Operation, root, s.Start
	}
	if g.Spans == 0 || s.Start < g.Start {
		g.Start = s.Start
	}
	g.End = max(g.End, s.End())
	g.Spans++
	if s.Status == trace.StatusError {
		g.Errors++
	}
}

// log counts a line for every trace whose ID is in it.
func (s *summaries) log(line []byte) {
	s.seen = s.seen[:0]
	for start := 0; start < len(line); {
		end := start
		for end < len(line) && (isHex(line[end]) || line[end] == '-') {
			end++
		}
		if end-start >= 16 {
			s.run(line, start, end)
		}
		start = end + 1
	}
}

// run looks for IDs in a run of hexadecimal digits and dashes: a UUID, or the
// parts of a traceparent.
func (s *summaries) run(line []byte, start, end int) {
	if start > 0 && isWord(line[start-1]) || end < len(line) && isWord(line[end]) {
		return
	}
	run := line[start:end]
	if plain := bytes.ReplaceAll(run, []byte("-"), nil); len(run) == 36 && len(plain) == 32 {
		s.candidate(plain, line[:start])
		return
	}
	for part := range bytes.SplitSeq(run, []byte("-")) {
		if len(part) == 32 || len(run) == 16 {
			s.candidate(part, line[:start])
		}
	}
}

// candidate counts the log for an ID that is known, or that stands behind a
// key of trace IDs.
func (s *summaries) candidate(digits, before []byte) {
	id, err := trace.IDFromHex(string(digits))
	if err != nil || slices.Contains(s.seen, id) {
		return
	}
	if _, known := s.at[id]; !known && !saysTrace(before) {
		return
	}
	s.seen = append(s.seen, id)
	s.of(id).Logs++
}

// saysTrace reports whether the text ends with a key of trace IDs, such as
// "trace.id":" or traceId=.
func saysTrace(before []byte) bool {
	before = bytes.ToLower(before[max(0, len(before)-32):])
	before = bytes.ReplaceAll(before, []byte(`\`), nil)
	before = bytes.TrimRight(before, ` "':=`)
	for _, key := range [...]string{"traceid", "trace_id", "trace.id", "trace-id", `"trace":{"id`, "traceparent"} {
		if bytes.HasSuffix(before, []byte(key)) {
			return true
		}
	}
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isWord(c byte) bool {
	return isHex(c) || 'g' <= c && c <= 'z' || 'G' <= c && c <= 'Z' || c == '_'
}
