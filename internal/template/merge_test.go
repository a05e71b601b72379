package template

import (
	"slices"
	"strings"
	"testing"
)

func TestTemplates(t *testing.T) {
	for _, c := range []struct {
		name     string
		messages string // one a line
		want     string
	}{
		{"reasons are one", `
Payment 1 for order 2 was declined: insufficient_funds
Payment 3 for order 4 was declined: card_expired
Payment 5 for order 6 was declined: do_not_honor
Payment 5 for order 6 was declined: stolen_card`, `
Payment <*> for order <*> was declined: <*>`},
		{"two reasons are one", `
card declined: insufficient_funds
card declined: card_expired
payment declined: card_expired
payment declined: lost_card`, `
card declined: <*>
payment declined: <*>`},
		{"two that vary together are one", `
No tax rule for country Japan and category books
No tax rule for country India and category food
No tax rule for country Norway and category toys
No tax rule for country Chile and category games`, `
No tax rule for country <*> and category <*>`},
		{"a hole and words are one", `
cannot reach order-db of shop 1
cannot reach node-7 of shop 2`, `
cannot reach <*> of shop <*>`},
		{"lists of any length are one", `
Partitions revoked while processing: a-1, b-2
Partitions revoked while processing: a-1, b-2, c-3
Partitions revoked while processing: b-7`, `
Partitions revoked while processing: <*>`},
		{"lists of words are one", `
all of the warehouses lyon, leeds are closed
all of the warehouses osaka are closed
all of the warehouses leeds, austin, lyon are closed`, `
all of the warehouses <*> are closed`},
		{"causes are several", `
dial tcp 1.2.3.4:5: connect: connection refused
dial tcp 1.2.3.4:6: connect: connection reset
dial tcp 1.2.3.5:7: i/o timeout`, `
dial tcp <*>: connect: connection refused
dial tcp <*>: connect: connection reset
dial tcp <*>: i/o timeout`},
		{"causes of one service are several", `
order ORD-1 rejected: payment declined: card_expired
order ORD-2 rejected: payment unavailable after 3 attempts
order ORD-3 rejected: payment service answered 500
order ORD-4: inventory did not answer within 2s
psp answered 503: upstream connect error
waiting for row lock on stock SKU-1
low stock: SKU-1`, `
low stock: <*>
order <*> rejected: payment declined: card_expired
order <*> rejected: payment service answered <*>
order <*> rejected: payment unavailable after <*> attempts
order <*>: inventory did not answer within <*>
psp answered <*>: upstream connect error
waiting for row lock on stock <*>`},
		{"deeds are several", `
[instance: 1f3a] VM Started (Lifecycle Event)
[instance: 2f3a] VM Stopped (Lifecycle Event)
[instance: 3f3a] VM Paused (Lifecycle Event)
[instance: 4f3a] VM Resumed (Lifecycle Event)`, `
[instance: <*>] VM Paused (Lifecycle Event)
[instance: <*>] VM Resumed (Lifecycle Event)
[instance: <*>] VM Started (Lifecycle Event)
[instance: <*>] VM Stopped (Lifecycle Event)`},
		{"what begins otherwise is several", `
getTasks: caller 1 does not hold it
getUsers: caller 2 does not hold it
getNames: caller 2 does not hold it`, `
getNames: caller <*> does not hold it
getTasks: caller <*> does not hold it
getUsers: caller <*> does not hold it`},
		{"nothing in common is several", `
alpha beta
gamma delta
epsilon zeta
eta theta
iota kappa
lambda mu`, `
alpha beta
epsilon zeta
eta theta
gamma delta
iota kappa
lambda mu`},
	} {
		t.Run(c.name, func(t *testing.T) {
			templates, _ := mine(strings.Split(strings.TrimSpace(c.messages), "\n"))
			var got []string
			for i := range templates.Len() {
				got = append(got, templates.Text(i))
			}
			slices.Sort(got)
			if want := strings.TrimSpace(c.want); strings.Join(got, "\n") != want {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
			}
		})
	}
}

func TestParts(t *testing.T) {
	for _, c := range []struct {
		message string
		want    []string
	}{
		{"dial tcp 10.2.3.4:5432: connect: connection refused", []string{"dial tcp", "connect: connection refused"}},
		{"took 5ms (attempt 3): gave up.", []string{"attempt", "gave up"}},
		{"blk_1 is gone", []string{"is gone"}},
		{"x=5 no y=6", nil},
		{"failed", []string{"failed"}},
		{"aligned   text here", []string{"aligned", "text here"}},
		{"bad\x00byte \xff\xfe here now", []string{"here now"}},
		{strings.Repeat("x", 65) + " much too long", []string{"much too long"}},
		{"„Größe“ überschritten 5", []string{"„Größe“ überschritten"}},
	} {
		templates, _ := mine([]string{c.message})
		if got := templates.Parts(0); !slices.Equal(got, c.want) {
			t.Errorf("%q has parts %q, want %q", c.message, got, c.want)
		}
	}
}

// A gap that is wider in one message ends a part for all.
func TestPartsOfUnevenGaps(t *testing.T) {
	templates, of := mine([]string{"node is   down since 5", "node is down since 6"})
	if templates.Len() != 1 || templates.Text(0) != "node is down since <*>" || of[0] != of[1] {
		t.Fatalf("%d templates, the first %q", templates.Len(), templates.Text(0))
	}
	if want := []string{"node is", "down since"}; !slices.Equal(templates.Parts(0), want) {
		t.Errorf("parts %q, want %q", templates.Parts(0), want)
	}
}
