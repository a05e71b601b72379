package logdoc

import (
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// maxDecimal is the most digits of a 64-bit number.
const maxDecimal = 20

// decimalTrace reads the low half of a trace ID as a number, which a database
// may have stored as a signed one.
func decimalTrace(text string) (trace.ID, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		signed, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return trace.ID{}, false
		}
		n = uint64(signed)
	}
	if n == 0 || len(text) > 0 && text[0] == '0' {
		return trace.ID{}, false
	}
	return trace.ID{Lo: n}, true
}

// plainTrace reads 32 or 16 hexadecimal digits, a UUID, or as few digits as
// are allowed where leading zeros were left out. So many decimal digits that
// it cannot be chance are a number.
func plainTrace(text string, fewest int) (trace.ID, bool) {
	if len(text) > longForm && len(text) <= maxDecimal && isDigits(text) {
		return decimalTrace(text)
	}
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		text = strings.ReplaceAll(text, "-", "")
		if len(text) != 32 {
			return trace.ID{}, false
		}
	}
	if len(text) != 32 && len(text) != longForm && (len(text) < fewest || text[0] == '0') {
		return trace.ID{}, false
	}
	id, err := trace.IDFromHex(text)
	return id, err == nil
}

// headerTrace reads what services hand on to each other: a traceparent,
// Jaeger's, B3's, X-Ray's and Google's headers, whole or as parts of a text.
func headerTrace(text string) (trace.ID, bool) {
	if strings.Contains(text, "%") {
		text = strings.NewReplacer("%3A", ":", "%3a", ":").Replace(text)
	}
	if id, ok := xrayTrace(text); ok {
		return id, true
	}
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && isAlnum(text[end]) {
			end++
		}
		if start == end {
			start++
			continue
		}
		if !headed(text, start) {
			start = end
			continue
		}
		if end-start == 8 && end+28 <= len(text) && (end+28 == len(text) || !isAlnum(text[end+28])) {
			if id, ok := plainTrace(text[start:end+28], 32); ok && text[end] == '-' {
				return id, true
			}
		}
		if id, ok := headerPart(text, start, end); ok {
			return id, true
		}
		start = end
	}
	return trace.ID{}, false
}

// headed reports whether a header's ID may begin there: behind a version, or
// where a path or a pair has its value, yet not within another ID such as
// req-7a1c….
func headed(text string, start int) bool {
	if start == 0 {
		return true
	}
	if text[start-1] == '-' {
		return start == 3 && isHexDigit(text[0]) && isHexDigit(text[1])
	}
	return strings.IndexByte("/=:;, ", text[start-1]) >= 0
}

// longer reports whether an ID goes on, as SkyWalking's T.61.17145576001234567.
func longer(rest string) bool { return len(rest) > 1 && rest[0] == '.' && isDigit(rest[1]) }

// headerPart reads one word of a header: 32 digits anywhere, fewer only where
// Jaeger's and B3's headers have them, before the span.
func headerPart(text string, start, end int) (trace.ID, bool) {
	word, rest := text[start:end], text[end:]
	switch {
	case longer(rest):
	case len(word) == 32:
		return plainTrace(word, 32)
	case len(word) == longForm && start == 0 && rest != "" && (rest[0] == ':' || rest[0] == '-' || rest[0] == '/' || rest[0] == ','):
		return plainTrace(word, longForm)
	case start == 0 && strings.Count(rest, ":") == 3 && rest[0] == ':' && len(word) > minCorrelation:
		id, ok := plainTrace(word, minCorrelation)
		return id, ok && !id.Short()
	}
	return trace.ID{}, false
}

// xrayTrace reads Root=1-8hex-24hex.
func xrayTrace(text string) (trace.ID, bool) {
	if i := strings.Index(text, "Root="); i >= 0 {
		text = text[i+len("Root="):]
	}
	const size = len("1-00000000-000000000000000000000000")
	if len(text) < size || text[:2] != "1-" || text[10] != '-' || len(text) > size && isAlnum(text[size]) {
		return trace.ID{}, false
	}
	return plainTrace(text[2:10]+text[11:size], 32)
}

// traceInText finds the ID of a trace that a line names: behind a key such as
// TraceID or trace_id, in brackets as [app,trace,span], or as a traceparent.
func traceInText(text string) (trace.ID, bool) {
	if id, ok := keyedTrace(text); ok {
		return id, true
	}
	if i := strings.Index(text, "Root=1-"); i >= 0 {
		if id, ok := xrayTrace(text[i:]); ok {
			return id, true
		}
	}
	return pairedTrace(text)
}

// keyedTrace looks behind every "trace" of a text.
func keyedTrace(text string) (trace.ID, bool) {
	for i := 0; ; {
		n := indexFold(text[i:], "trace")
		if n < 0 {
			return trace.ID{}, false
		}
		key := i + n
		i = key + len("trace")
		if foreignKey(text[:key]) {
			continue
		}
		value, fewest := behindTraceKey(text[i:])
		if id, ok := valueTrace(value, fewest, datadogKey(text[:key])); ok {
			return id, true
		}
	}
}

// foreignKey reports whether what stands before "trace" makes it another's.
func foreignKey(before string) bool {
	before = strings.ToLower(strings.TrimRight(before, "_-. "))
	for _, word := range [...]string{"parent", "root", "cause", "link", "links", "linked"} {
		if strings.HasSuffix(before, word) {
			return true
		}
	}
	return false
}

func datadogKey(before string) bool {
	return strings.HasSuffix(before, "dd.") || strings.HasSuffix(before, "dd_")
}

// behindTraceKey is what follows the rest of a key, "id", "_id", "parent" or
// none, and what separates it from its value; and how many digits an ID must
// have there, since "trace 17" may be anything.
func behindTraceKey(rest string) (value string, fewest int) {
	if rest == "" {
		return "", 0
	}
	joined, named := isWord(rest[0]), false
	rest = strings.TrimLeft(rest, "_-. ")
	for _, end := range [...]string{"id", "parent", "-header"} {
		if len(rest) >= len(end) && strings.EqualFold(rest[:len(end)], end) {
			rest, named = rest[len(end):], true
		}
	}
	bare := strings.TrimLeft(rest, " \"'\\")
	value = strings.TrimLeft(bare, ":= \"'\\[(")
	switch apart := len(value) < len(rest); {
	case !apart && (named || joined): // "traces", "trace_identity"
		return "", 0
	case !named && len(value) == len(bare):
		return value, 32
	}
	return value, minCorrelation
}

// valueTrace reads the word that a text begins with.
func valueTrace(text string, fewest int, datadog bool) (trace.ID, bool) {
	end := 0
	for end < len(text) && (isAlnum(text[end]) || text[end] == '-' || text[end] == ':') {
		end++
	}
	word := strings.TrimRight(text[:end], "-:")
	if end < len(text) && text[end] == '_' || longer(text[end:]) {
		return trace.ID{}, false
	}
	if datadog && len(word) <= maxDecimal && isDigits(word) {
		return decimalTrace(word)
	}
	if len(word) < fewest || word == "" {
		return trace.ID{}, false
	}
	if id, ok := plainTrace(word, fewest); ok && !id.Short() {
		return id, true
	}
	return headerTrace(word)
}

// pairedTrace finds a trace's 32 or 16 digits right before a span's 16, in
// brackets or as a traceparent.
func pairedTrace(text string) (trace.ID, bool) {
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
		if n != 32 && n != longForm || i == len(text) || start > 0 && isWord(text[start-1]) || !spanFollows(text[i+1:]) {
			continue
		}
		bracket := start > 0 && (text[start-1] == ',' || text[start-1] == '[')
		parent := n == 32 && start >= 3 && text[start-3:start] == "00-" && text[i] == '-'
		closed := len(text) > i+1+longForm && text[i+1+longForm] == ']'
		if parent || n == 32 && text[i] == ':' || bracket && (text[i] == ',' || text[i] == '-' && (n == 32 || closed)) {
			return plainTrace(text[start:i], n)
		}
	}
	return trace.ID{}, false
}

// spanFollows reports whether a text begins with 16 digits.
func spanFollows(text string) bool {
	for i := range longForm {
		if i >= len(text) || !isHexDigit(text[i]) {
			return false
		}
	}
	return len(text) == longForm || !isWord(text[longForm])
}

// indexFold finds a lower-case text in any case.
func indexFold(s, lower string) int {
	for i := 0; i+len(lower) <= len(s); i++ {
		if s[i]|0x20 == lower[0] && strings.EqualFold(s[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}
