package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// words are of letters that case, bytes and escapes make hard.
var words = []string{
	"order", "Order", "ORD-17", "ord", "r", "É", "é", "İstanbul", "ſ", "K", "k", "注文", "a\x00b", "\xff", `\"`, `\u00e9`, "zz", "Timeout", "timeOUT", "[Z@z`{", " ", "psp said", "503", "5",
	"a phrase that is longer than the sixty-four bytes which fit into one word, WITH Capitals",
}

func oneOf[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

func someWords(rng *rand.Rand) string {
	var text strings.Builder
	for range rng.IntN(4) {
		text.WriteString(oneOf(rng, words) + oneOf(rng, []string{"", " ", "-"}))
	}
	return text.String()
}

// someRows is a timeline of spans, events and logs that say some words.
func someRows(rng *rand.Rand, spans int) *timeline.Timeline {
	keys := []string{"order.id", "orderId", "http.response.status_code", "k", "É.x"}
	attributes := func() (list []trace.Attribute) {
		for range rng.IntN(3) {
			list = append(list, trace.Attribute{Key: oneOf(rng, keys), Value: oneOf(rng, []trace.Value{trace.String(someWords(rng)), trace.Int(503), trace.Double(1.5), trace.Bool(true)})})
		}
		return list
	}
	var resources []*trace.Resource
	for range 5 {
		resources = append(resources, trace.NewResource(append(attributes(), trace.Attribute{Key: "service.name", Value: trace.String(someWords(rng))})))
	}
	ev := trace.Evidence{}
	for id := 1; id <= spans; id++ {
		from := rng.Int64N(1000)
		s := during(trace.SpanID(id), trace.SpanID(rng.IntN(id+2)), from, from+rng.Int64N(300), trace.KindInternal)
		s.Operation, s.StatusMessage, s.Status, s.Resource, s.Attributes = someWords(rng), someWords(rng), trace.Status(rng.IntN(3)), oneOf(rng, resources), attributes()
		if rng.IntN(3) == 0 {
			s.Events = []trace.Event{{Name: someWords(rng), Time: s.Start, Attributes: attributes()}}
		}
		ev.Spans = append(ev.Spans, s)
		message := someWords(rng)
		l := trace.Log{Time: s.Start, Span: trace.SpanID(rng.IntN(spans + 3)), Level: trace.Level(rng.IntN(7)), Message: message, Origin: trace.Origin{Service: oneOf(rng, resources).Service}}
		l.Document = fmt.Appendf(nil, `{"message":%q,"order":{"id":"%s"},"list":[{"%s":%d}]}`, message, oneOf(rng, []string{"ORD-17", `ORD-\u0031`, "x"}), oneOf(rng, keys), rng.IntN(700))
		if rng.IntN(20) == 0 {
			l.Document = []byte(`{"broken`)
		}
		ev.Logs = append(ev.Logs, l)
	}
	return timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
}

// someFilter asks for this and that, of filters within too.
func someFilter(rng *rand.Rand, depth int) timeline.Filter {
	var f timeline.Filter
	for range 1 + rng.IntN(2) {
		switch rng.IntN(14) {
		case 0:
			f.Errors = true
		case 1:
			f.Critical = true
		case 2:
			f.NoLogs = true
		case 3:
			f.Services = append(f.Services, timeline.NewPattern(oneOf(rng, words)+"*"))
		case 4:
			f.Operations = append(f.Operations, timeline.NewPattern("*"+oneOf(rng, words)+"*"))
		case 5:
			f.MinDuration, f.MaxDuration = rng.Int64N(2)*rng.Int64N(3e8), rng.Int64N(2)*rng.Int64N(3e8)
		case 6:
			f.Level, f.MaxLevel = trace.Level(rng.IntN(7)), trace.Level(rng.IntN(7))
		case 7:
			f.Depth = 1 + rng.IntN(4)
		case 8:
			f.Text = regexp.MustCompile(regexp.QuoteMeta(strings.ToValidUTF8(oneOf(rng, words), "")) + "$")
		case 9:
			key := oneOf(rng, []string{"order_id", "id", "status-code", "É.X", "x", "response.statuscode", ""})
			f.Fields = append(f.Fields, timeline.NewField(key, oneOf(rng, []string{"ord", "ORD-17", "5*", "503", "é"}), rng.IntN(2) == 0, oneOf(rng, []string{"", "psp"})))
		case 10:
			f.Fields = append(f.Fields, timeline.NewNumberField("http.response.status_code", float64(rng.IntN(700)), 600, ""))
		default:
			f.Phrase = someWords(rng)
		}
	}
	if depth < 2 && rng.IntN(2) == 0 {
		for _, list := range []*[]timeline.Filter{&f.All, &f.Any, &f.Not} {
			for range rng.IntN(3) {
				*list = append(*list, someFilter(rng, depth+1))
			}
		}
	}
	return f
}

// The index finds the rows that are wanted when they are asked one by one,
// whatever was asked before.
func TestIndexFindsTheSame(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 3))
		tl := someRows(rng, 1+rng.IntN(150))
		if seed%10 == 0 { // more than one chunk, and few rows in it that are wanted
			tl = someRows(rng, 2000)
		}
		x := timeline.NewIndex(tl)
		if seed%7 == 1 {
			x.Limit(1) // rows are asked one by one
		}
		found := 0
		for range 40 {
			f := someFilter(rng, 0)
			found += sameRows(t, tl, x, &f)
			if cost := x.Cost(&f); cost != 0 && len(f.All)+len(f.Any)+len(f.Not)+len(f.Fields) == 0 {
				t.Fatalf("seed %d: %+v costs %d also the second time", seed, f, cost)
			}
		}
		if found == 0 && len(tl.Rows) > 100 {
			t.Errorf("seed %d: nothing was ever found", seed)
		}
	}
}

// Phrases are typed and deleted letter by letter; what was found before helps to
// find the next one and must not hide any.
func TestIndexTypes(t *testing.T) {
	for seed := range uint64(10) {
		rng := rand.New(rand.NewPCG(seed, 4))
		tl := someRows(rng, 100)
		x := timeline.NewIndex(tl)
		for range 20 {
			typed := []rune(someWords(rng))
			for n := range 2 * len(typed) {
				f := timeline.Filter{Phrase: string(typed[:min(n, 2*len(typed)-n)])}
				sameRows(t, tl, x, &f)
			}
		}
	}
}

func sameRows(t *testing.T, tl *timeline.Timeline, x *timeline.Index, f *timeline.Filter) int {
	t.Helper()
	want, got := tl.Wanted(f), x.Wanted(f)
	n := 0
	for i := range want {
		if want[i] {
			n++
		}
		if want[i] != got.Has(int32(i)) {
			t.Fatalf("%+v: row %d %+v is wanted: %v, and by the index: %v", f, i, tl.Rows[i], want[i], got.Has(int32(i)))
		}
	}
	if all := slices.Collect(got.All()); n != got.Len() || n != len(all) {
		t.Fatalf("%d rows are wanted, the set counts %d and lists %d", n, got.Len(), len(all))
	}
	led := x.Leading(got)
	for i := range slices.Backward(tl.Rows) {
		if p := tl.Rows[i].Parent; want[i] && p >= 0 {
			want[p] = true
		}
	}
	for i := range want {
		if want[i] != led.Has(int32(i)) {
			t.Fatalf("%+v: row %d leads to one that is wanted: %v", f, i, want[i])
		}
	}
	return n
}

// Several goroutines may ask.
func TestIndexIsShared(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	tl := someRows(rng, 300)
	x := timeline.NewIndex(tl)
	done := make(chan struct{})
	for k := range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			rng := rand.New(rand.NewPCG(uint64(k), 6))
			for range 50 {
				f := someFilter(rng, 1)
				x.Cost(&f)
				x.Wanted(&f)
			}
		}()
	}
	for range 4 {
		<-done
	}
}
