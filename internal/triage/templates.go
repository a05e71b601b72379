package triage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/template"
)

// A speech is one template of one service's error logs.
type speech struct{ service, template int32 }

// templates are what the error logs say, by speeches that are numbered across
// services.
type templates struct {
	t    *Triage
	of   []*template.Templates // by service
	base []int32               // by service: its first speech
	list []speech
}

func newTemplates(t *Triage) *templates {
	s := &templates{t: t, of: t.told.templates()}
	for service, found := range s.of {
		s.base = append(s.base, int32(len(s.list)))
		if found == nil {
			continue
		}
		for i := range found.Len() {
			s.list = append(s.list, speech{int32(service), int32(i)})
		}
	}
	return s
}

// number is the number of a voice's speech.
func (s *templates) number(v *voice) int32 {
	return s.base[v.service] + int32(s.of[v.service].Of(v.form))
}

// text is a speech in words.
func (s *templates) text(n int32) string {
	return s.of[s.list[n].service].Text(int(s.list[n].template))
}

func (s *templates) service(n int32) string { return s.t.words.list[s.list[n].service] }

// byCount lists the speeches, those of the most records first.
func (s *templates) byCount(records []record) []int32 {
	count := make([]int, len(s.list))
	for i := range records {
		count[s.number(&s.t.voices.list[records[i].voice])]++
	}
	list := make([]int32, len(s.list))
	for i := range list {
		list[i] = int32(i)
	}
	slices.SortFunc(list, func(a, b int32) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return cmp.Or(strings.Compare(s.service(a), s.service(b)), strings.Compare(s.text(a), s.text(b)))
	})
	return list
}
