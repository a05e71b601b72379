package es

import (
	"context"
	"slices"
	"strings"
)

// servicePatterns are the endings of the names under which logs keep which
// service wrote them; logdoc tells which of these do.
var servicePatterns = []string{
	"*name", "*Name", "*NAME", "*service", "*Service", "*service.id", "*service_id", "*serviceId", "*app", "*App", "*application", "*Application",
	"*pod", "*program", "*identifier", "*IDENTIFIER",
}

// maxServiceFields is how many such fields are asked; a cluster that has more
// is not asked by service.
const maxServiceFields = 40

// service passes the logs that a service may have written: those that name it
// in a field or a text, and those that have no such field. It is nil where that
// cannot be asked; what comes back is judged on this side anyway.
func (f *finding) service(ctx context.Context, m findMaker) (object, error) {
	if f.q.Service == "" || f.anyService {
		return nil, nil
	}
	caps, err := f.c.capsOf(ctx, m.plan.patterns, union(slices.Clone(f.c.own["service"]), servicePatterns))
	if err != nil {
		return nil, err
	}
	var fields []field
	for _, name := range sortedKeys(caps.Fields) {
		if !f.c.own.ServiceField(strings.TrimSuffix(name, ".keyword")) {
			continue
		}
		it, ok := capped(caps, name)
		if !ok {
			continue
		}
		if it.nested != "" || !all(sortedKeys(it.kinds), "keyword", "text", "match_only_text", "constant_keyword", "wildcard") || len(fields) == maxServiceFields {
			return nil, nil
		}
		fields = append(fields, it)
	}
	names := make([]string, len(fields))
	var should, exist []any
	for i, it := range fields {
		names[i] = it.name
		exist = append(exist, object{"exists": object{"field": it.name}})
		should = append(should, object{"prefix": object{it.name: object{"value": f.q.Service + "-"}}}) // its pods
	}
	should = append(should, phrases(names, []string{f.q.Service})...)
	should = append(should, m.inTexts([]string{f.q.Service})...)
	return anyOf(append(should, object{"bool": object{"must_not": exist}})), nil
}
