package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/es"
	"github.com/otrace/otrace/internal/trace"
)

// examineJaeger asks Jaeger who it is and what it has.
func (x *examination) examineJaeger(ctx context.Context) section {
	s := section{Name: "jaeger"}
	client, err := x.newJaeger(x.r)
	if err != nil {
		s.fail("settings", x.words(err), hintOf(err))
		return s
	}
	h, err := client.Check(ctx)
	if err != nil {
		x.unreached(&s, "jaeger", err)
		return s
	}
	x.traces = client
	s.ok("address", h.Address)
	s.ok("reachable", "in "+took(h.RoundTrip))
	var others []string
	for _, d := range h.Dialects {
		if d.OK && d.Name != h.Dialect {
			others = append(others, d.Name)
		}
	}
	s.ok("dialect", joined(h.Dialect, others, "; also "))
	s.ok("version", orElse(x.scrub(h.Version), "not told"))
	x.authentication(&s, x.jaegerCredential(), x.r.Jaeger)
	services := scrubbed(x.app, h.Services)
	if len(services) == 0 {
		s.warn("services", "none: no span has arrived yet", "check what sends spans to it, or whether the tenant is right")
	} else {
		s.ok("services", fmt.Sprintf("%d: %s", len(services), some(services, 8)))
	}
	x.search(ctx, &s, h.Services)
	ahead := x.clock(&s, h.ClockAhead, h.ClockKnown)
	x.report.Jaeger = &jaegerFacts{h.Address, h.Dialect, x.scrub(h.Version), services, h.RoundTrip.Nanoseconds(), ahead}
	return s
}

// search tells whether Jaeger can be searched, as otrace find does: it may list
// its services and fail at that.
func (x *examination) search(ctx context.Context, s *section, services []string) {
	if len(services) == 0 {
		return
	}
	now := time.Now()
	q := trace.Query{Service: services[0], Window: trace.Window{From: now.Add(-15 * time.Minute).UnixNano(), Until: now.UnixNano()}, Limit: 1}
	_, err := x.traces.FindSpans(ctx, q)
	if errors.Is(err, trace.ErrRefused) {
		x.refuse()
	}
	if err != nil {
		s.fail("search", x.words(err), hintOf(err))
		return
	}
	s.ok("search", "answered")
}

// examineElasticsearch asks Elasticsearch who it is and what its logs are made
// of.
func (x *examination) examineElasticsearch(ctx context.Context) section {
	s := section{Name: "elasticsearch"}
	client, err := x.newElasticsearch(x.r, x.opts.within)
	if err != nil {
		s.fail("settings", x.words(err), hintOf(err))
		return s
	}
	h, err := client.Check(ctx)
	if h.Product != "" {
		s.ok("address", h.Host)
		s.ok("reachable", "in "+took(h.RoundTrip))
		s.ok("product", h.Product+" "+orElse(x.scrub(h.Version), "(version not told)"))
	}
	if err != nil {
		x.unreached(&s, "elasticsearch", err)
		return s
	}
	x.logs = client
	x.authentication(&s, x.elasticCredential(), x.r.Elasticsearch...)
	x.stock(&s, &h)
	ahead := x.clock(&s, h.ClockAhead, h.ClockKnown)
	x.report.Elasticsearch = &elasticFacts{h.Host, h.Product, x.scrub(h.Version), notNil(h.Indices), h.Docs, uses(h.Roles), h.RoundTrip.Nanoseconds(), ahead}
	x.report.Fields = fieldsOf(h.Roles)
	return s
}

// stock tells which indices there are, and which fields their logs have.
func (x *examination) stock(s *section, h *es.Health) {
	if len(h.Indices) == 0 {
		s.fail("indices", "none matches "+orElse(strings.Join(x.r.Indices, ", "), "what otrace looks at by default"),
			"name the logs' indices with --index, or check who may see them")
		return
	}
	s.ok("indices", fmt.Sprintf("%d: %s", len(h.Indices), some(h.Indices, 5)))
	if h.Docs == 0 {
		s.warn("documents", "none", "check what sends logs to it, or --index")
		return
	}
	s.ok("documents", fmt.Sprint(h.Docs))
	for _, role := range roleOrder {
		var parts []string
		for _, u := range h.Roles {
			if u.Role == role {
				parts = append(parts, fmt.Sprintf("%s (%s)", u.Field, share(u.Docs, h.Docs)))
			}
		}
		switch {
		case len(parts) > 0:
			s.ok(role, strings.Join(parts, ", "))
		case role == "trace":
			s.warn(role, "no field has a name for trace IDs: only IDs inside texts are found", "name the field that has them: fields: {trace: …} in the context")
		case role == "time":
			s.warn(role, "no field tells when", "name the field: fields: {time: …} in the context")
		}
	}
}

// roleOrder is the roles of fields in the order in which they matter.
var roleOrder = [...]string{"trace", "span", "time", "level", "message", "service", "host", "error", "stack"}

// share is how many of the documents have something.
func share(n, of int64) string {
	switch {
	case n >= of:
		return "all"
	case n*100 < of:
		return fmt.Sprintf("%d, under 1 %%", n)
	}
	return fmt.Sprintf("%d, %d %%", n, n*100/of)
}

// uses is the same for programs.
func uses(roles []es.RoleUse) []fieldUse {
	list := make([]fieldUse, len(roles))
	for i, u := range roles {
		list[i] = fieldUse{u.Role, u.Field, u.Docs}
	}
	return list
}

// fieldsOf is the fields by role, the most used first.
func fieldsOf(roles []es.RoleUse) map[string][]string {
	fields := map[string][]string{}
	for _, u := range roles {
		fields[u.Role] = append(fields[u.Role], u.Field)
	}
	return fields
}

// clock compares a server's clock with ours; --since and --until count from
// ours.
func (x *examination) clock(s *section, ahead time.Duration, known bool) *int64 {
	ns := ahead.Nanoseconds()
	switch {
	case !known:
		s.ok("clock", "not told")
		return nil
	case ahead == 0:
		s.ok("clock", "agrees with this machine's, within a second")
	case ahead.Abs() < 5*time.Second:
		s.ok("clock", aheadOf(ahead))
	default:
		s.warn("clock", aheadOf(ahead), "--since and --until count from this machine's clock")
	}
	return &ns
}

func aheadOf(d time.Duration) string {
	if d < 0 {
		return took(-d) + " behind this machine's"
	}
	return took(d) + " ahead of this machine's"
}

// took is a duration with as many digits as are of use.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// some are the first of many.
func some(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

// joined puts a list behind a text, if there is one.
func joined(text string, list []string, between string) string {
	if len(list) == 0 {
		return text
	}
	return text + between + strings.Join(list, ", ")
}

// scrubbed takes the secrets out of texts that came from a server.
func scrubbed(a *app, texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = a.scrub(s)
	}
	return out
}
