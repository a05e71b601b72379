package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

func producersOfAllKinds() []producer {
	return slices.Concat(standardProducers, loggerProducers, shipperProducers)
}

// corpusSamples is all that is put in, with the index of each.
func corpusSamples(t testing.TB, ids []corpusID) []sample {
	t.Helper()
	producers := producersOfAllKinds()
	var all []sample
	for i := range producers {
		all = append(all, producers[i].samples(t, ids)...)
	}
	return all
}

// TestCorpusIsRead reads every document of the corpus without a server: each
// must be found by its ID, and by no other.
func TestCorpusIsRead(t *testing.T) {
	ids := corpusIDs(t)
	samples := corpusSamples(t, ids)
	readers := make([]*logdoc.Parser, len(ids))
	for i := range ids {
		readers[i] = logdoc.NewParser(logdoc.NewMatcher(ids[i].id))
	}
	got := tally{}
	for _, s := range samples {
		row := got.of(s.producer)
		row.put(&s)
		for i, p := range readers {
			l, ok := p.Parse([]byte(s.doc), "", "")
			if s.about != &ids[i] {
				if ok {
					t.Errorf("%s: %s carries %s: %s", s.producer.name, s.form, ids[i].typed, s.doc)
				}
				continue
			}
			if !ok {
				t.Errorf("%s: %s is not found as %s: %s", s.producer.name, ids[i].typed, s.form, s.doc)
				continue
			}
			row.compare(t, &s, corpusRow{
				Observed: time.Unix(0, l.Time).UTC().Format(time.RFC3339Nano), Level: l.Level.String(), Message: l.Message,
				Service: l.Origin.Service, SpanID: l.Span.String(), Marks: marksOf(l.Match),
			})
		}
	}
	got.print(t)
}

func marksOf(m trace.Match) []string {
	if m == trace.MatchText {
		return []string{"text"}
	}
	return nil
}

// A corpusRow is what otrace shows of one log.
type corpusRow struct {
	Kind     string
	Index    string
	ID       string
	Observed string
	Level    string
	Message  string
	Service  string
	SpanID   string `json:"span_id"`
	Marks    []string
}

// A tally counts for each producer what was put in and what was shown.
type tally struct{ rows []*tallyRow }

type tallyRow struct {
	p             *producer
	forms         map[string]bool
	in, out       int
	noise, leaked int
	right         map[string]int
}

var facts = []string{"time", "level", "message", "service", "span", "match"}

func (a *tally) of(p *producer) *tallyRow {
	for _, row := range a.rows {
		if row.p.name == p.name {
			return row
		}
	}
	a.rows = append(a.rows, &tallyRow{p: p, forms: map[string]bool{}, right: map[string]int{}})
	return a.rows[len(a.rows)-1]
}

func (r *tallyRow) put(s *sample) {
	if s.about == nil {
		r.noise++
		return
	}
	r.in++
	r.forms[s.form] = true
}

// compare counts what of a shown log is right, and fails for what is not.
func (r *tallyRow) compare(t *testing.T, s *sample, got corpusRow) {
	t.Helper()
	r.out++
	level := s.producer.level
	if level == "" {
		level = "unknown"
	}
	for _, f := range []struct{ fact, got, want string }{
		{"time", got.Observed, s.time.Format(time.RFC3339Nano)},
		{"level", got.Level, level},
		{"message", got.Message, s.message},
		{"service", got.Service, s.producer.service},
		{"span", got.SpanID, s.span},
		{"match", strconv.FormatBool(slices.Contains(got.Marks, "text")), strconv.FormatBool(s.producer.inText || s.ref)},
	} {
		if same(f.fact, f.got, f.want) {
			r.right[f.fact]++
			continue
		}
		t.Errorf("%s, as %s: %s is %q, want %q: %s", s.producer.name, s.form, f.fact, f.got, f.want, s.doc)
	}
}

func same(fact, got, want string) bool {
	if fact != "time" {
		return got == want
	}
	a, err := time.Parse(time.RFC3339Nano, got)
	b, _ := time.Parse(time.RFC3339Nano, want)
	return err == nil && a.Equal(b)
}

// print logs the table, and the whole in its last line.
func (a *tally) print(t *testing.T) {
	t.Helper()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "producer\tmapping\tforms\tput in\tshown\tnoise\tnoise shown\t%s\t\n", strings.Join(facts, "\t"))
	sum := tallyRow{p: &producer{name: "all"}, forms: map[string]bool{}, right: map[string]int{}}
	for _, r := range a.rows {
		r.line(w)
		sum.in, sum.out, sum.noise, sum.leaked = sum.in+r.in, sum.out+r.out, sum.noise+r.noise, sum.leaked+r.leaked
		for fact, n := range r.right {
			sum.right[fact] += n
		}
		for form := range r.forms {
			sum.forms[form] = true
		}
	}
	sum.line(w)
	w.Flush()
	t.Logf("%d producers\n%s", len(a.rows), b.String())
}

func (r *tallyRow) line(w *tabwriter.Writer) {
	fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t", r.p.name, r.p.mapping, len(r.forms), r.in, r.out, r.noise, r.leaked)
	for _, fact := range facts {
		fmt.Fprintf(w, "%d\t", r.right[fact])
	}
	fmt.Fprintln(w)
}
