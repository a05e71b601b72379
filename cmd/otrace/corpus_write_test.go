package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A producer is one of those who write logs: a document of its own kind, and
// how it must be read. In the texts <id>, <span>, <text> and the notations of
// time stand for each document's own.
type producer struct {
	name    string
	mapping string   // the kind of mapping its index has
	doc     string   // as it is stored
	inText  bool     // the ID stands within a text
	forms   []string // the forms that it can write; nil for all
	cut     time.Duration
	level   string // as it must be read, and all that follows
	message string // "<text>" when empty
	service string
}

// A sample is one document with what must be read from it.
type sample struct {
	producer *producer
	about    *corpusID // nil for noise
	form     string
	doc      string
	ref      bool // names the ID as another's only

	time    time.Time
	message string
	span    string
}

// samples are a producer's documents about all IDs in all forms, and its share
// of the noise.
func (p *producer) samples(t testing.TB, ids []corpusID) []sample {
	t.Helper()
	var all []sample
	for i := range ids {
		c := &ids[i]
		for _, f := range c.forms {
			if p.writes(f.name) {
				all = append(all, p.sample(c, f, len(all)))
			}
		}
		for j, noise := range c.noise {
			if turn := len(p.name) + j; (i == 0 && turn%2 == 0 || turn%8 == 0) && p.canHold(noise) {
				s := p.sample(c, idForm{"noise", noise}, len(all))
				s.about = nil
				all = append(all, s)
			}
		}
	}
	for _, s := range all {
		if left := placeholder.FindString(s.doc + s.message); left != "" {
			t.Fatalf("%s: %s means nothing", p.name, left)
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`<[a-z][a-z0-9 ,+%]*>`)

func (p *producer) writes(form string) bool {
	return p.forms == nil || slices.Contains(p.forms, form)
}

// canHold reports whether the producer's document can hold the text: some hold
// numbers only.
func (p *producer) canHold(text string) bool {
	return !strings.Contains(p.doc, ":<id>") || strings.Trim(text, "0123456789") == ""
}

// sample writes the n-th document.
func (p *producer) sample(c *corpusID, f idForm, n int) sample {
	at := time.Date(2024, 5, 1, 10, 0, 0, 45, time.UTC).Add(time.Duration(n) * 1_007_001_013)
	text := fmt.Sprintf("order %d was refused", n)
	fill := placeholders(f.text, c, at, text)
	s := sample{producer: p, about: c, form: f.name, doc: fill.Replace(p.doc), time: at, message: text}
	if p.cut > 0 {
		s.time = at.Truncate(p.cut)
	}
	switch p.message {
	case "":
	default:
		s.message = fill.Replace(p.message)
	}
	if strings.Contains(p.doc, "<span") || f.composite() {
		s.span = c.span().String()
	}
	return s
}

// placeholders are what a document's texts may hold. Times are named for their
// notation; <late> is when a collector saw the line.
func placeholders(id string, c *corpusID, at time.Time, text string) *strings.Replacer {
	const day, clock = "2006-01-02", "15:04:05"
	east := at.In(time.FixedZone("", 2*3600))
	late := at.Add(2500 * time.Millisecond)
	ns := at.UnixNano()
	return strings.NewReplacer(
		"<id>", id,
		"<span>", c.span().String(),
		"<span decimal>", strconv.FormatUint(uint64(c.span()), 10),
		"<text>", text,
		"<late>", late.Format(day+"T"+clock+".000Z"),
		"<s>", at.Format(time.RFC3339),
		"<ms>", at.Format(day+"T"+clock+".000Z"),
		"<us>", at.Format(day+"T"+clock+".000000Z"),
		"<100ns>", at.Format(day+"T"+clock+".0000000Z"),
		"<ns>", at.Format(day+"T"+clock+".000000000Z"),
		"<s+02>", east.Format(time.RFC3339),
		"<ms+02>", east.Format(day+"T"+clock+".000Z07:00"),
		"<ms+0200>", east.Format(day+"T"+clock+".000Z0700"),
		"<us+02>", east.Format(day+"T"+clock+".000000Z07:00"),
		"<100ns+02>", east.Format(day+"T"+clock+".0000000Z07:00"),
		"<ns+02>", east.Format(day+"T"+clock+".000000000Z07:00"),
		"<us blank+02>", east.Format(day+" "+clock+".000000Z07:00"),
		"<ms comma>", at.Format(day+" "+clock+",000"),
		"<ms comma+0200>", east.Format(day+" "+clock+",000Z0700"),
		"<ms blank>", at.Format(day+" "+clock+".000"),
		"<100us blank>", at.Format(day+" "+clock+".0000"),
		"<us blank>", at.Format(day+" "+clock+".000000"),
		"<clf>", at.Format("02/Jan/2006:15:04:05 +0000"),
		"<klog>", at.Format("0102 15:04:05.000000"),
		"<go>", at.Format("2006/01/02 15:04:05"),
		"<epoch s>", strconv.FormatInt(ns/1e9, 10),
		"<epoch ms>", strconv.FormatInt(ns/1e6, 10),
		"<epoch us>", strconv.FormatInt(ns/1e3, 10),
		"<epoch ns>", strconv.FormatInt(ns, 10),
		"<epoch s,ms>", fmt.Sprintf("%d.%03d", ns/1e9, ns%1e9/1e6),
		"<epoch s,us>", strconv.FormatFloat(float64(ns/1e3)/1e6, 'f', -1, 64),
		"<epoch ms,us>", strconv.FormatFloat(float64(ns/1e3)/1e3, 'f', -1, 64),
		"<epoch ms,ns>", fmt.Sprintf("%d.%d", ns/1e6, ns%1e6),
		"<nano>", strconv.FormatInt(ns%1e9, 10),
	)
}
