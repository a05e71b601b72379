package es

import (
	"net/url"
	"slices"
	"strings"
)

// idPatterns are the names under which IDs are stored. They begin with the
// only wildcard: Elasticsearch 8 turns all of them into one automaton, and
// refuses the effort when wildcards stand in the middle. What a text field
// repeats as .keyword need not be asked again.
var idPatterns = []string{
	"*trace.id", "*trace_id", "*trace-id", "*traceid", "*traceId", "*traceID", "*TraceId", "*TraceID", "*TRACE_ID",
	"*raceparent", "*raceParent", "*race_parent", "*trace-header", "*traceId-header", "*ctx-trace", "trace", "@tr", "b3", "*/trace",
	"*orrelationId", "*orrelationID", "*orrelation_id", "*orrelation.id", "*orrelation-id", "*orrelation-Id", "*orrelationid",
	"*equestId", "*equestID", "*equest_id", "*equest.id", "*equest-id", "*equest-Id", "*req.id", "*req_id", "*reqId",
	"*ransaction.id", "*ransactionId", "*ransaction_id", "trace_id.*", "traceId.*",
	"*race_ID", "*race_Id", "*race-Id", "*RACEID", "*raceIdentifier", "*race_identifier", "*orrelation", "*lowId", "*allId", "*onversationId",
	"*race-ID", "*orrelation-ID", "*equest-ID", "*CORRELATION_ID", "*REQUEST_ID", "*peration_Id", "*perationId",
}

// otherIDs are short names that some teams have for the ID, and others for
// something else: a value that equals the ID is what it is.
var otherIDs = []string{"tid", "TID", "cid", "rid", "uuid", "guid", "sw8", "B3", "logId", "x_trace", "X-Trace", "*ctivityId", "*race_context.id", "*.trace"}

func isOtherID(name string) bool {
	return slices.ContainsFunc(otherIDs, func(p string) bool { return simpleMatch(p, strings.TrimSuffix(name, ".keyword")) })
}

// textPatterns are the names of what people read.
var textPatterns = []string{
	"*essage", "*msg", "*Msg", "MSG", "MESSAGE", "log", "*.log", "body", "Body", "body.*", "*text", "*original",
	"textPayload", "@m", "@x", "*stack_trace", "*stacktrace", "stack", "*xception",
	"*content", "*payload", "data", "details", "description", "error", "err", "event", "line", "raw",
}

// rootPatterns are objects that may be mapped as flattened, which answers for
// all its keys at once while none of them is a field.
var rootPatterns = []string{"labels", "attributes", "fields", "mdc", "contextMap", "context", "json", "log_processed", "resource", "tags", "extra", "metadata", "meta", "properties", "headers", "MDC", "payload", "*.labels", "*.attributes"}

func isRoot(name string) bool {
	return slices.ContainsFunc(rootPatterns, func(p string) bool { return simpleMatch(p, name) })
}

// isTextName reports whether the field was asked for as text: rootPatterns and
// idPatterns bring others along.
func isTextName(name string) bool {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".keyword"), ".raw")
	return slices.ContainsFunc(textPatterns, func(p string) bool { return simpleMatch(p, name) })
}

// isMessage reports whether a field of this name is where logs keep their line.
func isMessage(name string) bool {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "message", "Message", "MESSAGE", "@message", "msg", "log", "body", "Body", "text", "@m":
		return true
	}
	return false
}

// isSubfield reports whether a keyword merely repeats a text field.
func isSubfield(name string) bool {
	return strings.HasSuffix(name, ".keyword") || strings.HasSuffix(name, ".raw")
}

// simpleMatch is Elasticsearch's own: only * is special.
func simpleMatch(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, parts[last])
}

// jaegers is how many of notLogs, at their beginning, are Jaeger's.
const jaegers = 3

// notLogs are the indices that carry trace IDs without being logs, and those
// that the cluster keeps for itself.
var notLogs = []string{
	"-*jaeger-span*", "-*jaeger-service*", "-*jaeger-dependencies*", "-traces-*", "-apm-*", "-metrics-*",
	"-.kibana*", "-.security*", "-.monitoring*", "-.internal*", "-.opensearch*", "-.opendistro*", "-.plugins*",
}

// indexPatterns is where to look: by default everywhere but in notLogs. Jaeger's
// own indices are left out of the user's patterns too, unless one names them.
// Exclusions alone are from everywhere.
func indexPatterns(asked []string) []string {
	if len(asked) > 0 && len(positive(asked)) == 0 {
		return slices.Concat([]string{"*"}, notLogs, asked)
	}
	if len(asked) == 0 || slices.Equal(asked, []string{"*"}) || slices.Equal(asked, []string{"_all"}) {
		return append([]string{"*"}, notLogs...)
	}
	all := strings.Join(asked, ",")
	if !strings.Contains(all, "*") || strings.Contains(all, "jaeger") {
		return slices.Clone(asked)
	}
	return append(slices.Clone(asked), notLogs[:jaegers]...)
}

// escaped makes index patterns fit for a URL's path.
func escaped(patterns []string) []string {
	out := make([]string, len(patterns))
	for i, p := range patterns {
		out[i] = url.PathEscape(p)
	}
	return out
}

// maxPath keeps requests under the 4,096 bytes that Elasticsearch allows a URL.
const maxPath = 2500

// splitPatterns makes as few lists of patterns as fit into URLs, each with all
// exclusions.
func splitPatterns(patterns []string) [][]string {
	var not []string
	room := maxPath
	for _, p := range patterns {
		if strings.HasPrefix(p, "-") {
			not = append(not, p)
			room -= len(url.PathEscape(p)) + 1
		}
	}
	var batches [][]string
	var batch []string
	size := 0
	for _, p := range positive(patterns) {
		n := len(url.PathEscape(p)) + 1
		if size+n > room && len(batch) > 0 {
			batches = append(batches, append(batch, not...))
			batch, size = nil, 0
		}
		batch, size = append(batch, p), size+n
	}
	return append(batches, append(batch, not...))
}

// positive is the patterns without the exclusions.
func positive(patterns []string) []string {
	return slices.DeleteFunc(slices.Clone(patterns), func(p string) bool { return strings.HasPrefix(p, "-") })
}
