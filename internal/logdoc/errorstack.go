package logdoc

import (
	"bytes"
	"strings"

	"github.com/otrace/otrace/internal/jscan"
)

// frames notes a stack that is written as a list, and reports whether the
// value was one.
func (w *walker) frames(r *jscan.Reader) bool {
	f, ok := w.errorField()
	if !ok || f.role != roleErrorStack && string(w.path[w.base:]) != "stack" {
		return false
	}
	if raw := r.Skip(); len(bytes.Trim(raw, "[] \t\r\n")) > 0 {
		w.roles[roleErrorStack].add(candidate{rank: int(f.rank) + w.shift, text: raw})
	}
	return true
}

// listedStack writes a list of frames as text, a frame a line.
func listedStack(list []byte) string {
	var b strings.Builder
	r := jscan.NewReader(list)
	for ok := r.FirstElem(); ok; ok = r.NextElem() {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		switch r.Peek() {
		case '"':
			b.Write(jscan.Unescape(r.Scalar()))
		case '{':
			b.WriteString(readFrame(&r).String())
		default:
			r.Skip()
		}
	}
	return b.String()
}

// A frame is one line of a stack that is written as an object.
type frame struct{ class, method, file, line string }

func readFrame(r *jscan.Reader) frame {
	var f frame
	for key, ok := r.FirstKey(); ok; key, ok = r.NextKey() {
		field := f.field(string(appendCanonical(nil, jscan.Unescape(key))))
		if c := r.Peek(); field == nil || c == '{' || c == '[' {
			r.Skip()
			continue
		}
		*field = string(jscan.Unescape(r.Scalar()))
	}
	return f
}

// field is the part that a key names, or nil.
func (f *frame) field(key string) *string {
	switch key {
	case "class", "classname", "declaringclass", "module":
		return &f.class
	case "method", "methodname", "func", "function", "functionname":
		return &f.method
	case "file", "filename", "source", "path":
		return &f.file
	case "line", "linenumber", "lineno":
		return &f.line
	}
	return nil
}

// String is the frame as Java writes it.
func (f frame) String() string {
	text := "\tat " + f.method
	if f.class != "" {
		text = "\tat " + f.class + "." + f.method
	}
	switch {
	case f.file == "":
		return text
	case f.line == "":
		return text + "(" + f.file + ")"
	}
	return text + "(" + f.file + ":" + f.line + ")"
}

// gluedStack is what stands behind a message's first line when that is a
// stack; the whole message when its first line belongs to it. It is "" for a
// message that has none.
func gluedStack(message string) string {
	first, rest, several := strings.Cut(message, "\n")
	if !several || !hasFrames(rest) && !strings.HasPrefix(rest, "Traceback ") {
		return ""
	}
	if kind, _ := typed(strings.TrimSpace(first)); kind != "" || strings.HasPrefix(first, "Traceback ") || strings.HasPrefix(first, "panic: ") || strings.HasPrefix(first, "goroutine ") {
		return message
	}
	return rest
}

// hasFrames reports whether any of the first lines is a frame.
func hasFrames(text string) bool {
	const looked = 12
	for n := 0; n < looked && text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		trimmed := strings.TrimLeft(line, " \t")
		switch {
		case strings.HasPrefix(trimmed, "at ") && trimmed != line, strings.HasPrefix(trimmed, `File "`) && trimmed != line,
			strings.HasPrefix(line, "goroutine "), strings.HasPrefix(line, "\t/"), strings.HasPrefix(trimmed, "from ") && strings.Contains(trimmed, ":in "),
			strings.HasPrefix(line, "#0 "), strings.HasPrefix(trimmed, "... ") && strings.HasSuffix(trimmed, " more"):
			return true
		}
	}
	return false
}

// raised is the type that a stack says was raised, and what it says besides;
// "" when it says none.
func raised(stack string) (kind, reason string) {
	first, _, _ := strings.Cut(strings.TrimSpace(stack), "\n")
	first = strings.TrimSpace(first)
	switch {
	case first == "":
		return "", ""
	case strings.HasPrefix(first, "Traceback "):
		return raisedLast(stack)
	case strings.HasPrefix(first, "panic: "):
		return "panic", strings.TrimPrefix(first, "panic: ")
	case strings.HasPrefix(first, "goroutine ") && strings.Contains(stack, "\npanic("), strings.HasPrefix(first, "thread '") && strings.Contains(first, " panicked at "):
		return "panic", ""
	case strings.HasSuffix(first, ")") && strings.Contains(first, ":in "): // Ruby
		open := strings.LastIndexByte(first, '(')
		_, reason, _ = strings.Cut(first[:max(open, 0)], "': ")
		return dottedName(first[open+1 : len(first)-1]), strings.TrimSpace(reason)
	}
	if strings.HasPrefix(first, `Exception in thread "`) {
		_, first, _ = strings.Cut(first[len(`Exception in thread "`):], `" `)
	}
	if _, text, ok := strings.Cut(first, "Uncaught "); ok { // PHP
		first = text
	}
	name, text, _ := strings.Cut(first, ": ")
	if dottedName(name) == "" {
		return "", ""
	}
	if strings.Contains(name, ".") || strings.Contains(name, `\`) || isErrorName(name) {
		return name, text
	}
	return "", ""
}

// raisedLast is what Python's last line says.
func raisedLast(stack string) (kind, reason string) {
	lines := strings.Split(strings.TrimSpace(stack), "\n")
	for i := len(lines) - 1; i > 0; i-- {
		line := strings.TrimRight(lines[i], "\r ")
		if line == "" || line[0] == ' ' || line[0] == '\t' {
			continue
		}
		name, text, _ := strings.Cut(line, ": ")
		if name = dottedName(name); name != "" {
			return name, text
		}
	}
	return "", ""
}

// typed takes "ValueError: no such order" apart. It is stricter than raised,
// because what stands before a colon in a text is seldom a type.
func typed(text string) (kind, reason string) {
	name, rest, ok := strings.Cut(text, ": ")
	if !ok || !isErrorName(name) {
		return "", ""
	}
	return name, rest
}

// isErrorName reports whether a text is a type's name that says of itself to be
// an error's.
func isErrorName(name string) bool {
	if dottedName(name) == "" {
		return false
	}
	for _, end := range [...]string{"Error", "Exception", "Fault", "Failure", "Interrupt", "Throwable"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// dottedName is the text when it may be a type's name, else "".
func dottedName(text string) string {
	last := text[strings.LastIndexAny(text, `.\:$+`)+1:]
	if last == "" || last[0]-'A' >= 26 {
		return ""
	}
	for i := range len(text) {
		if c := text[i]; !isWord(c) && strings.IndexByte(`.\:$+`+"`", c) < 0 {
			return ""
		}
	}
	return text
}
