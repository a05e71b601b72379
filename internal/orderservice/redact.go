package orderservice

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
)

// redact replaces every card number in s by asterisks and its last four
// digits. A card number is 13 to 19 digits, with single blanks or dashes
// between them or without, whose check digit is right. When in doubt it
// redacts: a number that only looks like a card's is a smaller loss.
func redact(s string) string {
	var b strings.Builder
	kept := 0
	for i := 0; i < len(s); {
		if !isDigit(s[i]) {
			i++
			continue
		}
		group, card := cardAt(s, i)
		if card == 0 {
			i = group
			continue
		}
		b.WriteString(s[kept:i])
		b.WriteString("************")
		b.WriteString(lastDigits(s[i:card]))
		i, kept = card, card
	}
	if kept == 0 {
		return s
	}
	b.WriteString(s[kept:])
	return b.String()
}

// redactAttrs are the attributes without card numbers. It copies only what it
// has to change.
func redactAttrs(attrs []attribute.KeyValue) []attribute.KeyValue {
	copied := false
	for i, a := range attrs {
		if a.Value.Type() != attribute.STRING {
			continue
		}
		was := a.Value.AsString()
		if now := redact(was); now != was {
			if !copied {
				attrs, copied = slices.Clone(attrs), true
			}
			attrs[i].Value = attribute.StringValue(now)
		}
	}
	return attrs
}

// redactFields are the fields without card numbers, likewise.
func redactFields(fields []field) []field {
	copied := false
	for i, f := range fields {
		was, isText := f.value.(string)
		if now := redact(was); isText && now != was {
			if !copied {
				fields, copied = slices.Clone(fields), true
			}
			fields[i].value = now
		}
	}
	return fields
}

// cardAt reads the digits that start at i. group is where the first unbroken
// group of them ends; card is where the longest card number ends, or 0.
func cardAt(s string, i int) (group, card int) {
	var digits [20]byte
	n := 0
	for j := i; j < len(s) && n < len(digits); j++ {
		if !isDigit(s[j]) {
			break
		}
		digits[n] = s[j]
		n++
		if j+1 < len(s) && isDigit(s[j+1]) {
			continue
		}
		if group == 0 {
			group = j + 1
		}
		if n >= 13 && n <= 19 && luhn(digits[:n]) {
			card = j + 1
		}
		if j+1 < len(s) && (s[j+1] == ' ' || s[j+1] == '-') {
			j++ // one separator between groups
		}
	}
	if group == 0 { // longer than any card number: skip it whole
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		group = i
	}
	return group, card
}

// lastDigits are the last four digits of a card number as it was written.
func lastDigits(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, s)
	return s[len(s)-4:]
}

// luhn reports whether the check digit is right.
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
