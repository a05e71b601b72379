package render_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
)

func TestJSONFollowsItsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("timeline.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(t *testing.T, text []byte) error {
		t.Helper()
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	for name, ev := range fixtures() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := render.JSON(&out, build(ev)); err != nil {
				t.Fatal(err)
			}
			if err := check(t, out.Bytes()); err != nil {
				t.Error(err)
			}
			// A schema that accepts anything holds nothing.
			broken := bytes.Replace(out.Bytes(), []byte(`"kind":"`), []byte(`"kind":"un`), 1)
			if err := check(t, broken); err == nil {
				t.Error("the schema accepts an unknown kind of row")
			}
		})
	}
}

func TestClocksJSONFollowsTheSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("timeline.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, ev := range clockFixtures() {
		for _, mode := range []skew.Mode{skew.Auto, skew.Mid, skew.Off} {
			var out bytes.Buffer
			tl := timeline.Build(&ev, mode.Estimate(ev.Spans, ev.Logs))
			if err := render.ClocksJSON(&out, tl); err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s, %s: %v", name, mode, err)
			}
			clock := doc.(map[string]any)["clocks"].([]any)[0].(map[string]any)
			clock["low_by"] = map[string]any{"rule": "a feeling", "span_id": "", "clock": ""}
			if schema.Validate(doc) == nil {
				t.Error("the schema accepts an unknown rule")
			}
		}
	}
}

func TestFoundJSONFollowsItsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("find.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, search := range map[string]*render.Search{"everything": found(), "nothing": {}} {
		var out bytes.Buffer
		if err := render.FoundJSON(&out, search); err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		delete(doc.(map[string]any), "traces")
		if schema.Validate(doc) == nil {
			t.Error("the schema accepts a document without traces")
		}
	}
}
