package es

import (
	"bytes"
	"context"
	"fmt"

	"github.com/elastic/go-elasticsearch/v8/esapi"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// How much is asked about again; more than that is noise.
const (
	maxDoubtful        = 1000 // hits
	maxDoubtfulIndices = 20
)

// settle decides about the hits whose text does not show the ID. Most are a
// phrase's noise. But a document may carry it in a field that its source
// leaves out, so those whose ID field equals the ID are taken.
func (s *search) settle(ctx context.Context) error {
	ids := make(map[string][]string) // by index
	for _, key := range s.doubtful[:min(len(s.doubtful), maxDoubtful)] {
		ids[key.index] = append(ids[key.index], key.id)
	}
	indices := sortedKeys(ids)
	for _, index := range indices[:min(len(indices), maxDoubtfulIndices)] {
		if err := s.settleIndex(ctx, index, ids[index]); err != nil {
			return fmt.Errorf("%d documents of %s could not be confirmed: %w", len(ids[index]), index, err)
		}
	}
	return nil
}

func (s *search) settleIndex(ctx context.Context, index string, ids []string) error {
	exact := s.exactQuery(index)
	if exact == nil {
		return nil
	}
	body := encode(object{
		"size": len(ids), "sort": []string{"_doc"},
		"query": object{"bool": object{"filter": []any{exact, object{"ids": object{"values": ids}}}}},
	})
	answer, err := s.c.net.call(ctx, func() esapi.Request {
		return esapi.SearchRequest{Index: escaped([]string{index}), Body: bytes.NewReader(body)}
	})
	if err != nil {
		return err
	}
	parser := logdoc.NewParser(nil)
	parser.Use(s.c.own)
	var logs []trace.Log
	p, err := readPage(answer, func(h hit) {
		source := h.source
		if source == nil { // the index keeps no documents, only that there are some
			source = []byte("{}")
		}
		l, _ := parser.Parse(source, index, string(jscan.Unescape(h.id)))
		logs = append(logs, l)
	})
	s.logs = append(s.logs, logs...)
	s.note(p)
	return err
}

// exactQuery is the part of the query whose hits need no confirmation, for one
// index and the types that its fields have there.
func (s *search) exactQuery(index string) object {
	exact := &fieldPlan{}
	for _, f := range s.plan.fields {
		if f = f.in(index); (f.class == classExact || f.class == classNumber) && s.c.isID(f.name) {
			exact.fields = append(exact.fields, f)
		}
	}
	return queryMaker{id: s.id, plain: true}.query(exact)
}
