package trace

import "testing"

func TestPatternFits(t *testing.T) {
	for _, tt := range []struct {
		service string
		parts   []string
		message string
		want    bool
	}{
		{"", []string{"card declined"}, "the card declined: 4711", true},
		{"payment", []string{"card declined"}, "card declined", true},
		{"order", []string{"card declined"}, "card declined", false},
		{"", []string{"card", "4711"}, "4711 is no card", true},
		{"", []string{"card"}, "two cards", false},
		{"", []string{"card"}, "discard", false},
		{"", []string{"card"}, "cards and a card-holder", true},
		{"", []string{"card"}, "card_id", false},
		{"", []string{"card"}, "Card", false},
		{"", []string{"card:"}, "card:4711", true},
		{"", []string{"größe"}, "die größer", false},
		{"", []string{"größe"}, "die größe.", true},
		{"", []string{"aa"}, "aaa aa", true},
		{"", []string{"timeout after", "upstream"}, "timeout after 30 s", false},
		{"", nil, "anything", true},
	} {
		p := Pattern{Service: tt.service, Parts: tt.parts}
		if got := p.Fits("payment", tt.message); got != tt.want {
			t.Errorf("%q %q in %q: %v", tt.service, tt.parts, tt.message, got)
		}
	}
}
