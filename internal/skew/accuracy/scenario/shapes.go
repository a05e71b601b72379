package scenario

import "github.com/otrace/otrace/internal/trace"

// Shapes of traces beyond the usual tree of calls.

const minute = 60 * second

// begin is when a trace begins: not on a whole millisecond, as only coarse
// clocks do.
func (b *builder) begin() int64 { return Epoch + b.between(0, millisecond) }

// leaf is a span that calls nothing.
func (b *builder) leaf(parent trace.SpanID, at pod, kind trace.Kind, start, end int64) int {
	i := b.add(parent, at, kind, start)
	b.end[i] = end
	b.say(i)
	return i
}

// ask makes a call that is answered after a time of work, and returns when the
// caller goes on.
func (b *builder) ask(parent trace.SpanID, from, to pod, now, work int64) int64 {
	c := b.add(parent, from, trace.KindClient, now)
	arrives := now + b.latency() + b.slow()
	s := b.leaf(b.Spans[c].ID, to, trace.KindServer, arrives, arrives+work)
	b.end[c] = b.end[s] + b.latency()
	return b.end[c]
}

// slow is what requests take longer than answers.
func (b *builder) slow() int64 {
	if b.Slow == 0 {
		return 0
	}
	return b.between(b.Slow/2, b.Slow)
}

// star is one service that calls all others, one after another.
func star(b *builder) {
	at := b.pick(0)
	root := b.add(0, at, trace.KindServer, b.begin())
	now := b.Start[root]
	for s := range b.Size / 2 {
		now = b.ask(b.Spans[root].ID, at, b.pick(1+s%(b.Services-1)), now+b.between(20*microsecond, millisecond), b.between(50*microsecond, 5*millisecond))
	}
	b.end[root] = now + b.between(50*microsecond, millisecond)
}

// busy is one root under which calls of the usual kind follow one another.
func busy(b *builder) {
	at := b.pick(0)
	root := b.add(0, at, trace.KindServer, b.begin())
	now, limit := b.Start[root], b.Size
	for len(b.Spans) < limit {
		b.Size = min(len(b.Spans)+60, limit)
		now = b.call(b.Spans[root].ID, at, now+b.between(20*microsecond, millisecond), 1)
	}
	b.Size, b.end[root] = limit, now+50*microsecond
}

// fanOut is one service that calls all others at once.
func fanOut(b *builder) {
	at := b.pick(0)
	root := b.add(0, at, trace.KindServer, b.begin())
	for s := range b.Size / 2 {
		now := b.Start[root] + b.between(20*microsecond, millisecond)
		now = b.ask(b.Spans[root].ID, at, b.pick(1+s%(b.Services-1)), now, b.between(50*microsecond, 5*millisecond))
		b.end[root] = max(b.end[root], now+50*microsecond)
	}
}

// chain is every service calling one other.
func chain(b *builder) {
	var open []int
	parent, now := trace.SpanID(0), b.begin()
	at := b.pick(0)
	for hop := range b.Size / 2 {
		i := b.add(parent, at, trace.KindServer, now)
		now += b.between(50*microsecond, 2*millisecond)
		c := b.add(b.Spans[i].ID, at, trace.KindClient, now)
		open = append(open, i, c)
		now += b.latency() + b.slow()
		parent, at = b.Spans[c].ID, b.pick((hop+1)%b.Services)
	}
	last := b.leaf(parent, at, trace.KindServer, now, now+b.between(50*microsecond, 2*millisecond))
	now = b.end[last]
	for n := len(open) - 1; n > 0; n -= 2 {
		now += b.latency()
		b.end[open[n]] = now
		now += b.between(50*microsecond, millisecond)
		b.end[open[n-1]] = now
		b.say(open[n-1])
	}
}

// page is a browser that loads a page: it calls several services, and its clock
// is its owner's. It is the last host.
func page(b *builder) {
	user := pod{len(b.Offset) - 1, &trace.Resource{Origin: trace.Origin{Service: "browser"}}}
	root := b.add(0, user, trace.KindInternal, b.begin())
	now := b.Start[root]
	for len(b.Spans) < b.Size {
		now += b.between(100*microsecond, 5*millisecond)
		c := b.add(b.Spans[root].ID, user, trace.KindClient, now)
		way := b.between(10*millisecond, 60*millisecond)
		now = b.serve(b.Spans[c].ID, b.pick(b.rng.IntN(3)), trace.KindServer, now+way, 1) + way + b.latency()
		b.end[c] = now
	}
	b.end[root] = now + millisecond
}

// queue is a producer whose messages many consumers take, some time later.
func queue(later int64) func(*builder) {
	return func(b *builder) {
		at := b.pick(0)
		root := b.add(0, at, trace.KindServer, b.begin())
		now := b.Start[root]
		for len(b.Spans) < b.Size {
			now += b.between(20*microsecond, millisecond)
			p := b.leaf(b.Spans[root].ID, at, trace.KindProducer, now, now+b.between(50*microsecond, 300*microsecond))
			for range 1 + b.rng.IntN(3) {
				b.serve(b.Spans[p].ID, b.pick(1+b.rng.IntN(b.Services-1)), trace.KindConsumer, now+b.latency()+b.between(0, later), 3)
			}
		}
		b.end[root] = now + millisecond
	}
}

// batches are consumers that take many messages at once and name them by links
// alone.
func batches(b *builder) {
	root := b.add(0, b.pick(0), trace.KindInternal, b.begin())
	now := b.Start[root]
	for len(b.Spans) < b.Size {
		var links []trace.Link
		for range 2 + b.rng.IntN(6) {
			at := b.pick(b.rng.IntN(b.Services))
			now += b.between(20*microsecond, millisecond)
			p := b.leaf(b.Spans[root].ID, at, trace.KindProducer, now, now+b.between(50*microsecond, 300*microsecond))
			links = append(links, trace.Link{Span: b.Spans[p].ID})
		}
		first := len(b.Spans)
		b.serve(0, b.pick(b.rng.IntN(b.Services)), trace.KindConsumer, now+b.latency()+b.between(0, 20*millisecond), 3)
		b.Spans[first].Links = links
	}
	b.end[root] = now
}

// jobs are started by nobody that waits for them: each has only a parent, and
// no kind.
func jobs(later int64) func(*builder) {
	return func(b *builder) {
		at := b.pick(0)
		parent, now := trace.SpanID(0), b.begin()
		for len(b.Spans) < b.Size {
			i := b.add(parent, at, trace.KindInternal, now)
			if b.rng.Float64() < 0.7 {
				b.ask(b.Spans[i].ID, at, b.pick(b.rng.IntN(b.Services)), now, b.between(50*microsecond, 5*millisecond))
			}
			b.end[i] = now + b.between(millisecond, 20*millisecond)
			b.say(i)
			parent, at = b.Spans[i].ID, b.pick(b.rng.IntN(b.Services))
			now = b.end[i] + b.between(0, later)
		}
	}
}

// streams are calls whose callees go on for long after the caller has what it
// asked for.
func streams(b *builder) {
	at := b.pick(0)
	root := b.add(0, at, trace.KindServer, b.begin())
	now := b.Start[root]
	for len(b.Spans) < b.Size {
		to := b.pick(1 + b.rng.IntN(b.Services-1))
		c := b.add(b.Spans[root].ID, at, trace.KindClient, now)
		arrives := now + b.latency()
		s := b.leaf(b.Spans[c].ID, to, trace.KindServer, arrives, arrives+b.between(millisecond, 200*millisecond))
		b.end[c] = arrives + b.latency() + b.between(50*microsecond, 20*millisecond)
		if b.rng.Float64() < 0.3 {
			b.end[c] = b.end[s] + b.latency()
		}
		now += b.between(20*microsecond, 2*millisecond)
	}
	b.end[root] = now + 20*millisecond
}

// mesh is calls through the proxies beside each service.
func mesh(b *builder) {
	proxies := make(map[string]pod)
	beside := func(at pod) pod {
		name := at.res.Pod
		if _, ok := proxies[name]; !ok {
			o := at.res.Origin
			o.Service, o.Process = o.Service+".proxy", ""
			proxies[name] = pod{at.host, &trace.Resource{Origin: o}}
		}
		return proxies[name]
	}
	var call func(parent trace.SpanID, at pod, now int64, depth int) int64
	call = func(parent trace.SpanID, at pod, now int64, depth int) int64 {
		to := b.pick(b.rng.IntN(b.Services))
		hop := func() int64 { return b.between(5*microsecond, 30*microsecond) }
		c := b.add(parent, at, trace.KindClient, now)
		out := b.add(b.Spans[c].ID, beside(at), trace.KindClient, now+hop())
		in := b.add(b.Spans[out].ID, beside(to), trace.KindServer, b.Start[out]+b.latency())
		s := b.add(b.Spans[in].ID, to, trace.KindServer, b.Start[in]+hop())
		t := b.Start[s] + b.between(50*microsecond, 3*millisecond)
		for range b.rng.IntN(4) - depth/2 {
			if len(b.Spans) < b.Size {
				t = call(b.Spans[s].ID, to, t, depth+1) + b.between(20*microsecond, millisecond)
			}
		}
		b.end[s] = t
		b.end[in] = t + hop()
		b.end[out] = b.end[in] + b.latency()
		b.end[c] = b.end[out] + hop()
		b.say(s)
		return b.end[c]
	}
	at := b.pick(0)
	root := b.add(0, at, trace.KindServer, b.begin())
	now := b.Start[root]
	for len(b.Spans) < b.Size {
		now = call(b.Spans[root].ID, at, now+b.between(20*microsecond, millisecond), 1)
	}
	b.end[root] = now + millisecond
}

// databases are programs whose only calls go to what makes no spans.
func databases(b *builder) {
	at := b.pick(0)
	root := b.add(0, at, trace.KindServer, b.begin())
	now := b.Start[root]
	for len(b.Spans) < b.Size {
		to := b.pick(b.rng.IntN(b.Services))
		c := b.add(b.Spans[root].ID, at, trace.KindClient, now)
		s := b.add(b.Spans[c].ID, to, trace.KindServer, now+b.latency())
		t := b.Start[s]
		for range 2 + b.rng.IntN(6) {
			begins := t + b.between(20*microsecond, 200*microsecond)
			t = begins + b.between(200*microsecond, 3*millisecond)
			b.leaf(b.Spans[s].ID, to, trace.KindClient, begins, t)
		}
		b.end[s] = t + 20*microsecond
		now = b.end[s] + b.latency()
		b.end[c] = now
		now += b.between(20*microsecond, millisecond)
	}
	b.end[root] = now
}
