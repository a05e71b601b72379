package triage

import (
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// measured reports whether a value is no name that spans can share.
func measured(v trace.Value) bool {
	return v.Type == trace.TypeDouble || v.Type == trace.TypeBytes || v.Type == trace.TypeEmpty
}

// tells reports whether a key may tell failing spans from healthy ones: it
// neither defines the group, nor comes of failing, nor is a measure or a name of
// the one span, process or moment.
func tells(key string) bool {
	key = strings.ToLower(key)
	switch {
	case under(key, "error", "exception", "otel", "http.response", "thread", "rpc.response", "sampler", "sampling", "internal"):
		return false
	case slices.Contains([]string{
		"service.name", "span.kind", "status", "process.pid", "process.parent_pid", "process.command_line",
		"process.command_args", "http.status_code", "http.status_text", "code.lineno", "code.line.number", "code.stacktrace",
	}, key):
		return false
	}
	return !measures(key)
}

// under reports whether a key is one of these or lies beneath it.
func under(key string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		rest, ok := strings.CutPrefix(key, root)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '_')
	})
}

// measures reports whether a key's last word is that of an outcome, a quantity,
// a moment or a span's own name: http.response.body.size, elapsed_ms, trace_id.
func measures(key string) bool {
	words := strings.FieldsFunc(key, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	if len(words) == 0 {
		return true
	}
	last := words[len(words)-1]
	if len(words) > 1 {
		switch words[len(words)-2] + " " + last {
		case "status code", "status message", "trace id", "span id", "request id", "message id", "correlation id", "resend count":
			return true
		}
	}
	return slices.Contains([]string{
		"duration", "latency", "elapsed", "ms", "ns", "us", "millis", "seconds", "time", "timestamp", "at",
		"size", "length", "bytes", "count", "offset", "attempt", "attempts", "retries",
		"statuscode", "traceid", "spanid", "requestid", "traceparent",
	}, last)
}

// howTelling orders keys by how much they tell who reads them, the most telling first:
// what was deployed, where it runs, what was asked for and for whom; then all
// else; and at last what only names one copy of a process.
func howTelling(key string) int {
	key = strings.ToLower(key)
	order := [][]string{
		{"service.version"},
		{"deployment.version", "version", "image.tag", "image.tags", "image.name", "commit", "revision", "build"},
		{"feature_flag", "feature"},
		{"host.name", "node.name", "hostname", "host"},
		{"zone", "availability_zone", "region", "cluster.name", "environment", "environment.name"},
		{"http.route", "route", "http.target", "url.path"},
		{"tenant", "tenant.id", "customer", "customer.id", "user.id", "account.id"},
	}
	copies := []string{"pod.name", "pod.uid", "pod.ip", "container.id", "container.name", "instance.id", "replicaset.name", "host.id", "host.ip", "ip", "node.uid"}
	for i, names := range order {
		if endsIn(key, names) {
			return i
		}
	}
	if endsIn(key, copies) {
		return len(order) + 1
	}
	return len(order)
}

// endsIn reports whether a key is one of these names, or ends in one.
func endsIn(key string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		rest, ok := strings.CutSuffix(key, name)
		return ok && (rest == "" || strings.HasSuffix(rest, ".") || strings.HasSuffix(rest, "_"))
	})
}
