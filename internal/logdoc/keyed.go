package logdoc

import "bytes"

// inText looks for the value as a word of its own behind its key.
func (c *condition) inText(text []byte) bool {
	if c.value == "" || c.key == "" {
		return false
	}
	for from := 0; ; {
		at := bytes.Index(text[from:], []byte(c.value))
		if at < 0 {
			return false
		}
		start := from + at
		if wholeWord(text, start, start+len(c.value)) && c.keyed(text[:start]) {
			return true
		}
		from = start + 1
	}
}

// wholeWord reports whether text[start:end] is no part of a longer word or
// number, such as ORD-17 in ORD-17-b and 17 in 17.5.
func wholeWord(text []byte, start, end int) bool {
	if end < len(text) && isAlnum(text[end]) || end+1 < len(text) && wordJoint(text[end]) && isAlnum(text[end+1]) {
		return false
	}
	if start == 0 || escaped(text[:start]) {
		return true
	}
	if isAlnum(text[start-1]) {
		return false
	}
	return start < 2 || !wordJoint(text[start-1]) || !isAlnum(text[start-2])
}

func wordJoint(c byte) bool { return c == '-' || c == '_' || c == '.' }

// keyed reports whether a text ends with the condition's key, or its noun, and
// what may stand between a key and its value.
func (c *condition) keyed(before []byte) bool {
	key := bytes.TrimRight(before, " \t\"'`\\([{<#*")
	if rest := bytes.TrimRight(key, ":=>"); len(rest) < len(key) {
		key = bytes.TrimRight(rest, " \t\"'`\\)]}*")
	}
	if len(key) == len(before) {
		return false
	}
	return endsWithKey(key, c.key) || c.noun != "" && endsWithKey(key, c.noun)
}

// endsWithKey reports whether a text ends with a key in any of its spellings,
// "order id" among them. What stands before it must not make it another's, as
// in parent_order_id.
func endsWithKey(text []byte, key string) bool {
	i, k := len(text), len(key)
	for k > 0 {
		if i == 0 {
			return false
		}
		i--
		switch c := fold(text[i]); {
		case c == key[k-1]:
			k--
		case k < len(key) && (keyJoint(c) || c == ' '):
		default:
			return false
		}
	}
	return i == 0 || escaped(text[:i]) || !isAlnum(text[i-1]) && ownKey(text[:i])
}

func keyJoint(c byte) bool { return c == '.' || c == '_' || c == '-' || c == '/' }

// ownKey reports whether a key that begins here stands alone or behind
// wrappers, as in labels.order_id.
func ownKey(before []byte) bool {
	end := len(before)
	if !keyJoint(before[end-1]) {
		return true
	}
	start := end
	for start > 0 && (isAlnum(before[start-1]) || keyJoint(before[start-1])) {
		start--
	}
	prefix := appendCanonical(nil, before[start:end])
	return len(prefix) == 0 || wrappers[string(prefix)]
}
