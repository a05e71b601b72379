package template

import "strings"

// statement returns the end of the SQL statement that begins here, zero when
// none does. It ends at a semicolon, or where the bracket or quote closes that
// it stands in, or with the line.
func (m *masker) statement() int {
	rest := m.s[m.i:]
	if strings.IndexByte("sidu", rest[0]|0x20) < 0 || !isSQL(rest) {
		return 0
	}
	ends := ";"
	if m.i > 0 {
		switch c := m.s[m.i-1]; c {
		case '[':
			ends = "]"
		case '"', '`':
			ends = string(rune(c))
		}
	}
	if n := strings.Index(rest, ends); n > 0 {
		return m.i + n
	}
	return len(m.s)
}

// isSQL reports whether a text begins with a statement of SQL, rather than with
// a sentence that has the same verb.
func isSQL(s string) bool {
	verb, rest := s[:6], s[6:min(len(s), 256)]
	switch {
	case strings.EqualFold(verb, "select"):
		return strings.Contains(strings.ToLower(rest), " from ")
	case strings.EqualFold(verb, "insert"):
		return len(rest) > 6 && strings.EqualFold(rest[:6], " into ")
	case strings.EqualFold(verb, "delete"):
		return len(rest) > 6 && strings.EqualFold(rest[:6], " from ")
	case strings.EqualFold(verb, "update"):
		return strings.Contains(strings.ToLower(rest), " set ")
	}
	return false
}
