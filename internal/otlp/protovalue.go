package otlp

import (
	"errors"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otrace/otrace/internal/trace"
)

var errDepth = errors.New("values nest too deep")

// attribute reads a KeyValue and appends it.
func (d *protoDecoder) attribute(to *[]trace.Attribute, in *field) error {
	if in.cut {
		return errCut(in)
	}
	var a trace.Attribute
	w := in.body
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return err
		}
		switch {
		case f.cut:
			return errCut(&f)
		case f.is(1, protowire.BytesType):
			a.Key = f.body.string()
		case f.is(2, protowire.BytesType):
			v, err := d.value(f.body, a.Value)
			if err != nil {
				return err
			}
			a.Value = v
		}
	}
	*to = append(*to, a)
	return nil
}

// value reads an AnyValue; was is what stands if it holds nothing.
func (d *protoDecoder) value(w wire, was trace.Value) (trace.Value, error) {
	v := was
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return v, err
		}
		switch {
		case f.cut:
			return v, errCut(&f)
		case f.is(1, protowire.BytesType):
			v = trace.String(f.body.string())
		case f.is(2, protowire.VarintType):
			v = trace.Bool(f.bits != 0)
		case f.is(3, protowire.VarintType):
			v = trace.Int(int64(f.bits))
		case f.is(4, protowire.Fixed64Type):
			v = trace.Double(math.Float64frombits(f.bits))
		case f.is(5, protowire.BytesType), f.is(6, protowire.BytesType):
			text, err := appendNested(d.scratch[:0], &f, 1)
			if err != nil {
				return v, err
			}
			d.scratch = text
			v = trace.JSON(string(text))
		case f.is(7, protowire.BytesType):
			v = trace.Bytes([]byte(f.body.string()))
		}
	}
	return v, nil
}
