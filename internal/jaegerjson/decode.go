package jaegerjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/otrace/otrace/internal/trace"
)

// An Answer is what a document of Jaeger's JSON held: of one trace, or of
// several when a search was saved.
type Answer struct {
	Spans    []trace.Span
	Warnings []string // about a whole trace
	Errors   []Error  // the server's own
}

// An Error is one that the server wrote into its answer.
type Error struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
}

// ErrNotJaeger is wrapped by Decode's error for JSON that is not Jaeger's.
var ErrNotJaeger = errors.New("is not Jaeger's JSON")

// Decode reads {"data": […], "errors": […]}, or a single trace without that
// wrapper, span by span, so that no more than one span's text is held. With
// an error it returns what came before it. A span that cannot be read is left
// out and makes an error after the rest was read.
func Decode(r io.Reader) (Answer, error) {
	d := decoder{json: json.NewDecoder(r)}
	err := d.document()
	if err == nil {
		err = d.err
	}
	if err != nil {
		return d.answer, fmt.Errorf("byte %d: %w", d.json.InputOffset(), ended(err))
	}
	return d.answer, nil
}

// A decoder reads one document.
type decoder struct {
	json   *json.Decoder
	answer Answer
	err    error // the first span that could not be read
}

func (d *decoder) document() error {
	known := false
	processes := d.newProcesses()
	err := d.object(func(key string) error {
		switch key {
		case "data":
			known = true
			return d.array(d.trace)
		case "errors":
			return d.json.Decode(&d.answer.Errors)
		case "traceID", "spans", "processes":
			known = true
		}
		return d.member(key, processes)
	})
	processes.settle()
	if err == nil && !known && len(d.answer.Errors) == 0 {
		return ErrNotJaeger
	}
	return err
}

// trace reads one trace of the list.
func (d *decoder) trace() error {
	processes := d.newProcesses()
	defer processes.settle()
	return d.object(func(key string) error { return d.member(key, processes) })
}

// member reads one member of a trace.
func (d *decoder) member(key string, p *processes) error {
	switch key {
	case "spans":
		return d.array(func() error { return d.span(p) })
	case "processes":
		return d.object(func(id string) error {
			var raw process
			err := d.json.Decode(&raw)
			p.define(id, raw)
			return err
		})
	case "warnings":
		var warnings []string
		err := d.json.Decode(&warnings)
		d.answer.Warnings = append(d.answer.Warnings, warnings...)
		return err
	}
	var skipped json.RawMessage
	return d.json.Decode(&skipped)
}

func (d *decoder) span(p *processes) error {
	var js span
	if err := d.json.Decode(&js); err != nil {
		if !errors.As(err, new(*json.UnmarshalTypeError)) {
			return err
		}
		d.note(err)
		return nil
	}
	s, err := js.span()
	if err != nil {
		d.note(err)
		return nil
	}
	d.answer.Spans = append(d.answer.Spans, s)
	p.own(&js)
	return nil
}

func (d *decoder) note(err error) {
	if d.err == nil {
		d.err = err
	}
}

// object calls member at every value of an object; a null has none.
func (d *decoder) object(member func(key string) error) error {
	return d.items('{', func() error {
		key, err := d.json.Token()
		if err != nil {
			return err
		}
		return member(key.(string)) // the decoder takes nothing else for a key
	})
}

func (d *decoder) array(item func() error) error { return d.items('[', item) }

func (d *decoder) items(open json.Delim, item func() error) error {
	switch t, err := d.json.Token(); {
	case err != nil:
		return ended(err)
	case t == nil:
		return nil
	case t != open:
		return ErrNotJaeger
	}
	for d.json.More() {
		if err := item(); err != nil {
			return ended(err)
		}
	}
	_, err := d.json.Token()
	return ended(err)
}

// ended tells a document that ends too early from one that is whole. An error
// of the reader's own stays what it is.
func ended(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF { //nolint:errorlint // the decoder says both plainly
		return early{}
	}
	return err
}

// early is io.ErrUnexpectedEOF in plain words.
type early struct{}

func (early) Error() string { return "the JSON ends too early" }

func (early) Unwrap() error { return io.ErrUnexpectedEOF }

// processes are those of one trace. In the JSON they stand behind the spans
// that name them.
type processes struct {
	d       *decoder
	first   int      // the trace's first span in the answer
	owned   []string // by span: its process's name
	defined map[string]*trace.Resource
}

func (d *decoder) newProcesses() *processes {
	return &processes{d: d, first: len(d.answer.Spans), defined: map[string]*trace.Resource{}}
}

// own notes which process the span that was just appended ran in.
func (p *processes) own(js *span) {
	id := js.ProcessID
	if js.Process != nil {
		text, _ := json.Marshal(js.Process)
		id = string(text) // no name has braces
		if p.defined[id] == nil {
			p.define(id, *js.Process)
		}
	}
	p.owned = append(p.owned, id)
}

func (p *processes) define(id string, raw process) {
	p.defined[id] = Process(raw.ServiceName, attributes(raw.Tags))
}

// settle gives the trace's spans their resources. Those whose process was
// lost share an empty one for each name.
func (p *processes) settle() {
	for i, id := range p.owned {
		if p.defined[id] == nil {
			p.defined[id] = trace.NewResource(nil)
		}
		p.d.answer.Spans[p.first+i].Resource = p.defined[id]
	}
}
