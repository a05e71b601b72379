package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
)

// A service is what a trace has of one service, of the rows that are shown.
type service struct {
	name                      string
	spans, logs, failed, said int   // said are error logs
	self, waited              int64 // nanoseconds; waited is on the critical path
}

// servicesOf sums the rows up, the one that was waited for longest first.
func servicesOf(s *scene) []service {
	at := map[string]int{}
	var list []service
	for i := range s.tl.Rows {
		r := &s.tl.Rows[i]
		if r.Kind == timeline.KindMissing || s.sift != nil && !s.sift.wanted[i] {
			continue
		}
		name := r.Service()
		k, ok := at[name]
		if !ok {
			k = len(list)
			at[name] = k
			list = append(list, service{name: name})
		}
		list[k].add(r)
	}
	slices.SortStableFunc(list, func(a, b service) int {
		return cmp.Or(cmp.Compare(b.waited, a.waited), cmp.Compare(b.self, a.self), cmp.Compare(a.name, b.name))
	})
	return list
}

func (s *service) add(r *timeline.Row) {
	switch r.Kind {
	case timeline.KindSpan:
		s.spans++
		s.self += r.Self
		s.waited += r.Awaited
		if r.IsError() {
			s.failed++
		}
	case timeline.KindLog:
		s.logs++
		if r.IsError() {
			s.said++
		}
	}
}

// servicesTab draws a line a service.
func (v *traceView) servicesTab(width, height int) []string {
	p, list := v.m.paints, v.serviceList()
	v.services.resize(len(list), height-1)
	var total, most int64
	name := len("SERVICE")
	for _, s := range list {
		total += s.waited
		most = max(most, s.self)
		name = max(name, render.Columns(safe.Of(s.name).String()))
	}
	name = min(name, max(width-54, 8))
	names := fmt.Sprintf(" %-*s %6s %6s %6s %6s %7s %14s", name, "SERVICE", "SPANS", "FAILED", "LOGS", "ERRORS", "SELF", "CRITICAL PATH")
	lines := []string{text(p.Dim, p.fit(names, width))}
	for k := v.services.top; k < v.services.end(); k++ {
		s := &list[k]
		label := p.fit(text(p.Service, cmp.Or(s.name, "no service")), name)
		line := fmt.Sprintf("%s %6d %s %6d %s %7s %7s %6s", label, s.spans, p.faulty(s.failed), s.logs, p.faulty(s.said),
			render.Duration(s.self, p.ASCII), waitedText(s.waited, p.ASCII), shareOf(s.waited, total))
		if room := width - name - 53; room > 8 && most > 0 {
			full := "━"
			if p.ASCII {
				full = "="
			}
			line += " " + string(p.Bar.Append(nil, strings.Repeat(full, int(float64(room)*float64(s.self)/float64(most)))))
		}
		lines = append(lines, v.listed(line, k == v.services.cursor, false, width))
	}
	return lines
}

func waitedText(d int64, ascii bool) string {
	if d == 0 {
		return ""
	}
	return render.Duration(d, ascii)
}

func shareOf(d, total int64) string {
	if d == 0 {
		return ""
	}
	return render.Share(d, total)
}

// faulty is a number of errors in six columns.
func (p *paints) faulty(n int) string {
	if n == 0 {
		return fmt.Sprintf("%6s", "")
	}
	return fmt.Sprintf("%6s", "")[:max(6-len(fmt.Sprint(n)), 0)] + text(p.Fault, fmt.Sprint(n))
}

// filterService shows the rows of the service that the cursor is on.
func (v *traceView) filterService() tea.Cmd {
	list := v.serviceList()
	if len(list) == 0 {
		return nil
	}
	words := slices.DeleteFunc(split(v.filterText), func(w string) bool { return strings.HasPrefix(w, "service:") || strings.HasPrefix(w, "svc:") })
	v.tab = tabTimeline
	name := list[min(v.services.cursor, len(list)-1)].name
	if strings.Contains(name, " ") {
		name = `"` + name + `"`
	}
	return v.filterBy(also(words, "service:"+name))
}

// A serviceCache keeps the sums as long as the same rows are shown.
type serviceCache struct {
	of   *scene
	sift *sifted
	list []service
}

func (v *traceView) serviceList() []service {
	if c := &v.sums; c.of != v.scene || c.sift != v.scene.sift {
		*c = serviceCache{v.scene, v.scene.sift, servicesOf(v.scene)}
	}
	return v.sums.list
}
