package es

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// A RoleUse is a field that tells one thing about logs, and how many documents
// have it.
type RoleUse struct {
	Role  string // as in logdoc.Fields
	Field string
	Docs  int64
}

// roleNames are the names under which the cluster is asked for each role's
// fields, in the order in which roles are told of. IDs and times have lists
// of their own.
var roleNames = []struct {
	role  string
	names []string
}{
	{"trace", idPatterns},
	{"span", []string{"*span.id", "*span_id", "*span-id", "*spanId", "*spanID", "*SpanId", "*SpanID", "*spanid", "@sp", "transaction.id"}},
	{"time", slices.Concat(eventTimes, otherTimes)},
	{"level", []string{
		"*log.level", "level", "*.level", "lvl", "@l", "*everity", "*everity_text", "*everityText", "severity_number", "loglevel", "log_level", "logLevel",
		"levelname", "level_value", "*priority",
	}},
	{"message", []string{"*message", "*msg", "*Message", "MESSAGE", "log", "*.log", "body", "Body", "body.*", "body_text", "*original", "textPayload", "@m"}},
	{"service", []string{
		"*service.name", "service", "*service_name", "*serviceName", "otelServiceName", "dd.service", "application", "*appName", "*app_name", "app",
		"*application.name", "kubernetes.labels.app", "*container.name", "*container_name", "*deployment.name", "syslog_identifier",
	}},
	{"host", []string{"*host.name", "host", "*hostname", "*.host", "*node.name", "*node_name", "*pod.name", "*pod_name", "node", "pod", "*machineName", "*MachineName"}},
	{"error", []string{"*error.type", "*error.message", "*error.code", "error", "err", "*err.type", "*err.message", "exception", "*exception.type", "*exception.message", "*exception_class"}},
	{"stack", []string{"*stack_trace", "*stacktrace", "*stackTrace", "*err.stack", "*error.stack", "@x", "stack"}},
}

// maxRoleFields is how many fields of a role are counted, and topRoleFields how
// many are told of.
const (
	maxRoleFields = 25
	topRoleFields = 5
)

// roleFields asks which fields there are for each role.
func (c *Client) roleFields(ctx context.Context, plan *fieldPlan) (map[string]fieldCaps, error) {
	out := make(map[string]fieldCaps, len(roleNames))
	for _, r := range roleNames {
		caps, err := c.capsOf(ctx, plan.patterns, union(slices.Clone(c.own[r.role]), r.names))
		if err != nil {
			return nil, err
		}
		out[r.role] = caps
	}
	return out, nil
}

// countable is a role's fields that hold values of their own.
func (c *Client) countable(role string, caps fieldCaps) []string {
	var names []string
	for _, name := range union(slices.Clone(c.own[role]), sortedKeys(caps.Fields)) {
		types := caps.Fields[name]
		holds := false
		for kind, t := range types {
			holds = holds || kind != "object" && kind != "nested" && kind != "unmapped" && !t.Metadata
		}
		if role == "trace" {
			holds = holds && c.isID(name)
		}
		if holds && !isSubfield(name) {
			names = append(names, name)
		}
	}
	return names[:min(len(names), maxRoleFields)]
}

// usage counts the documents, and those that have each field.
func (c *Client) usage(ctx context.Context, plan *fieldPlan, roles map[string]fieldCaps, uses map[RoleUse]int64) (int64, error) {
	filters := make(object)
	named := make(map[string]RoleUse)
	for role, caps := range roles {
		roots := nestedRoots(caps)
		for _, name := range c.countable(role, caps) {
			key := role + " " + name
			filters[key] = exists(name, nestedRoot(name, roots))
			named[key] = RoleUse{Role: role, Field: name}
		}
	}
	body := object{"size": 0, "track_total_hits": true, "query": object{"match_all": object{}}}
	if len(filters) > 0 {
		body["aggs"] = object{"uses": object{"filters": object{"filters": filters}}}
	}
	answer, err := c.search(ctx, plan.patterns, encode(body))
	if err != nil {
		return 0, err
	}
	var said struct {
		Aggregations struct {
			Uses struct {
				Buckets map[string]struct {
					Docs int64 `json:"doc_count"`
				} `json:"buckets"`
			} `json:"uses"`
		} `json:"aggregations"`
	}
	p, err := readPage(answer, func(hit) {})
	if err == nil {
		err = json.Unmarshal(answer, &said)
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", c.net.node().base.Host, err)
	}
	for key, bucket := range said.Aggregations.Uses.Buckets {
		if use, ok := named[key]; ok {
			uses[use] += bucket.Docs
		}
	}
	return max(0, p.total), nil
}

func exists(field, nested string) object {
	query := object{"exists": object{"field": field}}
	if nested != "" {
		query = object{"nested": object{"path": nested, "ignore_unmapped": true, "query": query}}
	}
	return query
}

// mostUsed is each role's most used fields.
func mostUsed(uses map[RoleUse]int64) []RoleUse {
	var out []RoleUse
	for _, r := range roleNames {
		var list []RoleUse
		for use, docs := range uses {
			if use.Role == r.role && docs > 0 {
				use.Docs = docs
				list = append(list, use)
			}
		}
		slices.SortFunc(list, func(a, b RoleUse) int {
			return cmp.Or(cmp.Compare(b.Docs, a.Docs), strings.Compare(a.Field, b.Field))
		})
		out = append(out, list[:min(len(list), topRoleFields)]...)
	}
	return out
}

// A sighting is a trace that a log of that time names.
type sighting struct {
	id   trace.ID
	time int64
}

// sightings looks at the newest documents that have an ID field, or at the
// newest of all where none has.
func (c *Client) sightings(ctx context.Context, plan *fieldPlan, g timeGroup, indices []string) ([]sighting, error) {
	var have []any
	for _, f := range plan.fields {
		if f.id && !isRoot(f.name) {
			have = append(have, exists(f.name, f.nested))
		}
	}
	for _, query := range []object{anyOf(have), {"match_all": object{}}} {
		if len(have) == 0 && query["bool"] != nil {
			continue
		}
		answer, err := c.search(ctx, indices, encode(object{"size": sampleDocs, "sort": g.newestFirst(), "query": query}))
		if err != nil {
			return nil, err
		}
		var seen []sighting
		parser := logdoc.NewParser(nil)
		parser.Use(c.own)
		parser.WantTrace(true)
		_, err = readPage(answer, func(h hit) {
			l, _ := parser.Parse(h.source, string(jscan.Unescape(h.index)), "")
			if id, ok := parser.TraceID(); ok && id.IsTrace() && !id.Short() {
				seen = append(seen, sighting{id, l.Time})
			}
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.net.node().base.Host, err)
		}
		if len(seen) > 0 {
			return seen, nil
		}
	}
	return nil, nil
}
