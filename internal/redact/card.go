package redact

import "slices"

// A card's number is 13 to 19 digits, in one run or in the groups in which it
// is printed, whose beginning belongs to a card scheme, with the length that
// this one's cards have, and whose check digit is right.

// shapes are the groups in which cards print their numbers.
var shapes = [][]int{{4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}, {4, 4, 4, 1}, {4, 4, 4, 4, 3}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 1}, {6, 13}, {4, 4, 5}}

// maxCard is the most bytes a card's number takes, with its separators.
const maxCard = 24

// cardAt reads the run of digits and groups that begins there. end is where the
// card's number ends, zero when it is none; past is where to go on then.
func cardAt(text []byte, start int) (end, past int) {
	past = start
	for past < len(text) && isDigit(text[past]) {
		past++
	}
	if start > 0 && !mayPrecede(text, start) {
		return 0, past
	}
	if n := past - start; n >= 13 {
		if n <= 19 && mayFollow(text, past) && isCard(text[start:past]) {
			return past, past
		}
		return 0, past
	}
	if n := past - start; n != 4 && n != 6 || past == len(text) || text[past] != ' ' && text[past] != '-' {
		return 0, past
	}
	return groupsAt(text, start, past), past
}

// groupsAt is where the groups end of which the first is text[start:first], or
// zero when they are no card's.
func groupsAt(text []byte, start, first int) int {
	var digits [maxCard]byte
	var shape [6]int
	between := text[first]
	n, groups, i := 0, 0, start
	for groups < len(shape) {
		size := 0
		for i < len(text) && isDigit(text[i]) && n < len(digits) {
			digits[n] = text[i]
			n, size, i = n+1, size+1, i+1
		}
		shape[groups] = size
		if groups++; i+1 >= len(text) || text[i] != between || !isDigit(text[i+1]) || n == len(digits) {
			break
		}
		i++
	}
	// Behind the card more numbers may follow, as its expiry does.
	for ; groups > 1; groups-- {
		known := slices.ContainsFunc(shapes, func(s []int) bool { return slices.Equal(s, shape[:groups]) })
		if known && mayFollow(text, i) && isCard(digits[:n]) {
			return i
		}
		n -= shape[groups-1]
		i -= shape[groups-1] + 1
	}
	return 0
}

// mayPrecede reports whether a number that begins there stands on its own: it
// is no part of a word, of a decimal fraction, or of a UUID.
func mayPrecede(text []byte, at int) bool {
	before := text[at-1]
	if isAlnum(before) || before == '_' {
		return at >= 2 && text[at-2] == '\\' && before != '\\' // as in \n4111…
	}
	if (before == '-' || before == '.') && at >= 2 && isAlnum(text[at-2]) {
		return false
	}
	return true
}

func mayFollow(text []byte, at int) bool {
	if at == len(text) {
		return true
	}
	after := text[at]
	if isAlnum(after) || after == '_' {
		return false
	}
	return after != '-' && after != '.' || at+1 == len(text) || !isAlnum(text[at+1])
}

// isCard reports whether these digits are a card's.
func isCard(d []byte) bool { return scheme(d) && luhn(d) }

// scheme reports whether a card scheme gives numbers that begin so and are of
// this length.
func scheme(d []byte) bool {
	n := len(d)
	if n < 13 {
		return false
	}
	two, three, four := number(d[:2]), number(d[:3]), number(d[:4])
	switch {
	case d[0] == '4': // Visa
		return n == 13 || n == 16 || n == 19
	case two >= 51 && two <= 55, four >= 2221 && four <= 2720: // Mastercard
		return n == 16
	case two == 34, two == 37: // American Express
		return n == 15
	case two == 36, three >= 300 && three <= 305: // Diners Club
		return n == 14 || n == 16
	case two == 38, two == 39: // Diners Club
		return n == 14 || n == 16
	case four >= 3528 && four <= 3589: // JCB
		return n >= 16
	case four >= 2200 && four <= 2204: // Mir
		return n >= 16
	case two == 65, three >= 644 && three <= 649, four == 6011: // Discover
		return n >= 16
	case two == 62, two == 81: // UnionPay
		return n >= 16
	case two == 50, two >= 56 && two <= 58, two == 60, two == 61, two == 63, two == 67: // Maestro, RuPay
		return n >= 13 && (n >= 16 || two == 50 || two >= 56 && two <= 58 || two == 63 || two == 67)
	}
	return false
}

func number(d []byte) int {
	n := 0
	for _, c := range d {
		n = n*10 + int(c-'0')
	}
	return n
}

// luhn reports whether the check digit is right, and the number is more than
// one digit all over.
func luhn(d []byte) bool {
	sum, same := 0, true
	for i := range d {
		n := int(d[len(d)-1-i] - '0')
		same = same && d[i] == d[0]
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0 && !same
}

// digitsOf is a number without its separators.
func digitsOf(text []byte) []byte {
	return slices.DeleteFunc(slices.Clone(text), func(c byte) bool { return !isDigit(c) })
}

func isDigit(c byte) bool { return c-'0' < 10 }

func isLetter(c byte) bool { return c|0x20-'a' < 26 }

func isAlnum(c byte) bool { return isDigit(c) || isLetter(c) }
