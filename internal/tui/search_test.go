package tui

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// TestSearchKeys presses keys and tells what was asked then, in the words of
// :find, and what is to be seen.
func TestSearchKeys(t *testing.T) {
	tests := []struct {
		name  string
		keys  []string
		asked string
		sees  []string
	}{
		{"at first", nil, "", []string{"[Search] all traces", "6 traces", "payment POST /charge"}},
		{"a service that is offered", []string{"s", "pa", "down", "down", "enter"}, "service:payment-eu", []string{"[Search] payment-eu "}},
		{"the best by tab, and then an operation", []string{"ipa", "tab", "ref", "tab", "enter"}, `service:payment op:"POST /refund"`, []string{"[Search] payment · POST /refund"}},
		{"what is typed by enter", []string{"spa", "enter"}, "service:pa", nil},
		{"a choice that is edited", []string{"spa", "down", "2", "enter"}, "service:payment2", []string{"[Search] payment2 "}},
		{"up takes the choice back", []string{"spa", "down", "up", "enter"}, "service:pa", nil},
		{"an operation alone", []string{"p", "down", "enter"}, `op:"POST /orders"`, nil},
		{"attributes, one with a blank", []string{`aorder.id=ORD-17 name="Ann Lee"`, "enter"}, `order.id=ORD-17 name="Ann Lee"`, []string{"order.id=ORD-17 · name=Ann Lee"}},
		{"time", []string{"t2h", "down", "1h", "enter"}, "since:2h until:1h", []string{"since 2h · until 1h"}},
		{"duration", []string{"d>100ms <2s", "enter"}, `dur:">100ms <2s"`, []string{">100ms <2s"}},
		{"errors only", []string{"!"}, "errors", []string{"[Search] with errors"}},
		{"errors only, and all again", []string{"!!"}, "", []string{"[Search] all traces"}},
		{"errors in the form", []string{"d", "tab", "space", "enter"}, "errors", nil},
		{"the limit", []string{"i", "up", "up", "esc", "d", "tab", "tab", "5", "enter"}, "limit:5", []string{"newest 5"}},
		{"around the end of the form", []string{"d", "tab", "tab", "tab", "order", "enter"}, "service:order", nil},
		{"escape keeps what held", []string{"spay", "esc"}, "", []string{"[Search] all traces"}},
		{"bad attributes are told while they are typed", []string{"aorder"}, "", []string{`"order" is no condition: write KEY=VALUE`}},
		{"an open quote", []string{`aname="Ann`}, "", []string{`a " is not closed`}},
		{"a bad moment", []string{"tsoon"}, "", []string{`"soon" is no moment`}},
		{"a good one", []string{"t2h"}, "", []string{"(2026-01-02 01:04:05 UTC)"}},
		{"a bad end", []string{"t2h", "tab", "x"}, "", []string{`▌Until       x`, `"x" is no moment`}},
		{"a bad duration", []string{"dlong"}, "", []string{`"long" is no duration`}},
		{"durations that exclude each other", []string{"d>2s <1s"}, "", []string{"nothing takes more than 2s and less than 1s"}},
		{"a bad limit", []string{"d", "tab", "tab", "many"}, "", []string{`"many" is no number of traces`}},
		{"enter goes to what is wrong", []string{"dlong", "tab", "tab", "tab", "enter"}, "", []string{"▌Duration    long", "is no duration"}},
		{"errors after the cursor", []string{"e"}, "", []string{"▌01-02 03:02:35 c0ffee12"}},
		{"and before", []string{"e["}, "", []string{"▌01-02 03:04:03 7f3ac91e"}},
		{"the longest first", []string{"O"}, "", []string{"DUR▾", "the longest first"}},
		{"the most errors first", []string{"OO"}, "", []string{"ERR▾", "the most errors first"}},
		{"the newest first again", []string{"OOO"}, "", []string{"STARTED (UTC)▾"}},
		{"a filter", []string{"fmail", "enter"}, "", []string{"filter: mail  1 of 6 traces", "logs only  + mail"}},
		{"a filter that leaves nothing", []string{"/zebra", "enter"}, "", []string{"the filter zebra matches none of them", "F takes it away"}},
		{"no more than there are", []string{"+"}, "", []string{"all that match are listed"}},
		{"a command", []string{`:find order.id=ORD-17 svc:payment op:"POST /charge" since:2h dur>1s err`, "enter"}, `service:payment op:"POST /charge" order.id=ORD-17 dur:>1s since:2h errors`, []string{"payment · POST /charge · order.id=ORD-17 · with errors · >1s · since 2h"}},
		{"the command for the form", []string{":search", "enter", "order", "enter"}, "service:order", nil},
		{"a command that is completed", []string{":fi", "tab", " service:ga", "tab", "enter"}, "service:gateway", nil},
		{"and another way", []string{":find service:pay", "tab", "tab", "enter"}, "service:payment-eu", nil},
		{"an operation of its service", []string{":find service:payment op:ref", "tab", "enter"}, `service:payment op:"POST /refund"`, nil},
		{"a search before", []string{":find a=1", "enter", ":find b=2", "enter", "s", "up", "up", "enter"}, "a=1", nil},
		{"and the one after it", []string{":find a=1", "enter", ":find b=2", "enter", "a", "\x10\x10\x0e", "enter"}, "b=2", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := searching(t, lister())
			for _, key := range tt.keys {
				if strings.HasPrefix(key, "\x10") { // ^p and ^n
					for _, c := range key {
						d.press(tea.KeyMsg{Type: tea.KeyType(c)})
					}
					continue
				}
				d.keys(key)
			}
			d.sees(tt.sees...)
			if got := d.search().of.String(); got != tt.asked {
				t.Errorf("asked for %s, want %s:\n%s", got, tt.asked, d.screen())
			}
		})
	}
}

// TestSearchQuery tells what a source is asked.
func TestSearchQuery(t *testing.T) {
	source := lister()
	d := newDriver(t, source, trace.ID{}, render.Style{}).searching()
	d.m.opts.Scope = Scope{Service: "order", Since: "2h"}
	d.keys(`:find name="Ann Lee" op:x dur:100ms..2s errors`, "enter")
	q := source.queries[len(source.queries)-1]
	want := trace.Query{
		Service: "order", Operation: "x", MinDuration: 100 * ms, MaxDuration: 2000 * ms, Limit: 200, Window: trace.Window{From: epoch - 7200_000*ms},
		Conditions: []trace.Condition{{Key: "name", Value: "Ann Lee"}, {Key: "error", Value: "true"}},
	}
	if fmt.Sprint(q) != fmt.Sprint(want) {
		t.Errorf("asked\n%+v, want\n%+v", q, want)
	}
	m := newModel(t.Context(), &Options{Source: source, Wants: []trace.Condition{{Key: "a b", Value: `say "x"`}, {Key: "error", Value: "true"}}, Scope: Scope{Operation: "POST /x"}})
	v, ok := m.top().(*searchView)
	if !ok || v.terms.String() != `op:"POST /x" "a b"="say \"x\"" errors` {
		t.Errorf("begins with %v", m.top().crumb())
	}
	if q, err := v.terms.query(); err != nil || q.Conditions[0] != (trace.Condition{Key: "a b", Value: `say "x"`}) {
		t.Errorf("%+v, %v", q, err)
	}
}

// TestNamesAreAskedOnce opens fields again and again.
func TestNamesAreAskedOnce(t *testing.T) {
	source := lister()
	d := searching(t, source)
	d.keys("s", "esc", "s", "esc", "spayment", "tab", "esc", "spayment", "tab", "esc", "p", "esc")
	if want := []string{"services", "payment", ""}; !slices.Equal(source.named, want) {
		t.Errorf("asked for the names of %q, want %q", source.named, want)
	}
	source.services, source.operations = nil, nil // a source that knows none is no failure
	d.keys(":traces", "enter", "s").misses("more")
	d.sees("▌Service ", "(any)", "6 traces")
}

// TestSearchEarly shows what comes first, and keeps the cursor on its trace as
// more comes.
func TestSearchEarly(t *testing.T) {
	b := newBeside(t)
	all := b.desk.found
	first := trace.Found{Traces: slices.Clone(all.Traces[1:3]), Asking: []string{"elasticsearch"}}
	q := b.ask("!")
	b.misses("payment POST /charge") // of the search before
	q.early(first, shelfAnswers[:1])
	b.take()
	b.sees("2 traces so far", "elasticsearch is still being asked", "▌01-02 03:04:01 aaaa0001", "jaeger ✓41ms")
	b.keys("j").sees("▌01-02 03:03:00 0b11d2aa")
	q.answer <- reply{found: all}
	b.take()
	b.sees("6 traces", "▌01-02 03:03:00 0b11d2aa", "payment POST /charge").misses("still being asked")
	b.misses("so far")

	// What is whole stays until there is another whole.
	q = b.ask("r")
	q.early(first, shelfAnswers[:1])
	b.take()
	b.sees("6 traces", "elasticsearch is still being asked", "▌01-02 03:03:00 0b11d2aa")
	q.answer <- reply{err: errors.New("jaeger: connection refused")}
	b.take()
	b.sees("✗ as it was before: jaeger: connection refused (r asks again)", "6 traces")
}

// TestSearchStale drops what comes for a search that was given up.
func TestSearchStale(t *testing.T) {
	b := newBeside(t)
	old := b.ask("sold", "enter")
	number := b.search().asked.number
	q := b.ask("s", "ctrl+u", "new", "enter")
	if old.ctx.Err() == nil {
		t.Error("the search before goes on")
	}
	b.take() // the end of the one before
	b.m.Update(early[*listing]{number: number, value: newListing(trace.Query{}, b.desk.found)})
	b.m.Update(answer[*listing]{number: number, value: newListing(trace.Query{}, b.desk.found)})
	b.misses("payment POST /charge")
	q.answer <- reply{found: trace.Found{Traces: b.desk.found.Traces[:1]}}
	b.take()
	b.sees("1 trace", "[Search] new ")
}

// TestSearchCancelled says that not all was told.
func TestSearchCancelled(t *testing.T) {
	b := newBeside(t)
	q := b.ask("!")
	b.m.now = func() time.Time { return time.Unix(0, epoch).Add(time.Second) }
	b.sees("looking for traces 1.0s")
	q.early(trace.Found{Traces: b.desk.found.Traces[:2], Asking: []string{"elasticsearch"}}, shelfAnswers[:1])
	b.take()
	b.keys("ctrl+c").sees("cancelled: r asks again", "2 traces so far", "cancelled before all was told")
	b.take()
	b.sees("2 traces so far")
	b.ask("!")
	b.keys("ctrl+c").sees("cancelled", "r asks again").misses("no trace matches")
}

// TestSearchLacks tells what is missing, wherever there is room for it.
func TestSearchLacks(t *testing.T) {
	source := lister()
	source.found.More, source.found.Untraced = true, 3
	source.found.Gaps = []trace.Gap{{Source: "elasticsearch", Reason: "1 of 5 shards failed", Partial: true}}
	source.found.Warnings = []string{"7 traces whose logs match have no span that does, and are left out"}
	told := []string{"elasticsearch is incomplete: 1 of 5 shards failed (r asks again)", "the newest 6, there are more: + lists 1000", "3 logs match and name no trace", "! 7 traces whose logs"}
	d := searching(t, source)
	for _, width := range []int{80, 120, 300} {
		d.size(width, 24)
		d.sees(told...).sees("since 2026-01-02 02:04:05 UTC")
	}
	d.keys("+").sees("newest 1000", "+ lists 5000")
	d.keys("+", "+").sees("no limit")
	if q := source.queries[len(source.queries)-1]; q.Limit != 0 {
		t.Errorf("asked for %d", q.Limit)
	}
	source.found = trace.Found{Untraced: 1}
	d.keys("r").sees("no trace matches, but 1 log matches and names no trace")
}

// TestSearchFindsNothing tells what was asked, where, and what to do; it does
// not say so while a source has not answered, or could not.
func TestSearchFindsNothing(t *testing.T) {
	source := lister()
	source.found, source.err = trace.Found{}, fmt.Errorf("a trace that matches was %w in jaeger and elasticsearch", trace.ErrNotFound)
	d := searching(t, source, "order.id=ORD-17", "service:order")
	d.sees("no trace matches since 2026-01-02 02:04:05 UTC", "asked for order, order.id=ORD-17 in jaeger and elasticsearch", "t looks further back")
	d.m.opts.Hint = func(error) string { return "check --elasticsearch" }
	source.err = errors.New("no spans match in jaeger, and the logs are unknown: connection refused")
	d.keys("a", "ctrl+u", "order.id=ORD-18", "enter")
	d.sees("✗ no spans match in jaeger, and the logs are unknown: connection refused", "check --elasticsearch", "r asks again").misses("no trace matches")
	source.err, source.found = nil, lister().found
	d.keys("r").sees("6 traces")

	b := newBeside(t)
	q := b.ask("!")
	q.early(trace.Found{Asking: []string{"elasticsearch"}}, shelfAnswers[:1])
	b.take()
	b.sees("nothing so far", "elasticsearch is still being asked").misses("no trace matches")
	q.answer <- reply{err: errors.New("elasticsearch: timeout")}
	b.take()
	b.sees("✗ elasticsearch: timeout")
}

// TestSearchCopies looks at what the terminal is told to keep.
func TestSearchCopies(t *testing.T) {
	for _, tt := range []struct {
		terms string
		keys  string
		want  string
	}{
		{"", "Yi", "7f3ac91e000000000000000000000000"[:8]},
		{"", "Yc", "otrace find --context prod --since 2026-01-02T02:04:05.678Z --limit 200"},
		{`service:payment op:"POST /charge" since:2h until:1h dur:>100ms a=it's`, "Yc", `otrace find 'a=it'\''s' --context prod --service payment --operation 'POST /charge' --min-duration 100ms --since 2h --until 1h --limit 200`},
		{`"-x"=1 dur:<2s errors limit:5 since:1h`, "Yc", `otrace find --context prod --max-duration 2s --since 1h --limit 5 -- -x=1 error=true`},
		{"", "fmail\nYj", `"trace_id":"c0ffee12`},
	} {
		d := searching(t, lister())
		if tt.terms != "" {
			d.keys(":find "+tt.terms, "enter")
		}
		for part := range strings.SplitSeq(tt.keys, "\n") {
			if d.keys(part); d.m.prompt != nil {
				d.keys("enter")
			}
		}
		_, rest, _ := strings.Cut(d.out.String(), "\x1b]52;c;")
		encoded, _, _ := strings.Cut(rest, "\x07")
		got, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || !strings.Contains(string(got), tt.want) {
			t.Errorf("%s copied %q, %v; want %q:\n%s", tt.keys, got, err, tt.want, d.screen())
		}
	}
	source := lister()
	source.window = trace.Window{}
	if got := searching(t, source).search().command(); got != "otrace find --context prod --since 1970-01-01 --limit 200" {
		t.Errorf("all that a bundle holds is %s", got)
	}
}

// TestSearchBrowses opens Jaeger, or copies the address where there is no
// browser.
func TestSearchBrowses(t *testing.T) {
	d := searching(t, lister())
	d.keys("o").sees("no page is known")
	d.m.opts.Style.JaegerUI = "http://jaeger:16686/"
	d.keys("o").sees("copied the address in Jaeger")
	var opened string
	d.m.opts.Browse = func(address string) error { opened = address; return nil }
	if d.keys("o"); !strings.HasPrefix(opened, "http://jaeger:16686/trace/7f3ac91e0000") {
		t.Errorf("opened %s", opened)
	}
}

// TestSearchesAreKept is what the state holds for the next time.
func TestSearchesAreKept(t *testing.T) {
	d := searching(t, lister(), "a=1")
	d.keys(":find b=2", "enter", ":find a=1", "enter", "!", "!")
	if got := d.m.state.Searches; !slices.Equal(got, []string{"a=1", "a=1 errors", "b=2"}) {
		t.Errorf("kept %q", got)
	}
	for i := range 30 {
		d.m.state.rememberSearch(fmt.Sprint("n=", i))
	}
	if n := len(d.m.state.Searches); n != mostSearches {
		t.Errorf("%d searches are kept", n)
	}
	d.m.state.Searches = []string{`"unclosed`}
	d.keys("s", "up").sees("▌Service")
}

// TestSearchHelp tells of every key that does anything, and of none twice.
func TestSearchHelp(t *testing.T) {
	d := searching(t, lister())
	d.size(160, 60)
	d.keys("?")
	told := d.screen()
	taken := map[string]string{}
	for _, list := range [...][]binding{d.m.bindings(), d.search().bindings()} {
		for _, b := range list {
			for _, key := range b.keys {
				if !strings.Contains(told, shown(key, false)) {
					t.Errorf("help does not tell of %s", key)
				}
				if was, ok := taken[key]; ok {
					t.Errorf("%s is taken twice: %s; %s", key, was, b.does)
				}
				taken[key] = b.does
			}
		}
	}
}

// TestSearchMouse clicks on rows, also beneath two lines of what is looked for.
func TestSearchMouse(t *testing.T) {
	d := searching(t, lister(), `first=something-that-is-long second=something-that-is-long third=something-that-is-long`)
	d.size(80, 24)
	lines := strings.Split(d.screen(), "\n")
	y := slices.IndexFunc(lines, func(s string) bool { return strings.Contains(s, "GET /health") })
	click := tea.MouseMsg{X: 10, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress}
	d.m.Update(click)
	if got := d.search().current().Operation; got != "GET /health" {
		t.Errorf("clicked on %s", got)
	}
	d.m.Update(tea.MouseMsg{Button: tea.MouseButtonWheelDown})
	if got := d.search().rows.cursor; got != 4 {
		t.Errorf("the wheel went to %d", got)
	}
}
