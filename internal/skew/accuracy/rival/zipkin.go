package rival

import (
	"cmp"

	"github.com/otrace/otrace/internal/trace"
)

// Zipkin returns what Zipkin's correction adds to each span's times.
//
// Only a call shows skew: a server span whose parent is a client span at
// another address, and only when the server starts before the client and takes
// no longer than it. Then the server is moved to the client's middle, together
// with all below it, as far as the address stays the same.
//
// Zipkin compares addresses. What stands for one here is the pod's name, else
// the host's. Where no span has a kind, callers and callees at different
// addresses are taken for clients and servers, or it could do nothing at all.
func Zipkin(spans []trace.Span) []int64 {
	delta := make([]int64, len(spans))
	blind := !haveKinds(spans)
	grow(spans).walk(func(i, p int) {
		switch {
		case p < 0:
		case address(&spans[i]) == address(&spans[p]):
			delta[i] = delta[p]
		case blind || spans[p].Kind == trace.KindClient && spans[i].Kind == trace.KindServer:
			delta[i] = behind(&spans[i], spans[p].Start+delta[p], spans[p].Duration)
		}
	})
	return delta
}

// behind returns what brings a server that starts before its client to the
// client's middle.
func behind(server *trace.Span, start, duration int64) int64 {
	if server.Start >= start || server.Duration > duration {
		return 0
	}
	return start + (duration-server.Duration)/2 - server.Start
}

func address(s *trace.Span) string { return cmp.Or(s.Resource.Pod, s.Resource.Host) }

func haveKinds(spans []trace.Span) bool {
	for i := range spans {
		if spans[i].Kind != trace.KindUnspecified {
			return true
		}
	}
	return false
}
