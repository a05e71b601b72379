package logdoc

import "testing"

// A line that breaks off amid a hit's own members is text.
func TestHitThatBreaksOff(t *testing.T) {
	whole := `{"_index":"logs-1","_id":"a1","_source":{"message":"hello"}}`
	p := NewParser(nil)
	for n := range whole {
		if l, _ := p.ParseLine([]byte(whole[:n])); n > 0 && !l.Damaged {
			t.Errorf("%s: %+v", whole[:n], l)
		}
	}
	if l, _ := p.ParseLine([]byte(whole)); l.Index != "logs-1" || l.DocID != "a1" || l.Message != "hello" {
		t.Errorf("%+v", l)
	}
}
