package template

import "strings"

// In a form, hole stands for what varies and wide for a space that is not a
// single blank. Neither byte comes from a message, where both are spaces.
const (
	hole = 0
	wide = 1
)

// Only the beginning of a message's first line counts: a stack glued behind a
// newline is no part of what the program wrote, and what follows so many words
// is data.
const (
	mostBytes = 2048
	mostWords = 96
)

// A masker writes forms: messages with holes where something surely varies. It
// goes over a message once.
type masker struct {
	is     *classes
	s      string // the message's first line
	i      int    // what is written up to here
	out    []byte // the form
	number bool   // the last hole was a number, and nothing followed it
}

// mask returns the form of a message, which holds until the next call.
func (m *masker) mask(message string) []byte {
	if m.is == nil {
		m.is = bytesOf()
	}
	line, cut := firstLine(message)
	m.s, m.out, m.i, m.number = line, m.out[:0], 0, false
	for words := 0; ; words++ {
		m.spaces()
		if m.i >= len(m.s) {
			break
		}
		if words == mostWords {
			cut = true
			break
		}
		m.word()
	}
	if cut {
		m.hole()
	}
	return m.out
}

// firstLine returns the line that counts, and whether it was cut, which it is
// after a word.
func firstLine(s string) (line string, cut bool) {
	for s != "" && s[0] <= ' ' {
		s = s[1:]
	}
	if n := strings.IndexByte(s[:min(len(s), mostBytes)], '\n'); n >= 0 {
		return s[:n], false
	}
	if len(s) <= mostBytes {
		return s, false
	}
	s = s[:mostBytes]
	return s[:max(0, strings.LastIndexByte(s, ' '))], true
}

// spaces writes the space between two words; none at either end.
func (m *masker) spaces() {
	from := m.i
	for m.i < len(m.s) && m.is[m.s[m.i]] == isSpace {
		m.i++
	}
	switch {
	case m.i == from || m.i >= len(m.s) || len(m.out) == 0:
	case m.i == from+1 && m.s[from] == ' ':
		m.out = append(m.out, ' ')
	default:
		m.out = append(m.out, wide)
	}
}

// word writes all up to the next space.
func (m *masker) word() {
	for m.i < len(m.s) {
		c := m.s[m.i]
		switch m.is[c] {
		case isSpace:
			return
		case isMark:
			if !m.enclosed(c) {
				m.keep(m.i + 1)
			}
		default:
			m.atom()
		}
	}
}

// keep writes the message up to there as it is.
func (m *masker) keep(end int) {
	m.out = append(m.out, m.s[m.i:end]...)
	m.i, m.number = end, false
}

// skip writes a hole for the message up to there.
func (m *masker) skip(end int) {
	m.i, m.number = end, false
	m.hole()
}

// hole writes a hole, one for several that nothing but a mark parts: lists,
// times and addresses are one.
func (m *masker) hole() {
	m.dropMonth()
	n := len(m.out)
	for n > 0 && n > len(m.out)-2 && joins(m.out[n-1]) {
		n--
	}
	if n > 0 && m.out[n-1] == hole {
		m.out = m.out[:n]
		return
	}
	m.out = append(m.out, hole)
}

// joins reports whether two holes with this between them are one.
func joins(c byte) bool {
	switch c {
	case ' ', wide, ':', ',', ';', '|', '.', '-', '/':
		return true
	}
	return false
}

// atom writes a run of bytes without marks and spaces: a word, a number, an
// address.
func (m *masker) atom() {
	has, end := uint8(0), m.i
	for s, table := m.s, m.is; end < len(s); end++ {
		is := table[s[end]]
		if is&(isMark|isSpace) != 0 && (s[end] != '\'' || !m.apostrophe(end)) {
			break
		}
		has |= is
	}
	if has&(isDigit|isSlash|isAt|isDot) == 0 && (end == len(m.s) || m.s[end] != ':') {
		m.plain(end)
		return
	}
	switch to := m.address(end, has); {
	case to > 0:
		m.skip(to)
	case has&isDigit != 0 && !isName(m.s[m.i:end]):
		number := m.is[m.s[m.i]] == isDigit || has&isLetter == 0
		end = m.trimmed(end)
		m.skip(end)
		m.number = number
	default:
		m.plain(end)
	}
}

// trimmed is the end of a number or ID without the full stop behind it.
func (m *masker) trimmed(end int) int {
	for end > m.i+1 && m.s[end-1] == '.' {
		end--
	}
	return end
}

// plain writes a word without digits, unless its place tells that it varies.
func (m *masker) plain(end int) {
	w := m.s[m.i:end]
	if m.number && isUnit(w) || m.afterKey() && isValue(w) {
		m.skip(end)
		return
	}
	if end-m.i == 6 {
		if to := m.statement(); to > 0 {
			m.skip(to)
			return
		}
	}
	m.keep(end)
}

// apostrophe reports whether the apostrophe is one within a word, as in can't.
func (m *masker) apostrophe(i int) bool {
	return i > m.i && i+1 < len(m.s) && m.is[m.s[i-1]]&isLetter != 0 && m.is[m.s[i+1]]&isLetter != 0
}

// afterKey reports whether what comes is the value of a key.
func (m *masker) afterKey() bool {
	n := len(m.out)
	if n > 0 && m.out[n-1] == ' ' {
		n--
	}
	return n > 0 && (m.out[n-1] == '=' || m.out[n-1] == ':')
}
