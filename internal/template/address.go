package template

import (
	"cmp"
	"strings"
)

// address returns the end of the URL, path, host or mail address that begins
// here, zero when there is none. The atom ends at end.
func (m *masker) address(end int, has uint8) int {
	next := m.s[end:]
	switch {
	case strings.HasPrefix(next, "://"):
		return m.until(end+3, "\"'`<>,;)]}")
	case strings.HasPrefix(next, `:\`) && end == m.i+1:
		return m.until(end+2, "\"'`<>|:,;)]}")
	case has&isSlash != 0 && isPath(m.s[m.i:end]):
		return m.until(end, "\"'`<>,;()[]{}|")
	}
	if strings.HasPrefix(next, ":") {
		if to := cmp.Or(m.colons(), m.port(end, has)); to > 0 {
			return to
		}
	}
	if has&isAt != 0 && isMail(m.s[m.i:end]) || has&isDot != 0 && isHost(m.s[m.i:end]) {
		return m.trimmed(end)
	}
	return 0
}

// until is where an address ends: before a space or one of the marks, without
// the punctuation of the sentence around it.
func (m *masker) until(end int, marks string) int {
	for end < len(m.s) && m.is[m.s[end]] != isSpace && (m.is[m.s[end]] != isMark || strings.IndexByte(marks, m.s[end]) < 0) {
		end++
	}
	for end > m.i+1 && strings.IndexByte(".:?!=", m.s[end-1]) >= 0 {
		end--
	}
	return end
}

// colons is the end of an IPv6 or MAC address, zero when there is none.
func (m *masker) colons() int {
	end, groups, run := m.i, 0, 0
	for ; end < len(m.s); end++ {
		c := m.s[end]
		if c == ':' {
			groups, run = groups+1, 0
			continue
		}
		if !isHex(c) {
			break
		}
		if run++; run > 4 {
			return 0
		}
	}
	if groups < 2 || run == 0 || end < len(m.s) && isWordByte(m.s[end]) {
		return 0
	}
	return end
}

// port is the end of a host with its port, zero when there is none. A file with
// its line is not one, and a word with a number is only if it is a host's.
func (m *masker) port(end int, has uint8) int {
	to := end + 1
	for to < len(m.s) && m.is[m.s[to]] == isDigit {
		to++
	}
	digits := to - end - 1
	if digits < 2 || digits > 5 || to < len(m.s) && isWordByte(m.s[to]) {
		return 0
	}
	w := m.s[m.i:end]
	if w == "localhost" || isPort(m.s[end+1:to]) || has&isDigit != 0 || has&isUpper == 0 && strings.ContainsAny(w, ".-") && !isSource(w) {
		return to
	}
	return 0
}

// isPort reports whether a number is a port that servers are known by, so that
// a word before it is a host.
func isPort(digits string) bool {
	switch digits {
	case "80", "443", "1433", "1521", "2181", "2379", "3000", "3306", "4222", "4317", "4318", "5000", "5432", "5601", "5672",
		"6379", "8000", "8080", "8081", "8443", "8500", "9000", "9042", "9090", "9092", "9200", "9300", "9411", "11211", "27017", "50051":
		return true
	}
	return false
}

// isPath reports whether a word with a slash is a path rather than and/or.
func isPath(w string) bool {
	if w[0] == '/' || w[0] == '.' || w[0] == '~' {
		return len(w) > 1
	}
	return strings.Count(w, "/") > 1 || strings.Count(w, `\`) > 1
}

// isMail reports whether a word with an at sign is a mail address or a handle
// at a place.
func isMail(w string) bool {
	at := strings.IndexByte(w, '@')
	return at > 0 && at+1 < len(w) && isWordByte(w[at-1]) && isWordByte(w[at+1])
}

// isHost reports whether a word with dots is the name of a machine, which only
// its end can tell from the name of a class.
func isHost(w string) bool {
	w = strings.TrimRight(w, ".")
	switch w[strings.LastIndexByte(w, '.')+1:] {
	case "com", "net", "org", "edu", "gov", "io", "local", "internal", "lan", "localdomain", "svc":
		return strings.IndexByte(w, '.') > 0
	}
	return false
}

// isSource reports whether a word is the name of a source file.
func isSource(w string) bool {
	switch w[strings.LastIndexByte(w, '.')+1:] {
	case "c", "cc", "cpp", "cs", "ex", "go", "h", "hpp", "java", "js", "jsx", "kt", "php", "py", "rb", "rs", "scala", "swift", "ts", "tsx":
		return true
	}
	return false
}
