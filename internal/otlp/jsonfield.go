package otlp

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// The names of OTLP's enums, in the order of their numbers.
var (
	kindNames   = [...]string{"UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"}
	statusNames = [...]string{"UNSET", "OK", "ERROR"}
)

// enum reads an enum as its number or its name, with or without the prefix.
// Names that are unknown are 0.
func (d *jsonDecoder) enum(prefix string, names []string) int64 {
	b := d.scalar()
	if len(b) == 0 {
		return 0
	}
	if n, err := strconv.ParseInt(string(b), 10, 32); err == nil {
		return n
	}
	name := strings.TrimPrefix(strings.ToUpper(string(b)), prefix)
	return int64(max(0, slices.Index(names, name)))
}

// uint64 reads a number or a string of one. What is negative or no integer
// that fits does not belong here.
func (d *jsonDecoder) uint64() uint64 {
	b := d.scalar()
	if len(b) == 0 {
		return 0
	}
	if n, err := strconv.ParseUint(string(b), 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || f < 0 || f >= 1<<64 || f != math.Trunc(f) {
		d.misfit(b, "no number of nanoseconds")
		return 0
	}
	return uint64(f)
}

func (d *jsonDecoder) traceID() trace.ID {
	b := d.rawText()
	if len(b) == 0 {
		return trace.ID{}
	}
	if raw := unbase64(b, 24); raw != nil {
		return trace.IDFromBytes(raw)
	}
	id, err := trace.IDFromHex(string(b))
	if err != nil && strings.Trim(string(b), "0") != "" {
		d.misfit(b, "no trace ID")
	}
	return id
}

func (d *jsonDecoder) spanID() trace.SpanID {
	b := d.rawText()
	if len(b) == 0 {
		return 0
	}
	if raw := unbase64(b, 12); raw != nil {
		return trace.SpanID(trace.IDFromBytes(raw).Lo)
	}
	id, ok := trace.ParseSpanID(string(b))
	if !ok && strings.Trim(string(b), "0") != "" {
		d.misfit(b, "no span ID")
	}
	return id
}

// unbase64 decodes an ID as the Jaegers of 2023 wrote it: padded base64, whose
// length no hex ID has. Nil when it is not that.
func unbase64(b []byte, size int) []byte {
	if len(b) != size || b[size-1] != '=' {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(string(b))
	if err != nil {
		return nil
	}
	return raw
}
