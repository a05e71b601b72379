package triage

import (
	"slices"
	"strings"
)

const (
	// mostFrames is how many frames tell one stack from another: fewer would
	// take all that fails in one helper for the same, and more would tell the
	// ways to it apart.
	mostFrames = 5
	// mostSections is how many causes within causes are looked at.
	mostSections = 16
)

// stacks are the frames of stacks, each list of frames once. Number 0 is none.
type stacks struct {
	words  *words
	lists  numbered[string] // joined by newlines
	frames [][]string       // by lists
}

// of is the number of a stack's frames.
func (s *stacks) of(stack string) int32 {
	var frames []string
	if stack != "" {
		frames = framesOf(stack)
	}
	joined := strings.Join(frames, "\n")
	if n, ok := s.lists.number[joined]; ok {
		return n
	}
	for i := range frames {
		frames[i] = s.words.copyOf(frames[i])
	}
	s.frames = append(s.frames, frames)
	return s.lists.of(joined)
}

// framesOf is what a stack trace comes to: its top frames in the application's
// own code, or the top ones when it has none of its own; those of the root
// cause first, each once, without lines, arguments and addresses.
func framesOf(stack string) []string {
	var r stackReader
	for stack != "" && !r.done {
		line, rest, _ := strings.Cut(stack, "\n")
		r.line(line)
		stack = rest
	}
	r.flush()
	if r.inner { // each cause stands after what it caused
		slices.Reverse(r.sections)
	}
	own, all := r.top(true), r.top(false)
	if len(own) > 0 {
		return own
	}
	return all
}

// A stackReader reads a stack trace line by line, in whatever language it was
// written.
type stackReader struct {
	sections []section
	inner    bool   // later sections are the causes of earlier ones
	done     bool   // what follows is another goroutine's
	golang   bool   // a goroutine's frames were read
	skip     bool   // a suppressed exception's frames
	before   string // the line before, of which the next one may tell the file
	held     frame  // of Rust, likewise
}

// A frame is one line of a stack trace.
type frame struct {
	text string
	own  bool // of the application rather than its libraries
}

// A section is the frames of one exception.
type section struct {
	outermostFirst bool
	own, all       []string
}

func (r *stackReader) line(line string) {
	text := strings.TrimSpace(line)
	before := r.before
	r.before = text
	if text == "" || r.heading(line, text) {
		r.flush()
		return
	}
	if r.held.text != "" {
		if file, ok := strings.CutPrefix(text, "at "); ok {
			r.held.own = r.held.own && !isForeignFile(file)
			r.flush()
			return
		}
		r.flush()
	}
	if f, ok := goFrame(before, line); ok {
		r.golang = true
		r.add(f)
		return
	}
	if f, ok := rustFrame(text); ok {
		r.held = f
		return
	}
	if f, ok := r.frame(text); ok {
		r.add(f)
	}
}

// frame reads a line that tells a whole frame.
func (r *stackReader) frame(text string) (frame, bool) {
	if rest, ok := strings.CutPrefix(text, "at "); ok {
		return atFrame(rest)
	}
	if strings.HasPrefix(text, `File "`) {
		if f, ok := pythonFrame(text); ok {
			r.current().outermostFirst = true
			return f, true
		}
	}
	if strings.HasPrefix(text, "#") {
		return phpFrame(text)
	}
	return rubyFrame(text)
}

// heading reads a line that begins another section.
func (r *stackReader) heading(line, text string) bool {
	switch {
	case strings.HasPrefix(text, "Caused by:") || strings.HasPrefix(text, "[cause]:"):
		if r.skip && len(line) > 0 && (line[0] == '\t' || line[0] == ' ') {
			return true // the cause of what is suppressed
		}
		r.skip, r.inner = false, true
		r.begin()
	case strings.HasPrefix(text, "Suppressed:"):
		r.skip = true
	case strings.HasPrefix(text, "Traceback (most recent call last)"), strings.HasPrefix(text, "Next ") && strings.Contains(text, ": "):
		r.begin()
	case strings.HasPrefix(text, "goroutine ") && strings.HasSuffix(text, "]:"):
		r.done = r.golang
	case r.golang && strings.HasPrefix(text, "created by "):
		r.done = true
	default:
		return false
	}
	return true
}

// begin begins a section. The last ones stay when later ones are the causes,
// else the first.
func (r *stackReader) begin() {
	if len(r.sections) > 0 && len(r.current().all) == 0 {
		return
	}
	if len(r.sections) == mostSections {
		if !r.inner {
			r.done = true
			return
		}
		r.sections = append(r.sections[:0], r.sections[1:]...)
	}
	r.sections = append(r.sections, section{})
}

func (r *stackReader) current() *section {
	if len(r.sections) == 0 {
		r.sections = append(r.sections, section{})
	}
	return &r.sections[len(r.sections)-1]
}

// flush adds a frame of which the next line did not tell the file.
func (r *stackReader) flush() {
	if r.held.text != "" {
		f := r.held
		r.held = frame{}
		r.add(f)
	}
}

func (r *stackReader) add(f frame) {
	if f.text == "" || r.skip {
		return
	}
	s := r.current()
	s.all = s.put(s.all, f.text)
	if f.own {
		s.own = s.put(s.own, f.text)
	}
}

// put keeps the frames next to the failure, with some to spare for those that
// are told twice.
func (s *section) put(list []string, text string) []string {
	const most = 4 * mostFrames
	switch {
	case len(list) < most:
		return append(list, text)
	case s.outermostFirst:
		copy(list, list[1:])
		list[most-1] = text
	}
	return list
}

// top is the first frames of all sections.
func (r *stackReader) top(own bool) []string {
	var top []string
	for i := range r.sections {
		s := &r.sections[i]
		list := s.all
		if own {
			list = s.own
		}
		for k := range list {
			text := list[k]
			if s.outermostFirst {
				text = list[len(list)-1-k]
			}
			text = clip(withoutCounters(text), longestWord)
			if text != "" && !slices.Contains(top, text) {
				if top = append(top, text); len(top) == mostFrames {
					return top
				}
			}
		}
	}
	return top
}

// withoutCounters is a frame without the numbers that compilers and proxies
// count with: lambda$place$0, $Proxy87, func1.2, <Run>d__12, Lambda$7/0x8c00.
func withoutCounters(s string) string {
	if !strings.ContainsAny(s, "0123456789") && !strings.Contains(s, "$$") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '/' && strings.HasPrefix(s[i:], "/0x") {
			i += 2
			for i+1 < len(s) && isHexDigit(s[i+1]) {
				i++
			}
			continue
		}
		if c == '$' && i+1 < len(s) && s[i+1] == '$' {
			if end := hexRun(s, i+2); end-i-2 >= 6 {
				b = append(b, "$$"...)
				i = end - 1
				continue
			}
		}
		if c >= '0' && c <= '9' && counts(b) {
			continue
		}
		b = append(b, c)
	}
	return string(b)
}

// counts reports whether a digit after such a text is a counter's.
func counts(before []byte) bool {
	if len(before) == 0 {
		return false
	}
	switch before[len(before)-1] {
	case '$', '_', '.', '>', '#':
		return true
	}
	for _, word := range [...]string{".func", "Proxy", "Accessor", "Lambda", "DisplayClass", ".gowrap", "-range"} {
		if strings.HasSuffix(string(before), word) {
			return true
		}
	}
	return false
}

func hexRun(s string, i int) int {
	for i < len(s) && isHexDigit(s[i]) {
		i++
	}
	return i
}

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
