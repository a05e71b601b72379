package render_test

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/triage"
)

// follows checks a document, and that each of some breaches is noticed.
func follows(t *testing.T, schema *jsonschema.Schema, text string, breaches map[string]func(doc map[string]any)) {
	t.Helper()
	read := func() map[string]any {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return doc.(map[string]any)
	}
	if err := schema.Validate(read()); err != nil {
		t.Error(err)
	}
	for name, breach := range breaches {
		doc := read()
		if breach(doc); schema.Validate(doc) == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

func TestErrorsJSONFollowsItsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("errors.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	reports := errorReports()
	reports["zero"] = &triage.Report{}
	for name, r := range reports {
		t.Run(name, func(t *testing.T) {
			breaches := map[string]func(map[string]any){
				"a document without groups": func(doc map[string]any) { delete(doc, "groups") },
				"an unknown grouping":       func(doc map[string]any) { doc["by"] = "weekday" },
				"a window without slots":    func(doc map[string]any) { delete(doc["window"].(map[string]any), "slots") },
			}
			if len(r.Groups) > 0 {
				breaches["an unknown flag"] = func(doc map[string]any) { doc["groups"].([]any)[0].(map[string]any)["flag"] = "odd" }
				breaches["a group that is expected"] = func(doc map[string]any) { doc["groups"].([]any)[0].(map[string]any)["expected"] = true }
			}
			follows(t, schema, plainly(t, render.ErrorsJSON, r), breaches)
		})
	}
}

func TestErrorGroupJSONFollowsItsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("errorsgroup.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range details() {
		t.Run(name, func(t *testing.T) {
			text := plainly(t, render.ErrorGroupJSON, d)
			if strings.ContainsAny(strings.TrimSuffix(text, "\n"), "\n\x1b\u009b\u202e\x7f") {
				t.Error("the document is not one harmless line")
			}
			follows(t, schema, text, map[string]func(map[string]any){
				"a document without a group": func(doc map[string]any) { delete(doc, "group") },
				"an unknown kind":            func(doc map[string]any) { doc["group"].(map[string]any)["kind"] = "odd" },
				"a report without gaps":      func(doc map[string]any) { delete(doc, "gaps") },
			})
		})
	}
}
