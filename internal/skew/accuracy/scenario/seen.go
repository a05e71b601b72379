package scenario

import (
	"fmt"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// What machines, exporters and collectors do to what was true.

const (
	hour = 60 * minute
	day  = 24 * hour
)

// all does several things one after the other.
func all(list ...func(*builder)) func(*builder) {
	return func(b *builder) {
		for _, f := range list {
			f(b)
		}
	}
}

// odd gives one host, the seed's, an offset of its own.
func odd(by int64) func(*builder) {
	return func(b *builder) { b.Offset[b.rng.IntN(b.Hosts)] = by }
}

// stranger adds a host that runs none of the services, with an offset that is
// anywhere up to a limit.
func stranger(limit int64) func(*builder) {
	return func(b *builder) {
		b.Offset = append(b.Offset, b.between(-limit, limit)/millisecond*millisecond)
		b.Drift = append(b.Drift, 0)
	}
}

// half sets the clocks of half of the hosts off alike.
func half(by int64) func(*builder) {
	return func(b *builder) {
		for h := range b.Hosts / 2 {
			b.Offset[h] = by
		}
	}
}

// everywhere sets all clocks off alike.
func everywhere(by int64) func(*builder) {
	return func(b *builder) {
		for h := range b.Offset {
			b.Offset[h] = by
		}
	}
}

// at sets one host's clock to a moment, as a machine without a battery does.
func at(year int) func(*builder) {
	return func(b *builder) {
		now := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
		b.Offset[b.rng.IntN(b.Hosts)] = now + b.between(second, minute) - Epoch
	}
}

// oneDrifts lets one host's clock drift, and no other.
func oneDrifts(ppm float64) func(*builder) {
	return func(b *builder) { b.Drift[b.rng.IntN(b.Hosts)] = ppm }
}

// fault lets one host's clock fail at some time in the trace's first stretch.
func fault(by, over, within int64) func(*builder) {
	return func(b *builder) {
		b.Faults = append(b.Faults, Fault{Host: b.rng.IntN(b.Hosts), At: Epoch + b.between(within/5, within), Over: over, By: by})
	}
}

// rename changes what each process says of itself.
func rename(change func(o *trace.Origin, host int)) func(*builder) {
	return func(b *builder) {
		for _, pods := range b.pods {
			for _, p := range pods {
				change(&p.res.Origin, p.host)
			}
		}
	}
}

// golden is an image that every machine was made from, its ID included.
func golden(o *trace.Origin, _ int) { o.Host = "6c84fb90" }

// container is a name of the host that is the container's own.
func container(o *trace.Origin, _ int) { o.Host = o.Pod }

// bare is a program that says no more than what service it is.
func bare(o *trace.Origin, _ int) { *o = trace.Origin{Service: o.Service} }

// equal is many processes of one name on every host.
func equal(o *trace.Origin, _ int) { *o = trace.Origin{Service: "worker", Host: o.Host} }

// single leaves each service one pod, so that its name tells its clock.
func single(b *builder) {
	for s := range b.pods {
		b.pods[s] = b.pods[s][:1]
	}
}

// functions give every span of a server an instance of its own.
func functions(b *builder) {
	own := make(map[trace.SpanID]*trace.Resource)
	for i := range b.Spans {
		s := &b.Spans[i]
		switch r := own[s.Parent]; {
		case (s.Kind == trace.KindClient || s.Kind == trace.KindProducer) && r != nil:
			s.Resource = r
		default:
			s.Resource = &trace.Resource{Origin: trace.Origin{Service: s.Resource.Service, Process: fmt.Sprintf("i-%03d", i)}}
		}
		own[s.ID] = s.Resource
	}
}

// moved is a pod of one name that starts anew on another host.
func moved(b *builder) {
	for s := range b.pods {
		for i := range b.pods[s] {
			o := &b.pods[s][i].res.Origin
			o.Pod = fmt.Sprintf("svc%02d-0", s)
			o.Host = ""
		}
	}
}

// keep drops the spans that are not wanted.
func (b *builder) keep(wanted func(i int) bool) {
	n := 0
	for i := range b.Spans {
		if wanted(i) {
			b.Spans[n], b.Host[n], b.Start[n] = b.Spans[i], b.Host[i], b.Start[i]
			n++
		}
	}
	b.Spans, b.Host, b.Start = b.Spans[:n], b.Host[:n], b.Start[:n]
}

// without drops all spans of one kind: their children become their parents'.
func without(kinds ...trace.Kind) func(*builder) {
	return func(b *builder) {
		up := make(map[trace.SpanID]trace.SpanID)
		gone := func(i int) bool {
			for _, k := range kinds {
				if b.Spans[i].Kind == k && b.Spans[i].Parent != 0 {
					return true
				}
			}
			return false
		}
		for i := range b.Spans { // parents come first
			s := &b.Spans[i]
			if p, ok := up[s.Parent]; ok {
				s.Parent = p
			}
			if gone(i) {
				up[s.ID] = s.Parent
			}
		}
		b.keep(func(i int) bool { return !gone(i) })
	}
}

// monotonic measures durations by a clock that no one sets.
func monotonic(b *builder) {
	for i := range b.Spans {
		b.Spans[i].SetTimes(b.Spans[i].Start, b.Spans[i].Start+b.end[i]-b.Start[i])
	}
}

// anchored ties the spans of every other service to the whole millisecond in
// which their process's first span began, as Java's and JavaScript's SDKs do.
func anchored(b *builder) {
	by := make(map[trace.SpanID]int64)
	res := make(map[trace.SpanID]*trace.Resource)
	for i := range b.Spans { // parents come first
		s := &b.Spans[i]
		cut := s.Start % millisecond
		if res[s.Parent] == s.Resource {
			cut = by[s.Parent]
		}
		if s.Resource.Service[len(s.Resource.Service)-1]%2 == 0 {
			s.Start -= cut
		}
		by[s.ID], res[s.ID] = cut, s.Resource
	}
}

// truncated cuts starts to whole milliseconds and leaves durations as they are.
func truncated(b *builder) {
	for i := range b.Spans {
		b.Spans[i].Start -= b.Spans[i].Start % millisecond
	}
}

// huge makes some durations absurd: negative, or of years.
func huge(b *builder) {
	for i := range b.Spans {
		s := &b.Spans[i]
		switch b.rng.IntN(20) {
		case 0:
			s.SetTimes(s.Start, s.Start-s.Duration)
		case 1:
			s.SetTimes(s.Start, s.Start+3000*day)
		case 2:
			s.SetTimes(s.Start, s.Start)
		}
	}
}

// logsBy lets the last machine stamp all logs: named says whether they tell.
func logsBy(named bool) func(*builder) {
	return func(b *builder) {
		h := len(b.Offset) - 1
		for i := range b.Logs {
			b.LogHost[i] = h
			b.Logs[i].Time = b.seen(h, b.LogTime[i])
			if named {
				b.Logs[i].Origin = trace.Origin{Service: b.Logs[i].Origin.Service, Host: fmt.Sprintf("host%02d", h)}
			}
		}
	}
}

// nodesInLogs names machines in the logs alone.
func nodesInLogs(b *builder) {
	for i := range b.Logs {
		b.Logs[i].Origin.Host = fmt.Sprintf("host%02d", b.LogHost[i])
	}
}

// wrongZone sets a share of some services' logs off by a time zone.
func wrongZone(by int64, share float64) func(*builder) {
	return func(b *builder) {
		for i := range b.Logs {
			s := b.Logs[i].Origin.Service
			if s[len(s)-1]%3 == 0 && b.rng.Float64() < share {
				b.Logs[i].Time += by
			}
		}
	}
}

// late stamps logs when they come in.
func late(by int64) func(*builder) {
	return func(b *builder) {
		for i := range b.Logs {
			b.Logs[i].Time += b.between(0, by)
		}
	}
}

// coarseLogs tell whole seconds only.
func coarseLogs(b *builder) {
	for i := range b.Logs {
		b.Logs[i].Time -= b.Logs[i].Time % second
	}
}

// hasty lets the callers of some services go on before they are answered, most
// of the time, though the calls look like any other; blind ones do not even
// wait for the callee to start.
func hasty(share float64, blind bool) func(*builder) {
	return func(b *builder) {
		at := make(map[trace.SpanID]int)
		for i := range b.Spans {
			s := &b.Spans[i]
			at[s.ID] = i
			p, ok := at[s.Parent]
			name := s.Resource.Service
			if !ok || s.Kind != trace.KindServer || name[len(name)-1]%3 != 0 || b.rng.Float64() >= share {
				continue
			}
			wait := b.between(300*microsecond, 900*microsecond)
			if arrives := b.Start[i] - b.Start[p]; blind {
				wait = min(wait, arrives/2/microsecond*microsecond)
			} else {
				wait += arrives
			}
			b.Spans[p].Duration = min(b.Spans[p].Duration, wait)
		}
	}
}
