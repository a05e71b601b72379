package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mappings are the kinds in which clusters map logs: as they come; strings as
// keywords but for the lines; strings as text only; and as the templates of
// ECS, of OpenTelemetry and of Logstash have it.
var mappings = map[string]string{
	"dynamic": `{}`,
	"keyword": `{"date_detection":false,"dynamic_templates":[
		{"lines":{"match_mapping_type":"string","match_pattern":"regex","match":"^(message|Message|msg|log|body|Body|content|@m)$","mapping":{"type":"text"}}},
		{"strings":{"match_mapping_type":"string","mapping":{"type":"keyword","ignore_above":1024}}}],
		"properties":{"dd":{"properties":{"trace_id":{"type":"keyword"},"span_id":{"type":"keyword"}}}}}`,
	"text": `{"dynamic_templates":[{"strings":{"match_mapping_type":"string","mapping":{"type":"text"}}}]}`,
	"ecs": `{"date_detection":false,"dynamic_templates":[{"strings":{"match_mapping_type":"string","mapping":{"type":"keyword","ignore_above":1024}}}],
		"properties":{"@timestamp":{"type":"date"},"message":{"type":"LINES"},
		"error":{"properties":{"message":{"type":"LINES"},"stack_trace":{"type":"keyword","ignore_above":1024}}},
		"event":{"properties":{"original":{"type":"keyword","index":false,"doc_values":false}}},
		"trace":{"properties":{"id":{"type":"keyword","ignore_above":1024}}}}}`,
	"otel": `{"dynamic_templates":[{"strings":{"match_mapping_type":"string","mapping":{"type":"keyword","ignore_above":1024}}}],
		"properties":{"@timestamp":{"type":"date_nanos"},"observed_timestamp":{"type":"date_nanos"},"trace_id":{"type":"keyword"},"span_id":{"type":"keyword"},
		"trace":{"properties":{"id":{"type":"alias","path":"trace_id"}}},"span":{"properties":{"id":{"type":"alias","path":"span_id"}}},
		"severity_text":{"type":"keyword"},"severity_number":{"type":"long"},"body":{"properties":{"text":{"type":"LINES"}}}}}`,
	"logstash": `{"dynamic_templates":[
		{"message_field":{"path_match":"message","match_mapping_type":"string","mapping":{"type":"text","norms":false}}},
		{"string_fields":{"match":"*","match_mapping_type":"string","mapping":{"type":"text","norms":false,"fields":{"keyword":{"type":"keyword","ignore_above":256}}}}}],
		"properties":{"@timestamp":{"type":"date"},"@version":{"type":"keyword"}}}`,
	"nanos": `{"properties":{"@timestamp":{"type":"date_nanos"},"time":{"type":"date_nanos"}}}`,
}

// A corpusIndex holds the documents of a few producers whose fields do not
// contradict each other.
type corpusIndex struct {
	name      string
	mapping   string
	producers int
	fields    map[string]string // kinds of values by path
}

// producersPerIndex keeps the indices many and yet quickly made.
const producersPerIndex = 4

// place finds an index of its kind of mapping for each producer.
func (c *corpus) place(t *testing.T) {
	t.Helper()
	var all []*corpusIndex
	for i := range c.samples {
		p := c.samples[i].producer
		if c.indices[p] != nil {
			continue
		}
		fields := map[string]string{}
		var doc any
		if err := json.Unmarshal([]byte(c.samples[i].doc), &doc); err != nil {
			t.Fatalf("%s: %v: %s", p.name, err, c.samples[i].doc)
		}
		fieldKinds(fields, "", doc)
		at := slices.IndexFunc(all, func(index *corpusIndex) bool { return index.takes(p, fields) })
		if at < 0 {
			at = len(all)
			name := fmt.Sprintf("%s%s-%02d", c.prefix, p.mapping, at)
			if p == jaegerSpans {
				name = c.prefix + "jaeger-span-2024-05-01"
			}
			all = append(all, &corpusIndex{name: name, mapping: p.mapping, fields: map[string]string{}})
		}
		maps.Copy(all[at].fields, fields)
		all[at].producers++
		c.indices[p] = all[at]
	}
}

func (i *corpusIndex) takes(p *producer, fields map[string]string) bool {
	if i.mapping != p.mapping || i.producers == producersPerIndex || p == jaegerSpans {
		return false
	}
	for path, kind := range fields {
		if had := i.fields[path]; had != "" && had != kind {
			return false
		}
	}
	return true
}

var isDate = regexp.MustCompile(`^\d{4}-\d\d-\d\dT`)

// fieldKinds notes what kind of value stands under each path; a dotted key is
// a path itself.
func fieldKinds(kinds map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			for at := range key {
				if key[at] == '.' {
					kinds[path+key[:at]] = "object"
				}
			}
			fieldKinds(kinds, path+key+".", value)
		}
		kinds[strings.TrimSuffix(path, ".")] = "object"
	case []any:
		for _, value := range v {
			fieldKinds(kinds, path, value)
		}
	case string:
		kinds[strings.TrimSuffix(path, ".")] = "text"
		if isDate.MatchString(v) {
			kinds[strings.TrimSuffix(path, ".")] = "date"
		}
	case nil:
	default:
		kinds[strings.TrimSuffix(path, ".")] = fmt.Sprintf("%T", v)
	}
}

// distinct is the indices, each once.
func (c *corpus) distinct() []*corpusIndex {
	set := map[*corpusIndex]bool{}
	for _, index := range c.indices {
		set[index] = true
	}
	return slices.Collect(maps.Keys(set))
}
