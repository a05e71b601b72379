package scenario

import (
	"fmt"
	"math/rand/v2"

	"github.com/otrace/otrace/internal/trace"
)

// A pod is a process and the host that it truly runs on.
type pod struct {
	host int
	res  *trace.Resource
}

// A builder makes one trace, forwards in true time.
type builder struct {
	World
	Truth
	rng  *rand.Rand
	pods [][]pod // by service
	next trace.SpanID
	end  []int64 // true ends
}

// Generate makes the trace of that seed.
func (w World) Generate(seed uint64) Truth {
	b := &builder{World: w, rng: rand.New(rand.NewPCG(seed, 17))}
	b.Begin = Epoch
	for range w.Hosts {
		var offset int64
		skewed := b.rng.Float64() < w.Skewed
		if skewed {
			offset = int64(b.rng.NormFloat64() * float64(w.Skew))
		}
		drift := b.rng.NormFloat64() * w.DriftPPM
		if !skewed {
			drift = 0
		}
		b.Offset = append(b.Offset, offset/microsecond*microsecond)
		b.Drift = append(b.Drift, drift)
	}
	b.makePods()
	if w.Setup != nil {
		w.Setup(b)
	}
	switch {
	case w.Shape != nil:
		w.Shape(b)
	case w.Length > 0:
		b.longRoot()
	default:
		for len(b.Spans) < w.Size*3/4 {
			b.reset()
			b.serve(0, b.pick(0), trace.KindServer, Epoch, 0)
		}
	}
	b.observe()
	if w.After != nil {
		w.After(b)
	}
	return b.Truth
}

func (b *builder) reset() {
	b.Spans, b.Host, b.Start, b.end, b.Logs, b.LogHost, b.LogTime = nil, nil, nil, nil, nil, nil, nil
}

func (b *builder) makePods() {
	for s := range b.Services {
		var pods []pod
		for i := range 1 + b.rng.IntN(2) {
			host := b.rng.IntN(b.Hosts)
			name := fmt.Sprintf("svc%02d-%d", s, i)
			o := trace.Origin{Service: fmt.Sprintf("svc%02d", s), Process: name, Pod: name}
			switch {
			case b.Cloned:
				o.Host = fmt.Sprintf("host%02d", host/2)
			case !b.PodsOnly:
				o.Host = fmt.Sprintf("host%02d", host)
			}
			pods = append(pods, pod{host, &trace.Resource{Origin: o}})
		}
		b.pods = append(b.pods, pods)
	}
}

func (b *builder) pick(service int) pod {
	return b.pods[service][b.rng.IntN(len(b.pods[service]))]
}

// between returns a time between two, in whole microseconds.
func (b *builder) between(low, high int64) int64 {
	return (low + b.rng.Int64N(high-low+1)) / microsecond * microsecond
}

// latency is one way's: even, with a tail.
func (b *builder) latency() int64 {
	d := b.between(75*microsecond, 225*microsecond)
	if b.rng.Float64() < 0.1 {
		d += int64(b.rng.ExpFloat64()*float64(millisecond)) / microsecond * microsecond
	}
	if b.WAN > 0 {
		d += b.between(0, b.WAN)
	}
	if b.HeavyTail && b.rng.Float64() < 0.3 {
		d += min(b.pareto(), second)
	}
	return d
}

// pareto is a delay that is mostly small and sometimes enormous.
func (b *builder) pareto() int64 {
	return int64(float64(100*microsecond)/(1-b.rng.Float64())) / microsecond * microsecond
}

func (b *builder) add(parent trace.SpanID, at pod, kind trace.Kind, start int64) int {
	b.next++
	b.Spans = append(b.Spans, trace.Span{ID: b.next, Parent: parent, Kind: kind, Resource: at.res})
	b.Host = append(b.Host, at.host)
	b.Start = append(b.Start, start)
	b.end = append(b.end, start)
	return len(b.Spans) - 1
}

// serve makes the span of a call taken and all that it calls, and returns when
// it answers.
func (b *builder) serve(parent trace.SpanID, at pod, kind trace.Kind, start int64, depth int) int64 {
	i := b.add(parent, at, kind, start)
	now := start + b.between(50*microsecond, 2*millisecond)
	calls := b.rng.IntN(6) - depth/2
	for range calls {
		if len(b.Spans) >= b.Size {
			break
		}
		now = b.call(b.Spans[i].ID, at, now, depth+1)
		now += b.between(20*microsecond, 1*millisecond)
	}
	now += b.between(50*microsecond, 3*millisecond)
	b.end[i] = now
	if b.rng.Float64() < b.Tails {
		b.end[i] += b.between(100*microsecond, 5*millisecond)
	}
	b.say(i)
	return now
}

// call makes one call from a pod, and returns when the caller goes on.
func (b *builder) call(parent trace.SpanID, at pod, now int64, depth int) int64 {
	to := b.pick(b.rng.IntN(b.Services))
	dice := b.rng.Float64()
	if dice < b.Async {
		p := b.add(parent, at, trace.KindProducer, now)
		b.end[p] = now + b.between(50*microsecond, 300*microsecond)
		b.serve(b.Spans[p].ID, to, trace.KindConsumer, now+b.latency()+b.between(0, 20*millisecond), depth)
		return b.end[p]
	}
	c := b.add(parent, at, trace.KindClient, now)
	arrives := now + b.latency() + b.slow()
	answered := b.serve(b.Spans[c].ID, to, trace.KindServer, arrives, depth)
	b.end[c] = answered + b.latency()
	switch dice = b.rng.Float64(); {
	case dice < b.Unmarked:
		b.end[c] = arrives + b.latency() + b.between(50*microsecond, 500*microsecond)
	case dice < b.Unmarked+b.Timeouts:
		b.end[c] = now + (b.end[c]-now)/2/microsecond*microsecond
		b.Spans[c].Status, b.Spans[c].StatusMessage = trace.StatusError, "context deadline exceeded"
	}
	return b.end[c]
}

// longRoot makes many small call trees over a long time under one root.
func (b *builder) longRoot() {
	at := b.pick(0)
	root := b.add(0, at, trace.KindServer, Epoch)
	limit := b.Size
	for n := range 24 {
		b.Size = len(b.Spans) + limit/8
		b.call(b.Spans[root].ID, at, Epoch+int64(n)*b.Length/24+b.between(0, second), 1)
	}
	b.Size = limit
	b.end[root] = Epoch + b.Length
}

// say makes a few logs of a span.
func (b *builder) say(i int) {
	if !b.Logging {
		return
	}
	for range b.rng.IntN(3) {
		b.Logs = append(b.Logs, trace.Log{Span: b.Spans[i].ID, Origin: b.Spans[i].Resource.Origin})
		b.LogHost = append(b.LogHost, b.Host[i])
		b.LogTime = append(b.LogTime, b.between(b.Start[i], b.end[i]))
	}
}

// observe replaces true times by what the clocks showed, and loses spans.
func (b *builder) observe() {
	for i := range b.Spans {
		h := b.Host[i]
		b.Spans[i].SetTimes(b.seen(h, b.Start[i]), b.seen(h, b.end[i]))
		if b.NoKinds {
			b.Spans[i].Kind = trace.KindUnspecified
		}
	}
	for i := range b.Logs {
		b.Truth.Logs[i].Time = b.seen(b.LogHost[i], b.LogTime[i])
	}
	kept := 0
	for i := range b.Spans {
		if i > 0 && b.rng.Float64() < b.Lost {
			continue
		}
		b.Spans[kept], b.Host[kept], b.Start[kept] = b.Spans[i], b.Host[i], b.Start[i]
		kept++
	}
	b.Spans, b.Host, b.Start = b.Spans[:kept], b.Host[:kept], b.Start[:kept]
}

// seen returns what a host's clock showed at a true time.
func (b *builder) seen(host int, t int64) int64 {
	t += b.Offset[host] + int64(float64(t-Epoch)*b.Drift[host]/1e6) + b.faults(host, t)
	return t / b.Grain * b.Grain
}
