package template

// What a byte is to the masks. Bytes above ASCII count as letters: they are
// parts of words in most languages, and no digit or mark that matters here.
const (
	isDigit uint8 = 1 << iota
	isUpper
	isLower
	isSpace
	isMark  // ends a word: punctuation that stands between words
	isSlash // / and \
	isAt
	isDot
)

const isLetter = isUpper | isLower

// classes says of every byte what it is.
type classes [256]uint8

// bytesOf makes the table of what every byte is. Control bytes are spaces.
func bytesOf() *classes {
	var is classes
	for c := range is {
		switch {
		case c <= ' ' || c == 0x7f:
			is[c] = isSpace
		case c >= '0' && c <= '9':
			is[c] = isDigit
		case c >= 'A' && c <= 'Z':
			is[c] = isUpper
		case c >= 'a' && c <= 'z' || c >= 0x80:
			is[c] = isLower
		}
	}
	for _, c := range []byte("=:,;()[]{}<>|\"'`!?#") {
		is[c] = isMark
	}
	is['/'], is['\\'], is['@'], is['.'] = isSlash, isSlash, isAt, isDot
	return &is
}

// isWordByte reports whether a byte is part of a word, so that a word beside it
// is not whole.
func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || c >= 0x80
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
