package es

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/jscan"
)

// A page is one answer of a search, without its documents.
type page struct {
	found    bool // the answer has a list of hits, be it empty
	hits     int
	total    int64 // -1 when the answer does not tell
	bytes    int
	last     []byte // the last hit's sort values, as the server wrote them
	pit      string
	scroll   string
	timedOut bool
	shards   shards
	clusters struct{ Total, Skipped int }
}

// shards is how many of the indices' parts answered.
type shards struct {
	Total    int `json:"total"`
	Failed   int `json:"failed"`
	Failures []struct {
		Index  string `json:"index"`
		Reason cause  `json:"reason"`
	} `json:"failures"`
}

// A hit is one document as it was stored.
type hit struct {
	index, id []byte // as written in JSON, between the quotes
	source    []byte // nil when the index keeps none
	sort      []byte // its sort values, as the server wrote them
}

// readPage reads an answer and hands every hit on as it comes. On a fault,
// which names the byte where the answer stopped being JSON, the hits before it
// have been handed on.
func readPage(body []byte, each func(hit)) (page, error) {
	p := page{total: -1, bytes: len(body)}
	r := jscan.NewReader(body)
	for key, ok := r.FirstKey(); ok; key, ok = r.NextKey() {
		switch string(key) {
		case "hits":
			p.readHits(&r, each)
		case "timed_out":
			p.timedOut = string(r.Skip()) == "true"
		case "pit_id":
			p.pit = text(&r)
		case "_scroll_id":
			p.scroll = text(&r)
		case "_shards":
			// What cannot be understood stays zero, and is no worse than absent.
			_ = json.Unmarshal(r.Skip(), &p.shards)
		case "_clusters":
			_ = json.Unmarshal(r.Skip(), &p.clusters)
		default:
			r.Skip()
		}
	}
	if !r.End() {
		return p, fmt.Errorf("the answer is broken: %w", r.Err())
	}
	if !p.found { // what has no hits is no answer that there are none
		return p, errNoHits
	}
	return p, nil
}

// errNoHits is a success that answers something else than a search.
var errNoHits = errors.New("the answer of the search has no hits in it, not even none: is this Elasticsearch?")

// text reads a string, or skips what is none.
func text(r *jscan.Reader) string {
	if r.Peek() != '"' {
		r.Skip()
		return ""
	}
	return string(jscan.Unescape(r.Scalar()))
}

func (p *page) readHits(r *jscan.Reader, each func(hit)) {
	if r.Peek() != '{' {
		r.Skip()
		return
	}
	for key, ok := r.FirstKey(); ok; key, ok = r.NextKey() {
		switch {
		case string(key) == "total":
			p.total = total(r.Skip())
		case string(key) == "hits" && r.Peek() == '[':
			p.found = true
			for more := r.FirstElem(); more; more = r.NextElem() {
				p.readHit(r, each)
			}
		default:
			r.Skip()
		}
	}
}

// total reads 17 and {"value":17,"relation":"eq"}; a lower bound is no total.
func total(raw []byte) int64 {
	if n, err := parseInt(string(raw)); err == nil {
		return n
	}
	var t struct {
		Value    int64  `json:"value"`
		Relation string `json:"relation"`
	}
	if json.Unmarshal(raw, &t) != nil || t.Relation != "eq" {
		return -1
	}
	return t.Value
}

func (p *page) readHit(r *jscan.Reader, each func(hit)) {
	var h hit
	if r.Peek() != '{' {
		r.Skip()
		return
	}
	for key, ok := r.FirstKey(); ok; key, ok = r.NextKey() {
		switch {
		case string(key) == "_source":
			h.source = r.Skip()
		case string(key) == "sort":
			h.sort = r.Skip()
		case string(key) == "_index" && r.Peek() == '"':
			h.index = r.Scalar()
		case string(key) == "_id" && r.Peek() == '"':
			h.id = r.Scalar()
		default:
			r.Skip()
		}
	}
	if r.Err() != nil {
		return // cut off in the middle of this one
	}
	p.hits++
	p.last = h.sort
	each(h)
}

// gaps tells in words what the answer lacks.
func (p *page) gaps() []string {
	var out []string
	if p.timedOut {
		out = append(out, "the search timed out on the server: incomplete")
	}
	if n := p.clusters.Skipped; n > 0 {
		out = append(out, fmt.Sprintf("%d of %d clusters were skipped", n, p.clusters.Total))
	}
	if p.shards.Failed > 0 {
		out = append(out, p.shards.words())
	}
	return out
}

// words reads "2 of 6 shards failed in orders, audit: reason".
func (s *shards) words() string {
	var indices, reasons []string
	for _, f := range s.Failures {
		name := f.Index
		if name == "" {
			name = f.Reason.Index
		}
		if name != "" {
			indices = union(indices, []string{clean(name, 100)})
		}
		f.Reason.Index = ""
		reasons = union(reasons, []string{clean(f.Reason.words(), maxReason)})
	}
	text := fmt.Sprintf("%d of %d shards failed", s.Failed, s.Total)
	if len(indices) > 0 {
		slices.Sort(indices)
		text += " in " + list(indices, 5)
	}
	if len(reasons) > 0 {
		text += ": " + reasons[0]
	}
	return text
}

// list names the first few.
func list(names []string, limit int) string {
	if len(names) <= limit {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
}
