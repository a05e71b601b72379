package jaeger

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otrace/otrace/internal/trace"
)

// The requests of api_v3, by the field numbers of its query_service.proto, and
// what its small answers hold.

// traceRequestV3 is a GetTraceRequest.
func traceRequestV3(id trace.ID, at trace.Window) []byte {
	b := appendText(nil, 1, id.String())
	b = appendMoment(b, 2, at.From)
	b = appendMoment(b, 3, at.Until)
	return appendNumber(b, 4, 1) // raw_traces
}

// findRequestV3 is a FindTracesRequest.
func findRequestV3(s *search) []byte {
	q := appendText(nil, 1, s.service)
	q = appendText(q, 2, s.operation)
	for _, t := range s.tags {
		q = appendText(q, 3, string(appendText(appendText(nil, 1, t.Key), 2, t.Value)))
	}
	q = appendMoment(q, 4, s.window.From)
	q = appendMoment(q, 5, s.until())
	q = appendMoment(q, 6, s.min)
	q = appendMoment(q, 7, s.max)
	q = appendNumber(q, 8, uint64(s.depth))
	q = appendNumber(q, 9, 1) // raw_traces
	return appendText(nil, 1, string(q))
}

// appendText appends a text or a message that is not empty.
func appendText(b []byte, num protowire.Number, text string) []byte {
	if text == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), text)
}

func appendNumber(b []byte, num protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), n)
}

// appendMoment appends a Timestamp or a Duration, which look the same, of
// positive nanoseconds; zero is none.
func appendMoment(b []byte, num protowire.Number, ns int64) []byte {
	if ns <= 0 {
		return b
	}
	m := appendNumber(nil, 1, uint64(ns/1_000_000_000))
	m = appendNumber(m, 2, uint64(ns%1_000_000_000))
	return appendText(b, num, string(m))
}

// eachText calls with every text or message that is field 1 of a message.
func eachText(message string, take func([]byte) error) error {
	for b := []byte(message); len(b) > 0; {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errUnreadable
		}
		b = b[n:]
		if num != 1 || typ != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(num, typ, b); n < 0 {
				return errUnreadable
			}
			b = b[n:]
			continue
		}
		text, n := protowire.ConsumeBytes(b)
		if n < 0 {
			return errUnreadable
		}
		if err := take(text); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// errUnreadable is an answer that is no message of its dialect.
var errUnreadable = errors.New("the answer cannot be read")
