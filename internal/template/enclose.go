package template

// The most bytes between quotes or brackets that are looked at.
const farthest = 1024

// enclosed writes what a mark encloses, when that varies as a whole: a quoted
// word, a list in brackets, a snippet of JSON.
func (m *masker) enclosed(c byte) bool {
	switch c {
	case '"', '\'', '`':
		return m.quoted(c)
	case '[':
		return m.list()
	case '{':
		return m.object()
	}
	return false
}

// within writes a hole between the mark here and the one at end.
func (m *masker) within(end int) {
	m.keep(m.i + 1)
	m.skip(end)
	m.keep(end + 1)
}

// quoted writes a hole for a quoted word. Several words between quotes are more
// often what happened than to whom, so they are looked at one by one.
func (m *masker) quoted(c byte) bool {
	if m.i > 0 && isWordByte(m.s[m.i-1]) {
		return false
	}
	end := m.i + 1
	for ; end < len(m.s) && m.s[end] != c; end++ {
		if m.is[m.s[end]] == isSpace || end > m.i+farthest {
			return false
		}
	}
	if end >= len(m.s) || end+1 < len(m.s) && (isWordByte(m.s[end+1]) || m.s[end+1] == ':' && c == '"' && m.inObject()) || m.says() {
		return false
	}
	m.within(end)
	return true
}

// inObject reports whether a quote opens where a key of JSON stands.
func (m *masker) inObject() bool {
	n := len(m.out)
	if n > 0 && m.out[n-1] == ' ' {
		n--
	}
	return n > 0 && (m.out[n-1] == '{' || m.out[n-1] == ',')
}

// says reports whether what comes is the value of a key that tells what
// happened.
func (m *masker) says() bool {
	for _, key := range []string{"msg=", "message=", "err=", "error=", "reason="} {
		if n := len(m.out) - len(key); n >= 0 && string(m.out[n:]) == key {
			return true
		}
	}
	return false
}

// list writes a hole for what stands in brackets: nothing, or things parted by
// commas, unless these are said of keys.
func (m *masker) list() bool {
	commas := false
	for end := m.i + 1; end < len(m.s) && end < m.i+farthest; end++ {
		switch m.s[end] {
		case ']':
			if commas || end == m.i+1 && (m.i == 0 || m.s[m.i-1] == ' ') {
				m.within(end)
				return true
			}
			return false
		case ',':
			commas = true
		case '[', '=', ':', '{':
			return false
		}
	}
	return false
}

// object writes a hole for a snippet of JSON within a message. A message that
// is JSON as a whole is looked at word by word.
func (m *masker) object() bool {
	if m.i == 0 || m.i+1 >= len(m.s) || m.s[m.i+1] != '"' {
		return false
	}
	depth, quoted := 0, false
	for end := m.i; end < len(m.s) && end < m.i+farthest; end++ {
		switch c := m.s[end]; {
		case quoted:
			if c == '\\' {
				end++
			}
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				m.within(end)
				return true
			}
		}
	}
	return false
}
