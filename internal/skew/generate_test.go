package skew

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A world is how a generated trace is made. Shares are probabilities.
type world struct {
	size     int
	hosts    int
	services int
	skew     time64  // standard deviation of the clocks' offsets
	skewed   float64 // share of hosts that have one
	async    float64 // marked: producer and consumer
	unmarked float64 // fire and forget, marked as a call
	tails    float64 // servers that outlive their callers
	timeouts float64
	lost     float64 // spans that never arrived
	wan      time64  // extra one-way latency between hosts, up to
	podsOnly bool    // hosts are not named
	cloned   bool    // pairs of hosts have one ID
	length   time64  // the trace's, when it is longer than its calls
	driftPPM float64
	grain    time64
	noKinds  bool
	logging  bool
}

type time64 = int64

// A truth is a generated trace and what is true of it.
type truth struct {
	spans   []trace.Span
	logs    []trace.Log
	host    []int   // each span's true host
	start   []int64 // each span's true start
	logHost []int
	logTime []int64
	offset  []int64 // of each host's clock: observed = true + offset + drift
	drift   []float64
	begin   int64
}

const epoch = int64(1_700_000_000_000_000_000)

func scenario() world {
	return world{size: 82, hosts: 10, services: 25, skewed: 1, async: 0.15, tails: 0.15, grain: microsecond}
}

type pod struct {
	host int
	res  *trace.Resource
}

type builder struct {
	world
	truth
	rng  *rand.Rand
	pods [][]pod // by service
	next trace.SpanID
	end  []int64 // true ends
}

func (w world) generate(seed uint64) truth {
	b := &builder{world: w, rng: rand.New(rand.NewPCG(seed, 17))}
	b.begin = epoch
	for range w.hosts {
		var offset int64
		if b.rng.Float64() < w.skewed {
			offset = int64(b.rng.NormFloat64() * float64(w.skew))
		}
		b.offset = append(b.offset, offset/microsecond*microsecond)
		b.drift = append(b.drift, b.rng.NormFloat64()*w.driftPPM)
	}
	b.makePods()
	if w.length > 0 {
		b.longRoot()
	} else {
		for len(b.spans) < w.size*3/4 {
			b.reset()
			b.server(0, b.pick(0), epoch, 0)
		}
	}
	b.observe()
	return b.truth
}

func (b *builder) reset() {
	b.spans, b.host, b.start, b.end, b.logs, b.logHost, b.logTime = nil, nil, nil, nil, nil, nil, nil
}

func (b *builder) makePods() {
	for s := range b.services {
		var pods []pod
		for i := range 1 + b.rng.IntN(2) {
			host := b.rng.IntN(b.hosts)
			name := fmt.Sprintf("svc%02d-%d", s, i)
			o := trace.Origin{Service: fmt.Sprintf("svc%02d", s), Process: name, Pod: name}
			switch {
			case b.cloned:
				o.Host = fmt.Sprintf("host%02d", host/2)
			case !b.podsOnly:
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

func (b *builder) latency() int64 {
	d := b.between(75*microsecond, 225*microsecond)
	if b.rng.Float64() < 0.1 {
		d += int64(b.rng.ExpFloat64()*float64(millisecond)) / microsecond * microsecond
	}
	if b.wan > 0 {
		d += b.between(0, b.wan)
	}
	return d
}

func (b *builder) add(parent trace.SpanID, at pod, kind trace.Kind, start int64) int {
	b.next++
	b.spans = append(b.spans, trace.Span{ID: b.next, Parent: parent, Kind: kind, Resource: at.res})
	b.host = append(b.host, at.host)
	b.start = append(b.start, start)
	b.end = append(b.end, start)
	return len(b.spans) - 1
}

// server makes a server span and all that it calls, and returns when it answers.
func (b *builder) server(parent trace.SpanID, at pod, start int64, depth int) int64 {
	kind := trace.KindServer
	return b.serve(parent, at, kind, start, depth)
}

func (b *builder) serve(parent trace.SpanID, at pod, kind trace.Kind, start int64, depth int) int64 {
	i := b.add(parent, at, kind, start)
	now := start + b.between(50*microsecond, 2*millisecond)
	calls := b.rng.IntN(6) - depth/2
	for range calls {
		if len(b.spans) >= b.spanLimit() {
			break
		}
		now = b.call(b.spans[i].ID, at, now, depth+1)
		now += b.between(20*microsecond, 1*millisecond)
	}
	now += b.between(50*microsecond, 3*millisecond)
	b.end[i] = now
	if b.rng.Float64() < b.tails {
		b.end[i] += b.between(100*microsecond, 5*millisecond)
	}
	b.say(i)
	return now
}

func (b *builder) spanLimit() int { return b.size }

// call makes one call from a pod, and returns when the caller goes on.
func (b *builder) call(parent trace.SpanID, at pod, now int64, depth int) int64 {
	to := b.pick(b.rng.IntN(b.services))
	dice := b.rng.Float64()
	if dice < b.async {
		p := b.add(parent, at, trace.KindProducer, now)
		b.end[p] = now + b.between(50*microsecond, 300*microsecond)
		b.serve(b.spans[p].ID, to, trace.KindConsumer, now+b.latency()+b.between(0, 20*millisecond), depth)
		return b.end[p]
	}
	c := b.add(parent, at, trace.KindClient, now)
	arrives := now + b.latency()
	answered := b.server(b.spans[c].ID, to, arrives, depth)
	b.end[c] = answered + b.latency()
	switch dice = b.rng.Float64(); {
	case dice < b.unmarked:
		b.end[c] = arrives + b.latency() + b.between(50*microsecond, 500*microsecond)
	case dice < b.unmarked+b.timeouts:
		b.end[c] = now + (b.end[c]-now)/2/microsecond*microsecond
		b.spans[c].Status, b.spans[c].StatusMessage = trace.StatusError, "context deadline exceeded"
	}
	return b.end[c]
}

// longRoot makes many small call trees over a long time under one root.
func (b *builder) longRoot() {
	root := b.add(0, b.pick(0), trace.KindServer, epoch)
	limit := b.size
	for n := range 24 {
		b.size = len(b.spans) + limit/8
		b.call(b.spans[root].ID, b.pods[0][0], epoch+int64(n)*b.length/24+b.between(0, second), 1)
	}
	b.size = limit
	b.end[root] = epoch + b.length
}

// say makes a few logs of a span.
func (b *builder) say(i int) {
	if !b.logging {
		return
	}
	for range b.rng.IntN(3) {
		b.logs = append(b.logs, trace.Log{Span: b.spans[i].ID, Origin: b.spans[i].Resource.Origin})
		b.logHost = append(b.logHost, b.host[i])
		b.logTime = append(b.logTime, b.between(b.start[i], b.end[i]))
	}
}

// observe replaces true times by what the clocks showed, and loses spans.
func (b *builder) observe() {
	for i := range b.spans {
		h := b.host[i]
		b.spans[i].SetTimes(b.seen(h, b.start[i]), b.seen(h, b.end[i]))
		if b.noKinds {
			b.spans[i].Kind = trace.KindUnspecified
		}
	}
	for i := range b.logs {
		b.truth.logs[i].Time = b.seen(b.logHost[i], b.logTime[i])
	}
	kept := 0
	for i := range b.spans {
		if i > 0 && b.rng.Float64() < b.lost {
			continue
		}
		b.spans[kept], b.host[kept], b.start[kept] = b.spans[i], b.host[i], b.start[i]
		kept++
	}
	b.spans, b.host, b.start = b.spans[:kept], b.host[:kept], b.start[:kept]
}

func (b *builder) seen(host int, t int64) int64 {
	t += b.offset[host] + int64(float64(t-epoch)*b.drift[host]/1e6)
	return t / b.grain * b.grain
}

// correction returns the offset that would be right for a host at a true time.
func (t *truth) correction(host int, at int64) int64 {
	return -t.offset[host] - int64(float64(at-t.begin)*t.drift[host]/1e6)
}

// reference returns the correction that the reference clock's own error asks
// of all clocks: nobody can know it.
func (t *truth) reference(c *Clocks) func(int64) int64 {
	for i := range t.spans {
		if c.Span(i).Status == Reference && c.Span(i).Component == 0 {
			return func(at int64) int64 { return t.correction(t.host[i], at) }
		}
	}
	return func(int64) int64 { return 0 }
}

// score measures an estimate: the mean error of the clocks that stamped spans,
// in microseconds, after the best common shift; and the share of pairs of
// spans of different hosts, up to 10 ms apart, whose order is wrong.
func (t *truth) score(c *Clocks) (meanMicros, inverted float64) {
	var errs []float64
	done := make(map[int]bool)
	gauge := t.reference(c)
	for i := range t.spans {
		if h := t.host[i]; !done[h] || t.drift[h] != 0 {
			done[h] = true
			errs = append(errs, float64(c.Span(i).At(t.spans[i].Start)-t.correction(h, t.start[i])+gauge(t.start[i])))
		}
	}
	slices.Sort(errs)
	middle := errs[len(errs)/2]
	for _, e := range errs {
		meanMicros += math.Abs(e-middle) / float64(len(errs)) / 1000
	}
	pairs, wrong := 0, 0
	for i := range t.spans {
		for j := range t.spans {
			gap := t.start[j] - t.start[i]
			if t.host[i] == t.host[j] || gap <= 0 || gap > 10*millisecond {
				continue
			}
			pairs++
			a := t.spans[i].Start + c.Span(i).At(t.spans[i].Start)
			b := t.spans[j].Start + c.Span(j).At(t.spans[j].Start)
			if b < a {
				wrong++
			}
		}
	}
	return meanMicros, 100 * float64(wrong) / float64(max(pairs, 1))
}

// provenError sums, in microseconds, by how much the proven clocks of the first
// component are off the reference, and counts their spans.
func (t *truth) provenError(c *Clocks) (sum, spans float64) {
	gauge := t.reference(c)
	for i := range t.spans {
		k, at := c.Span(i), t.spans[i].Start
		if k.Component == 0 && (k.Status == Proven || k.Status == Reference) {
			sum += math.Abs(float64(k.At(at)-t.correction(t.host[i], t.start[i])+gauge(t.start[i]))) / 1000
			spans++
		}
	}
	return sum, spans
}
