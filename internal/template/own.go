package template

import "strings"

// ownKey begins the key of a form that the logger kept. No message's form
// begins so, since no message's form begins with a space.
const ownKey = "\x01"

// ownForm is the form of a template that the logger kept, with holes for its
// placeholders: {Name}, {}, {0:N2}, ${name}, #{name}, %s, %(name)s, %-5.2f, <*>.
func ownForm(own string) string {
	var out []byte
	own, cut := firstLine(own)
	for i := 0; i < len(own); {
		gap := i
		for gap < len(own) && (own[gap] <= ' ' || own[gap] == 0x7f) {
			gap++
		}
		switch end := placeholder(own, i); {
		case end > i:
			out = append(out, hole)
			i = end
		case gap > i && own[i:gap] != " ":
			out = append(out, wide)
			i = gap
		default:
			out = append(out, own[i])
			i++
		}
	}
	if cut {
		out = append(out, hole)
	}
	return string(out)
}

// placeholder is the end of the placeholder that begins here, or here. An
// escaped sign counts as one too: it is not what the message holds.
func placeholder(s string, i int) int {
	switch rest := s[i:]; {
	case strings.HasPrefix(rest, "<*>"):
		return i + 3
	case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"), strings.HasPrefix(rest, "%%"):
		return i + 2
	case rest[0] == '{':
		if n := strings.IndexAny(rest[1:], "{}"); n >= 0 && rest[1+n] == '}' {
			return i + n + 2
		}
	case rest[0] == '%':
		return verb(s, i)
	}
	return i
}

// verb is the end of the %-placeholder that begins here, or here.
func verb(s string, i int) int {
	end := i + 1
	if end < len(s) && s[end] == '(' {
		n := strings.IndexByte(s[end:], ')')
		if n < 0 {
			return i
		}
		end += n + 1
	}
	for end < len(s) && strings.IndexByte("+-#.*[]0123456789$", s[end]) >= 0 {
		end++
	}
	if end < len(s) && (s[end] >= 'a' && s[end] <= 'z' || s[end] >= 'A' && s[end] <= 'Z') {
		return end + 1
	}
	return i
}
