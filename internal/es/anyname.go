package es

import (
	"context"
	"strings"
)

// anyName looks for the ID in fields of whatever name, before it is said that
// there are no logs: the team's own name for it may be one that nobody knows.
// Each shard then asks all of its fields, which takes long where they are many,
// so that it is done for the usual forms only, one at a time.
func (s *search) anyName(ctx context.Context) error {
	if s.id.Short() { // which any number may be
		return nil
	}
	for _, form := range s.usualForms() {
		if s.count() > 0 {
			break
		}
		body := s.body(ctx, pass{query: everyField(form)}, object{"size": 0, "track_total_hits": 1})
		answer, err := s.c.search(ctx, s.plan.patterns, body)
		p := page{}
		if err == nil {
			p, err = readPage(answer, func(hit) {})
		}
		if ctx.Err() != nil {
			return err
		}
		if err != nil || p.shards.Failed > 0 {
			s.warn("elasticsearch: fields of unknown names were not all looked at: " + whyNot(p, err))
		}
		if err != nil || p.total == 0 {
			continue
		}
		if err := s.all(ctx, pass{indices: s.plan.patterns, query: everyField(form)}); err != nil {
			return err
		}
	}
	return nil
}

func whyNot(p page, err error) string {
	if err != nil {
		return clean(err.Error(), maxReason)
	}
	return p.shards.words()
}

// usualForms is how most teams write an ID.
func (s *search) usualForms() []string {
	if !s.id.IsTrace() {
		return s.id.Forms()
	}
	full := s.id.String()
	usual := full
	if s.id.Hi == 0 {
		usual = full[16:]
	}
	return []string{usual, strings.Join([]string{full[:8], full[8:12], full[12:16], full[16:20], full[20:]}, "-"), strings.ToUpper(usual)}
}

// everyField asks all fields that a shard has.
func everyField(text string) object {
	return object{"bool": object{"filter": []any{object{"multi_match": object{"query": text, "type": "phrase", "lenient": true, "fields": []string{"*"}}}}}}
}

// count is how many logs the search has so far.
func (s *search) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.logs)
}
