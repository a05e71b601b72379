package triage

import (
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// calleeOf is who a call was for, as the caller knows it; "" when it does not
// tell. An address without a name says less than anything else.
func calleeOf(s *trace.Span) string {
	host := trace.FindText(s.Attributes, "server.address", "net.peer.name", "network.peer.address")
	if name := trace.FindText(s.Attributes, "peer.service"); name != "" {
		return name
	}
	if host != "" && !isAddress(host) {
		return withoutPort(host)
	}
	if name := trace.FindText(s.Attributes, "rpc.service"); name != "" {
		return name
	}
	if system := trace.FindText(s.Attributes, "db.system.name", "db.system"); system != "" {
		if space := trace.FindText(s.Attributes, "db.namespace", "db.name"); space != "" {
			return system + " " + space
		}
		return system
	}
	if name := trace.FindText(s.Attributes, "messaging.destination.name", "messaging.destination"); name != "" {
		return name
	}
	if name := hostOf(trace.FindText(s.Attributes, "url.full", "http.url")); name != "" {
		return name
	}
	return host
}

// hostOf is the host in a URL, without its port.
func hostOf(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return withoutPort(rest[strings.LastIndexByte(rest, '@')+1:])
}

func withoutPort(host string) string {
	if at := strings.LastIndexByte(host, ':'); at > 0 && strings.IndexByte(host, ':') == at {
		return host[:at]
	}
	return host
}

// isAddress reports whether a host is an IP address rather than a name.
func isAddress(host string) bool {
	host = strings.Trim(host, "[]")
	if strings.Count(host, ":") > 1 {
		return true
	}
	host = withoutPort(host)
	for i := range len(host) {
		if c := host[i]; c != '.' && (c < '0' || c > '9') {
			return false
		}
	}
	return strings.Count(host, ".") == 3
}

// peerOf is a callee as all that are alike share it. A name that the caller
// gave is a service's and stays whole; a host's may be one of many.
func peerOf(s *trace.Span, callee string) string {
	if callee == trace.FindText(s.Attributes, "peer.service") {
		return callee
	}
	return alike(callee)
}

// alike is a host's name without what tells it from others that do the same:
// nothing of an address, db<*> of db17, cart-<*>-<*> of cart-7d9f8c-x2x9z.
func alike(host string) string {
	if isAddress(host) {
		return ""
	}
	var b strings.Builder
	several := false
	for rest := host; rest != ""; {
		end := strings.IndexAny(rest, ".-_: /")
		if end < 0 {
			end = len(rest)
		}
		part := withoutNumber(rest[:end], several)
		several = several || part != rest[:end]
		b.WriteString(part)
		if end < len(rest) {
			b.WriteByte(rest[end])
			end++
		}
		rest = rest[end:]
	}
	return b.String()
}

// withoutNumber is a part of a host's name with <*> for the number at its end,
// or for all of it where digits stand anywhere else, or stood before. What
// Kubernetes makes up has neither vowels nor always digits.
func withoutNumber(part string, several bool) string {
	const suffix, hash, letters = 5, 8, 4
	digit := strings.IndexAny(part, "0123456789")
	switch {
	case (several && len(part) == suffix || len(part) >= hash && (digit < 0 || digit >= letters)) && !strings.ContainsAny(part, "aeiouy"):
		return "<*>"
	case digit < 0:
		return part
	case several || strings.Trim(part[digit:], "0123456789") != "":
		return "<*>"
	}
	return part[:digit] + "<*>"
}
