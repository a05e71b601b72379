package trace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// An ID is what an investigation starts from: a trace ID, kept as 128 bits
// whatever form it was written in, or an opaque correlation ID, which has logs
// but no spans. IDs are comparable; the zero ID is none.
type ID struct {
	Hi, Lo uint64
	text   string // an opaque ID; or a short trace ID as it was typed
}

// ErrID is wrapped by ParseID's errors.
var ErrID = errors.New("is neither a trace ID nor a correlation ID")

// Sizes of an opaque ID, in characters.
const (
	minOpaque = 8
	maxOpaque = 128
)

// ParseID reads a trace ID in any form that people paste: up to 32 hex digits,
// a dashed UUID, a traceparent, an uber-trace-id, or the address of a trace in
// Jaeger's UI. Any other 8 to 128 printable characters without blanks are an
// opaque correlation ID.
func ParseID(s string) (ID, error) {
	s = strings.TrimSpace(s)
	if hex := traceHex(s); hex != "" {
		id, err := IDFromHex(hex)
		if err != nil {
			return ID{}, fmt.Errorf("%q is all zeros, which identifies no trace: %w", s, ErrID)
		}
		if len(hex) < 16 && hex == s {
			id.text = s
		}
		return id, nil
	}
	if n := len([]rune(s)); n < minOpaque || n > maxOpaque || strings.ContainsFunc(s, unfitForID) {
		return ID{}, fmt.Errorf("%q %w", shorten(s), ErrID)
	}
	return ID{text: s}, nil
}

// traceHex returns the hex digits of a trace ID in any of its forms, or "".
func traceHex(s string) string {
	if u, err := url.Parse(s); err == nil && u.Scheme != "" && u.Host != "" {
		return urlHex(u.Path)
	}
	if plain, err := url.QueryUnescape(s); err == nil && strings.Contains(plain, ":") {
		s = plain // uber-trace-id is often percent-encoded
	}
	dashes, colons := strings.Split(s, "-"), strings.Split(s, ":")
	switch {
	case isHex(s, 1, 32):
		return s
	case len(dashes) == 5 && isHex(dashes[0], 8, 8) && isHex(dashes[1], 4, 4) && isHex(dashes[2], 4, 4) &&
		isHex(dashes[3], 4, 4) && isHex(dashes[4], 12, 12): // a UUID
		return strings.Join(dashes, "")
	case len(dashes) >= 4 && isHex(dashes[0], 2, 2) && isHex(dashes[1], 32, 32) && isHex(dashes[2], 16, 16) &&
		isHex(dashes[3], 2, 2): // a traceparent; later versions may append to it
		return dashes[1]
	case len(colons) == 4 && isHex(colons[0], 1, 32) && isHex(colons[1], 1, 16) && isHex(colons[2], 1, 16) &&
		isHex(colons[3], 1, 2): // an uber-trace-id
		return colons[0]
	}
	return ""
}

// urlHex returns the ID in the path of Jaeger's UI, /trace/ID, or of its
// APIs, /api/traces/ID.
func urlHex(path string) string {
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	if n := len(parts); n >= 2 && (parts[n-2] == "trace" || parts[n-2] == "traces") && isHex(parts[n-1], 1, 32) {
		return parts[n-1]
	}
	return ""
}

// isHex reports whether s is as many hex digits as asked for.
func isHex(s string, fewest, most int) bool {
	if len(s) < fewest || len(s) > most {
		return false
	}
	for i := range len(s) {
		if hexDigit(s[i]) > 15 {
			return false
		}
	}
	return true
}

func unfitForID(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// IDFromHex reads 1 to 32 hex digits. It fails on anything else and on zero.
func IDFromHex(s string) (ID, error) {
	if len(s) == 0 || len(s) > 32 {
		return ID{}, ErrID
	}
	var id ID
	for i := range len(s) {
		d := hexDigit(s[i])
		if d > 15 {
			return ID{}, ErrID
		}
		id.Hi = id.Hi<<4 | id.Lo>>60
		id.Lo = id.Lo<<4 | uint64(d)
	}
	if id.Hi|id.Lo == 0 {
		return ID{}, ErrID
	}
	return id, nil
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

// IDFromBytes reads a big-endian trace ID of up to 16 bytes; shorter ones are
// padded on the left, and an empty one is the zero ID.
func IDFromBytes(b []byte) ID {
	var full [16]byte
	if len(b) > 16 {
		b = b[len(b)-16:]
	}
	copy(full[16-len(b):], b)
	return ID{Hi: binary.BigEndian.Uint64(full[:8]), Lo: binary.BigEndian.Uint64(full[8:])}
}

// IsZero reports whether the ID identifies nothing.
func (id ID) IsZero() bool { return id == ID{} }

// IsTrace reports whether the ID can have spans.
func (id ID) IsTrace() bool { return id.Hi|id.Lo != 0 }

// Same reports whether two IDs mean the same, however they were typed.
func (id ID) Same(other ID) bool {
	if id.IsTrace() {
		return id.Hi == other.Hi && id.Lo == other.Lo
	}
	return id == other
}

// String returns the trace ID as 32 lower-case hex digits, or the opaque text.
func (id ID) String() string {
	if !id.IsTrace() {
		return id.text
	}
	return string(id.AppendHex(make([]byte, 0, 32)))
}

// AppendHex appends the 32 hex digits of a trace ID.
func (id ID) AppendHex(b []byte) []byte {
	return appendHex64(appendHex64(b, id.Hi), id.Lo)
}

func appendHex64(b []byte, v uint64) []byte {
	const digits = "0123456789abcdef"
	b = append(b, "0000000000000000"...)
	for i := len(b) - 1; v != 0; i-- {
		b[i] = digits[v&0xf]
		v >>= 4
	}
	return b
}

// Forms returns the texts under which logs may carry this ID, most usual
// first: 32 and 16 hex digits in either case, dashed as a UUID, without its
// leading zeros, as a decimal of the low 64 bits, as X-Ray writes it, and as
// it was typed.
func (id ID) Forms() []string {
	if !id.IsTrace() {
		return []string{id.text}
	}
	full := id.String()
	low := full[16:]
	stripped := strings.TrimLeft(full, "0")
	forms := []string{full, strings.ToUpper(full), dashed(full), strings.ToUpper(dashed(full)), stripped, strings.ToUpper(stripped)}
	if id.Lo != 0 {
		forms = append(forms, low, strings.ToUpper(low), strconv.FormatUint(id.Lo, 10), strings.TrimLeft(low, "0"))
	}
	forms = append(forms, "1-"+full[:8]+"-"+full[8:])
	if id.text != "" {
		forms = append(forms, id.text)
	}
	return dedupe(forms)
}

func dashed(hex32 string) string {
	return strings.Join([]string{hex32[:8], hex32[8:12], hex32[12:16], hex32[16:20], hex32[20:]}, "-")
}

func dedupe(list []string) []string {
	kept := list[:0]
	for _, s := range list {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// Short reports whether the ID has so few significant digits that its form
// without leading zeros could be any number: such a form is believed only in a
// field that is meant for IDs.
func (id ID) Short() bool {
	return id.IsTrace() && id.Hi == 0 && bits.Len64(id.Lo) < 32
}

// String returns 16 lower-case hex digits, or "" for none.
func (s SpanID) String() string {
	if s == 0 {
		return ""
	}
	return string(s.AppendHex(make([]byte, 0, 16)))
}

// AppendHex appends what String returns.
func (s SpanID) AppendHex(b []byte) []byte {
	if s == 0 {
		return b
	}
	return appendHex64(b, uint64(s))
}

// ParseSpanID reads 1 to 16 hex digits; anything else is no span ID.
func ParseSpanID(s string) (SpanID, bool) {
	if len(s) > 16 {
		return 0, false
	}
	id, err := IDFromHex(s)
	return SpanID(id.Lo), err == nil
}
