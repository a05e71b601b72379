package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// around is how long before and after a trace its logs are looked for: clocks
// differ, and logs arrive late.
const around = 15 * time.Minute

// hyperlink is what stands around a text that a terminal opens on a click
// (OSC 8): nothing where there is no address. Only visible ASCII gets through,
// whatever the address was made of, so nothing in it can end the sequence.
func hyperlink(address string) paint {
	if address == "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return paint{}
	}
	return paint{"\x1b]8;;" + address + "\x1b\\", "\x1b]8;;\x1b\\"}
}

// traceLink leads to the trace in Jaeger's UI.
func (h *head) traceLink() paint {
	if !h.style.Links {
		return paint{}
	}
	return hyperlink(h.tracePage())
}

// tracePage is the trace's address in Jaeger's UI, "" where there is none.
func (h *head) tracePage() string { return pageOf(h.tl.ID, h.style) }

// pageOf is a trace's address in Jaeger's UI, "" where there is none.
func pageOf(id trace.ID, style Style) string {
	if style.JaegerUI == "" || !id.IsTrace() {
		return ""
	}
	return strings.TrimRight(style.JaegerUI, "/") + "/trace/" + id.String()
}

// logsLink leads to the logs in Kibana's Discover.
func (h *head) logsLink() paint {
	if !h.style.Links {
		return paint{}
	}
	return hyperlink(h.logsPage())
}

// logsPage is the address of the trace's logs in Kibana, "" where there is none.
func (h *head) logsPage() string {
	if h.style.Kibana == "" || h.tl.Counts.Logs == 0 {
		return ""
	}
	return strings.TrimRight(h.style.Kibana, "/") + "/app/discover#/?" + h.discoverTime() +
		"_a=(query:(language:kuery,query:'" + percent(rison.Replace(discoverQuery(h.tl.ID))) + "'))"
}

// discoverTime is the time of the trace and around it, for Discover.
func (h *head) discoverTime() string {
	if h.tl.Start == trace.NoTime {
		return ""
	}
	const layout = "2006-01-02T15:04:05.000Z"
	start := time.Unix(0, h.tl.Start).UTC()
	from, to := start.Add(-around), start.Add(time.Duration(h.tl.Duration)).Add(around)
	return fmt.Sprintf("_g=(time:(from:'%s',to:'%s'))&", from.Format(layout), to.Format(layout))
}

// discoverQuery finds the logs that name an ID, in Kibana's query language. An
// ID of 64 bits is written in two widths.
func discoverQuery(id trace.ID) string {
	query := kuery.Replace(id.String())
	if id.IsTrace() && id.Hi == 0 {
		return `"` + query + `" or "` + query[16:] + `"`
	}
	return `"` + query + `"`
}

// What escapes a text within quotes, in Kibana's query language and in the
// notation of its addresses.
var (
	kuery = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	rison = strings.NewReplacer(`!`, `!!`, `'`, `!'`)
)

// percent escapes every byte that is no digit and no letter, but those that
// are harmless wherever they stand.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if isPlain(s[i]) {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

func isPlain(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '.' || c == '_' || c == '~'
}
