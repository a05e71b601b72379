package logdoc

import (
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// headWords is how far into a line a level is looked for; what stands later
// is prose.
const headWords = 8

// levelInText reads the level of a plain line: logfmt's level=error, klog's
// E0102, or a word such as ERROR, [warn] or <info> near the beginning.
func levelInText(text string) (trace.Level, string) {
	for _, key := range [...]string{"level=", "lvl=", "severity=", "loglevel="} {
		if word := after(text, key); word != "" {
			if level := trace.ParseLevel(word); level != trace.LevelUnknown {
				return level, word
			}
		}
	}
	if isKlog(text) {
		return trace.ParseLevel(text[:1]), text[:1]
	}
	if level, ok := dotnetLevels[text[:min(len(text), len("fail:"))]]; ok {
		return level, text[:len("fail")]
	}
	head := text[:min(len(text), 256)]
	for range headWords {
		head = strings.TrimLeft(head, " \t[](){}<>|:,;-\"'")
		end := strings.IndexAny(head, " \t[](){}<>|:,;\"'\n")
		if end < 0 {
			end = len(head)
		}
		word := head[:end]
		if level, ok := levelWord(word, text); ok {
			return level, word
		}
		if head = head[end:]; head == "" {
			break
		}
	}
	return trace.LevelUnknown, ""
}

// dotnetLevels are how lines of .NET's console begin.
var dotnetLevels = map[string]trace.Level{
	"trce:": trace.LevelTrace, "dbug:": trace.LevelDebug, "fail:": trace.LevelError, "crit:": trace.LevelFatal,
}

// after is the word that follows a key which begins a word.
func after(text, key string) string {
	i := strings.Index(text, key)
	if i < 0 || i > 0 && isWord(text[i-1]) {
		return ""
	}
	rest := strings.TrimLeft(text[i+len(key):], `"'`)
	end := 0
	for end < len(rest) && isWord(rest[end]) {
		end++
	}
	return rest[:end]
}

func isKlog(text string) bool {
	return len(text) > 5 && strings.IndexByte("IWEF", text[0]) >= 0 && text[5] == ' ' && isDigits(text[1:5])
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// levelWord takes whole words only, in capitals; in small letters only where
// brackets or the line's beginning mark them, for "info" and "error" are prose too.
func levelWord(word, text string) (trace.Level, bool) {
	switch strings.ToUpper(word) {
	case "TRACE", "DEBUG", "INFO", "INFORMATION", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "SEVERE", "FATAL",
		"CRITICAL", "CRIT", "PANIC", "ALERT", "EMERG", "EMERGENCY", "DBG", "INF", "WRN", "FTL", "TRC":
	default:
		return trace.LevelUnknown, false
	}
	if word != strings.ToUpper(word) && !strings.Contains(text, "["+word) && !strings.HasPrefix(text, word+":") && !strings.Contains(text, "|"+word) {
		return trace.LevelUnknown, false
	}
	if strings.EqualFold(word, "TRC") {
		return trace.LevelTrace, true
	}
	return trace.ParseLevel(word), true
}

// spanInText finds the span that a line names: after a key such as SpanID or
// span_id, or behind a trace ID as in [app,trace,span], a traceparent and
// Jaeger's trace:span:parent:flags.
func spanInText(text string) trace.SpanID {
	if id := keyedSpan(text); id != 0 {
		return id
	}
	if strings.Contains(text, "%3") {
		text = strings.NewReplacer("%3A", ":", "%3a", ":").Replace(text)
	}
	for _, find := range [...]func(string) trace.SpanID{pairedSpan, jaegerSpan, bracketSpan} {
		if id := find(text); id != 0 {
			return id
		}
	}
	return 0
}

// Sizes of what Jaeger's header holds, in digits. Its leading zeros may be
// left out, but so many that it looks like an address are not believed.
const (
	fewestTraceDigits = 12
	fewestSpanDigits  = 8
)

// jaegerSpan finds trace:span:parent:flags.
func jaegerSpan(text string) trace.SpanID {
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], ':')
		if i < 0 {
			return 0
		}
		at += i
		digits := hexRunBefore(text, at)
		if digits < fewestTraceDigits || digits > 32 || digits < at && isWord(text[at-digits-1]) {
			continue
		}
		span := text[at+1:]
		n := hexRun(span)
		if n < fewestSpanDigits || n > longForm || n == len(span) || span[n] != ':' {
			continue
		}
		parent := span[n+1:]
		p := hexRun(parent)
		if p == 0 || p > longForm || p == len(parent) || parent[p] != ':' || hexRun(parent[p+1:]) == 0 {
			continue
		}
		if id, ok := trace.ParseSpanID(span[:n]); ok {
			return id
		}
	}
}

// hexRun counts the digits that a text begins with.
func hexRun(text string) int {
	n := 0
	for n < len(text) && isHexDigit(text[n]) {
		n++
	}
	return n
}

// hexRunBefore counts the digits that end at a place.
func hexRunBefore(text string, end int) int {
	n := 0
	for n < end && isHexDigit(text[end-n-1]) {
		n++
	}
	return n
}

// bracketSpan finds the span of Spring's [app,trace,span] and [trace-span],
// whatever the form of the trace's ID.
func bracketSpan(text string) trace.SpanID {
	const longest = 200
	for i := strings.IndexByte(text, '['); i >= 0; i = strings.IndexByte(text, '[') {
		text = text[i+1:]
		end := strings.IndexAny(text[:min(len(text), longest)], " []")
		if end < 0 || text[end] != ']' {
			continue
		}
		if id := springSpan(text[:end]); id != 0 {
			return id
		}
	}
	return 0
}

func springSpan(inside string) trace.SpanID {
	parts := strings.Split(inside, ",")
	word := ""
	switch n := len(parts); {
	case n == 1: // [trace-span]
		at := strings.LastIndexByte(inside, '-')
		if at < longForm || strings.Trim(inside[:at], "0123456789abcdefABCDEF-") != "" {
			return 0
		}
		word = inside[at+1:]
	case (n == 3 || n == 4) && parts[1] != "":
		word = parts[2]
	}
	if len(word) != longForm {
		return 0
	}
	id, _ := trace.ParseSpanID(word)
	return id
}

// namesSpan reports whether a value may be a header that names a span beside
// the trace: made of what headers are made of, and long enough.
func namesSpan(text []byte) bool {
	const longest = 200
	if len(text) <= longForm+fewestSpanDigits || len(text) > longest {
		return false
	}
	joints := 0
	for _, c := range text {
		switch {
		case isAlnum(c) || c == '=' || c == ';':
		case c == ':' || c == '-' || c == '%':
			joints++
		default:
			return false
		}
	}
	return joints > 0
}

func keyedSpan(text string) trace.SpanID {
	for i := 0; i < len(text); {
		n := indexSpanKey(text[i:])
		if n < 0 {
			return 0
		}
		key := i + n
		i = key + len("span")
		rest := strings.TrimLeft(text[i:], "_-. ")
		if len(rest) < 2 || !strings.EqualFold(rest[:2], "id") {
			continue
		}
		rest = strings.TrimLeft(rest[2:], " \"'\\")
		value := strings.TrimLeft(rest, ":= \"'\\[")
		end := 0
		for end < len(value) && isWord(value[end]) {
			end++
		}
		word := value[:end]
		if parentKey(text[:key]) {
			continue
		}
		if strings.HasSuffix(text[:key], "dd.") || strings.HasSuffix(text[:key], "dd_") {
			if n, err := strconv.ParseUint(word, 10, 64); err == nil {
				return trace.SpanID(n)
			}
			continue
		}
		if len(word) == 16 {
			if id, ok := trace.ParseSpanID(word); ok {
				return id
			}
		}
	}
	return 0
}

// parentKey reports whether what stands before "span" makes it the parent's.
func parentKey(before string) bool {
	before = strings.TrimRight(before, "_-. ")
	return len(before) >= 6 && strings.EqualFold(before[len(before)-6:], "parent")
}

// indexSpanKey finds "span" in any case.
func indexSpanKey(s string) int {
	for i := 0; i+4 <= len(s); i++ {
		if s[i]|0x20 == 's' && strings.EqualFold(s[i:i+4], "span") {
			return i
		}
	}
	return -1
}

// pairedSpan finds 16 digits right behind a trace ID's 32 or 16.
func pairedSpan(text string) trace.SpanID {
	lastLen, lastEnd := 0, -1
	for i := 0; i < len(text); {
		if !isHexDigit(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && isHexDigit(text[i]) {
			i++
		}
		n := i - start
		free := (start == 0 || !isWord(text[start-1])) && (i == len(text) || !isWord(text[i]))
		if n == 16 && free && lastEnd >= 0 && joins(text[lastEnd:start], lastLen, text[i:]) {
			if id, ok := trace.ParseSpanID(text[start:i]); ok {
				return id
			}
		}
		lastEnd = -1
		if free && (n == 32 || n == 16) {
			lastLen, lastEnd = n, i
		}
	}
	return 0
}

// joins reports whether the text between two runs of digits ties a span to
// its trace. Two runs of 16 need the comma of [app,trace,span], a second
// colon or B3's flag.
func joins(between string, traceDigits int, behind string) bool {
	switch strings.TrimSpace(between) {
	case ",":
		return true
	case "-":
		return traceDigits == 32 || len(behind) > 1 && strings.Contains("-0-1-d", behind[:2]) && (len(behind) == 2 || !isAlnum(behind[2]))
	case "/":
		return traceDigits == 32
	case ":":
		return traceDigits == 32 || strings.HasPrefix(behind, ":")
	}
	return false
}

func isHexDigit(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 6 }

func isDigit(c byte) bool { return c-'0' < 10 }

func isWord(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 26 || c == '_' }

func isAlnum(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 26 }
