package gather

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/otrace/otrace/internal/trace"
)

// technical are the words in the names of IDs that the machinery gives out:
// they say nothing about the customer's case.
var technical = []string{
	"trace", "span", "transaction", "parent", "process", "pid", "thread", "host", "container", "pod", "node", "instance", "cluster",
	"image", "machine", "device", "cloud", "faas", "k8s", "kubernetes", "telemetry", "agent", "net", "http", "rpc", "db", "connection",
	"goroutine", "log", "event", "ecs", "aws", "azure", "gcp", "build", "version", "worker", "partition", "broker", "client", "consumer",
	"messaging", "correlation", "request", "session", "scope", "exception", "code", "index", "batch", "user", "tenant", "docker",
}

// businessIDs are the conditions that a case's other traces fulfil, too: the
// values under names such as order.id or payment_id in the spans' attributes
// and in the logs' fields. The most used come first.
func businessIDs(ev *trace.Evidence) []trace.Condition {
	uses := map[trace.Condition]int{}
	spelled := map[trace.Condition]string{}
	note := func(key, value string) {
		if !isBusinessKey(key) || !isIDValue(value) {
			return
		}
		c := trace.Condition{Key: trace.Canonical(key), Value: value}
		uses[c]++
		if was, ok := spelled[c]; !ok || key < was {
			spelled[c] = key
		}
	}
	for i := range ev.Spans {
		for _, a := range ev.Spans[i].Attributes {
			note(a.Key, a.Value.Text())
		}
	}
	notesOfLogs(ev.Logs, note)
	list := make([]trace.Condition, 0, len(uses))
	for c := range uses {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b trace.Condition) int {
		return cmp.Or(cmp.Compare(uses[b], uses[a]), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value))
	})
	for i, c := range list {
		list[i].Key = spelled[c]
	}
	return list
}

// How much of the logs is read for business IDs: a case's are in its first
// lines, and not deep in them.
const (
	mostLogsRead = 1000
	mostNesting  = 5
)

// notesOfLogs reads the documents' fields, also those of JSON that was logged
// as text.
func notesOfLogs(logs []trace.Log, note func(key, value string)) {
	for i := range logs[:min(len(logs), mostLogsRead)] {
		if !logs[i].Damaged {
			notesOf(logs[i].Document, "", mostNesting, note)
		}
	}
}

func notesOf(document []byte, above string, depth int, note func(key, value string)) {
	var fields map[string]json.RawMessage
	if depth == 0 || json.Unmarshal(document, &fields) != nil {
		return
	}
	for key, raw := range fields {
		name := key
		if len(wordsOf(key)) == 1 && above != "" {
			name = above + "." + key // {"order":{"id":…}}
		}
		var text string
		switch {
		case raw[0] == '{':
			notesOf(raw, key, depth-1, note)
		case raw[0] != '"' || json.Unmarshal(raw, &text) != nil:
		case strings.HasPrefix(text, "{"):
			notesOf([]byte(text), "", depth-1, note)
		default:
			note(name, text)
		}
	}
}

// isBusinessKey reports whether a name ends in "id" and none of its words is
// technical.
func isBusinessKey(key string) bool {
	words := wordsOf(key)
	if len(words) < 2 || words[len(words)-1] != "id" {
		return false
	}
	return !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(technical, w) })
}

// wordsOf takes order.id, order_id and orderId apart, in lower case.
func wordsOf(key string) []string {
	var b strings.Builder
	lower := false
	for _, r := range key {
		if unicode.IsUpper(r) && lower {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		if r == '.' || r == '_' || r == '-' || r == '/' {
			r = ' '
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(b.String())
}

// isIDValue leaves out what is no ID but a number of things, and what no
// search could find.
func isIDValue(s string) bool {
	return len(s) >= 3 && len(s) <= 128 && strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, unicode.IsSpace)
}
