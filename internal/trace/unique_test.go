package trace

import (
	"fmt"
	"testing"
)

func TestUnique(t *testing.T) {
	r := func() *Resource { return NewResource([]Attribute{{"service.name", String("s")}}) }
	a := Span{ID: 1, Kind: KindClient, Resource: r(), Attributes: []Attribute{{"k", Int(1)}}, Events: []Event{{Name: "e"}}, Warnings: []string{"x"}}
	same := a
	same.Resource, same.Warnings = r(), []string{"x", "y"}
	server := a
	server.Kind = KindServer
	other := a
	other.Attributes = []Attribute{{"k", Int(2)}}
	got := Unique([]Span{a, same, server, other, server, a})
	if len(got) != 3 || got[0].Kind != KindClient || got[1].Kind != KindServer || got[2].Attributes[0].Value != Int(2) {
		t.Fatalf("%+v", got)
	}
	if fmt.Sprint(got[0].Warnings) != "[x y]" {
		t.Errorf("warnings %v", got[0].Warnings)
	}
	if got := Unique(nil); len(got) != 0 {
		t.Error(got)
	}
}

func TestUniqueMany(t *testing.T) {
	spans := make([]Span, 0, 20_000)
	for i := range 10_000 { // all with the zero ID, as a broken exporter sends them
		s := Span{Start: int64(i), Resource: NewResource(nil)}
		spans = append(spans, s, s)
	}
	got := Unique(spans)
	if len(got) != 10_000 || got[9_999].Start != 9_999 {
		t.Error(len(got))
	}
}

func TestSettle(t *testing.T) {
	for _, tt := range []struct {
		attrs []Attribute
		want  string
	}{
		{nil, "  unset "},
		{[]Attribute{{"span.kind", String("client")}, {"error", Bool(true)}}, " client error "},
		{[]Attribute{{"error", String("true")}}, "  error "},
		{[]Attribute{{"error", Bool(false)}, {"otel.status_code", String("Ok")}}, "  ok "},
		{[]Attribute{{"otel.status_code", String("ERROR")}, {"otel.status_description", String("no")}}, "  error no"},
		{[]Attribute{{"span.kind", String("odd")}, {"otel.status_code", String("odd")}}, "  unset "},
	} {
		s := Span{Attributes: tt.attrs, Events: []Event{{"b", 2, nil}, {"a", 1, nil}, {"c", 2, nil}}}
		s.Settle()
		if got := fmt.Sprintf(" %s %s %s", s.Kind, s.Status, s.StatusMessage); got != tt.want || len(s.Attributes) != len(tt.attrs) {
			t.Errorf("%v: %q, want %q", tt.attrs, got, tt.want)
		}
		if fmt.Sprint(s.Events) != "[{a 1 []} {b 2 []} {c 2 []}]" {
			t.Errorf("events %v", s.Events)
		}
	}
	s := Span{Kind: KindServer, Status: StatusOK, StatusMessage: "m", Attributes: []Attribute{{"span.kind", String("client")}, {"error", Bool(true)}, {"otel.status_description", String("n")}}}
	s.Settle()
	if s.Kind != KindServer || s.Status != StatusOK || s.StatusMessage != "m" {
		t.Errorf("own fields were overruled: %+v", s)
	}
}
