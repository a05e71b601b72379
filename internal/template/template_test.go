package template

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// labelled reads testdata/errors.csv: messages and the event of each.
func labelled(t testing.TB) (messages, events []string) {
	t.Helper()
	f, err := os.Open("testdata/errors.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		messages, events = append(messages, r[0]), append(events, r[1])
	}
	return messages, events
}

// mine adds messages, and returns the template of each.
func mine(messages []string) (*Templates, []int) {
	var m Miner
	forms := make([]Form, len(messages))
	for i, s := range messages {
		forms[i] = m.Add(s)
	}
	t := m.Templates()
	of := make([]int, len(messages))
	for i, f := range forms {
		of[i] = t.Of(f)
	}
	return t, of
}

// Grouping accuracy: the share of messages whose group is exactly one event's.
func TestServiceErrorsAreGrouped(t *testing.T) {
	messages, events := labelled(t)
	_, of := mine(messages)
	group, event, both := map[int]int{}, map[string]int{}, map[string]int{}
	for i, g := range of {
		group[g]++
		event[events[i]]++
		both[fmt.Sprint(g, " ", events[i])]++
	}
	right := 0
	for i, g := range of {
		if n := both[fmt.Sprint(g, " ", events[i])]; n == group[g] && n == event[events[i]] {
			right++
		}
	}
	got := float64(right) / float64(len(of))
	t.Logf("%d messages of %d events in %d groups: accuracy %.3f", len(of), len(event), len(group), got)
	if len(of) < 1500 || len(event) < 120 || got < 0.95 {
		t.Errorf("accuracy %.3f over %d messages of %d events, want .95 over 1500 of 120", got, len(of), len(event))
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	messages, _ := labelled(t)
	want, wantOf := mine(messages)
	for seed := range uint64(5) {
		order := rand.New(rand.NewPCG(seed, 0)).Perm(len(messages))
		shuffled := make([]string, len(messages))
		for i, n := range order {
			shuffled[i] = messages[n]
		}
		got, of := mine(shuffled)
		if got.Len() != want.Len() {
			t.Fatalf("seed %d: %d templates, else %d", seed, got.Len(), want.Len())
		}
		for i, n := range order {
			if of[i] != wantOf[n] || got.Text(of[i]) != want.Text(of[i]) || !slices.Equal(got.Parts(of[i]), want.Parts(of[i])) {
				t.Fatalf("seed %d: %q is in %q, else in %q", seed, messages[n], got.Text(of[i]), want.Text(wantOf[n]))
			}
		}
	}
}

func TestMessagesHoldTheirParts(t *testing.T) {
	messages, _ := labelled(t)
	templates, of := mine(messages)
	with := 0
	for i, s := range messages {
		checkParts(t, s, templates.Parts(of[i]))
		if len(templates.Parts(of[i])) > 0 {
			with++
		}
	}
	if with*100 < len(messages)*95 {
		t.Errorf("only %d of %d messages have a template with parts", with, len(messages))
	}
}

// checkParts fails when a message does not hold a part as whole words.
func checkParts(t *testing.T, message string, parts []string) {
	t.Helper()
	for _, p := range parts {
		if !holds(message, p) || !isLong(p) || p != strings.TrimSpace(p) {
			t.Fatalf("%q does not hold %q", message, p)
		}
	}
}

func TestTemplatesAgain(t *testing.T) {
	messages, _ := labelled(t)
	var m Miner
	forms := map[string]Form{}
	for _, s := range messages {
		forms[s] = m.Add(s)
	}
	first, n := m.Templates(), m.Forms()
	for _, s := range messages {
		if m.Add(s) != forms[s] {
			t.Fatalf("%q has another form the second time", s)
		}
	}
	again := m.Templates()
	if m.Forms() != n || first.Len() != again.Len() {
		t.Errorf("%d forms and %d templates, at first %d and %d", m.Forms(), again.Len(), n, first.Len())
	}
	for i := range first.Len() {
		if first.Text(i) != again.Text(i) {
			t.Errorf("template %d is %q, at first %q", i, again.Text(i), first.Text(i))
		}
	}
}

func TestOwnTemplates(t *testing.T) {
	for _, c := range []struct {
		own, text string
		parts     []string
	}{
		{"Order {OrderId} failed for {@User}", "Order <*> failed for <*>", []string{"failed for"}},
		{"took {}ms, then gave up: {0:N2}", "took <*>ms, then gave up: <*>", []string{"then gave up"}},
		{"%s: could not read %-5.2f of %(name)s at 100%% of load", "<*>: could not read <*> of <*> at 100<*> of load", []string{"could not read", "of load"}},
		{"${a} and #{b} and %d", "$<*> and #<*> and <*>", nil},
		{"50% of them {{gone}}", "50% of them <*>gone<*>", []string{"50% of them"}},
		{"open { brace failed", "open { brace failed", []string{"open { brace failed"}},
		{"one  two three\tfour five", "one two three four five", []string{"two three", "four five"}},
	} {
		var m Miner
		f, other := m.AddTemplate(c.own), m.AddTemplate(c.own+" again")
		m.Add(c.own)
		if again := m.AddTemplate(c.own); again != f {
			t.Errorf("%q has forms %d and %d", c.own, f, again)
		}
		ts := m.Templates()
		if ts.Len() != 3 || ts.Of(f) == ts.Of(other) {
			t.Errorf("%q was merged with others", c.own)
		}
		if got := ts.Text(ts.Of(f)); got != c.text {
			t.Errorf("%q reads %q, want %q", c.own, got, c.text)
		}
		if got := ts.Parts(ts.Of(f)); !slices.Equal(got, c.parts) {
			t.Errorf("%q has parts %q, want %q", c.own, got, c.parts)
		}
	}
}

func TestFormsAreBounded(t *testing.T) {
	var m Miner
	var last Form
	for i := range mostForms + 500 {
		last = m.Add("word " + letters(i) + " failed")
	}
	if m.Forms() != mostForms+1 {
		t.Fatalf("%d forms", m.Forms())
	}
	if f := m.Add("something else entirely"); f != last {
		t.Errorf("beyond the limit, new forms are %d and %d", last, f)
	}
	if f := m.Add("word " + letters(0) + " failed"); f != 0 {
		t.Errorf("a form that was kept became %d", f)
	}
	ts := m.Templates()
	if got := ts.Text(ts.Of(last)); !strings.HasPrefix(got, "<*> (beyond") || ts.Parts(ts.Of(last)) != nil {
		t.Errorf("what is beyond reads %q and has parts %q", got, ts.Parts(ts.Of(last)))
	}
}

// letters writes a number in letters.
func letters(i int) string {
	s := []byte("aaaa")
	for at := range s {
		s[at] += byte(i % 26)
		i /= 26
	}
	return string(s)
}

func FuzzParts(f *testing.F) {
	for _, s := range mixed10() {
		f.Add(s, "dial tcp 10.2.3.5:80: connect: refused", "a  b\x00 c\xff d e")
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		messages := []string{a, b, c, a + " " + b, a + b, b + ", " + c}
		templates, of := mine(messages)
		backwards, ofBackwards := mine([]string{messages[5], messages[4], messages[3], c, b, a})
		for i, s := range messages {
			checkParts(t, s, templates.Parts(of[i]))
			if backwards.Text(ofBackwards[5-i]) != templates.Text(of[i]) {
				t.Errorf("%q is in %q and in %q", s, templates.Text(of[i]), backwards.Text(ofBackwards[5-i]))
			}
		}
		var m Miner
		if own := m.AddTemplate(a); own != 0 || m.Templates().Len() != 1 {
			t.Errorf("own template %q has form %d", a, own)
		}
	})
}
