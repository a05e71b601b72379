package wild

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

const (
	ms     = int64(1e6)
	minute = 60_000 * ms
	epoch  = int64(1_700_000_000_000_000_000)
	hours  = 24
)

// Calendar is an hour, after a day of hours.
func Calendar() triage.Calendar {
	return triage.Calendar{
		Window: trace.Window{From: epoch, Until: epoch + 60*minute - 1}, Slots: 6,
		Baseline: trace.Window{From: epoch - hours*60*minute, Until: epoch - 1}, Slices: hours,
	}
}

// A Place is a span of a trace.
type Place struct {
	Trace trace.ID
	Span  trace.SpanID
}

// A Story is what happened in a world, and what of it was seen.
type Story struct {
	World  *World
	Traces [][]trace.Span
	Logs   []trace.ErrorLog

	Begins map[Place]int      // the causes, by the spans at which they began
	Of     map[trace.ID][]int // the causes of each trace
	Wrote  map[string]int     // the cause of each log, by document, or none
	Played []int              // by cause: traces in the window
}

// A player plays a world once.
type player struct {
	*Story
	rng    *rand.Rand
	hosts  map[string]*trace.Resource
	offset map[string]int64
	docs   int
}

const hostsEach = 3

// Play plays a world once, the same for the same seed.
func (w *World) Play(seed uint64) *Story {
	p := &player{
		Story: &Story{World: w, Begins: make(map[Place]int), Of: make(map[trace.ID][]int), Wrote: make(map[string]int), Played: make([]int, len(w.Causes))},
		rng:   rand.New(rand.NewPCG(seed, 23)), hosts: make(map[string]*trace.Resource), offset: make(map[string]int64),
	}
	for i := range w.Scenes {
		p.scene(&w.Scenes[i])
	}
	p.rng.Shuffle(len(p.Traces), func(i, j int) { p.Traces[i], p.Traces[j] = p.Traces[j], p.Traces[i] })
	p.rng.Shuffle(len(p.Logs), func(i, j int) { p.Logs[i], p.Logs[j] = p.Logs[j], p.Logs[i] })
	return p.Story
}

// scene plays a scene over a day and an hour.
func (p *player) scene(s *Scene) {
	parts := parse(s.Picture)
	before, now := s.rates()
	for slot := range hours + 1 {
		n := now // what is measured is not chance's doing
		if slot < hours {
			n = p.poisson(before)
		}
		for range n {
			begin := epoch + int64(slot-hours)*60*minute + p.rng.Int64N(58*minute) + minute
			p.trace(parts, begin, slot == hours)
		}
	}
}

func (p *player) poisson(mean float64) int {
	n := 0
	for left := mean - p.rng.ExpFloat64(); left > 0; left -= p.rng.ExpFloat64() {
		n++
	}
	return n
}

// trace plays one request.
func (p *player) trace(parts []part, begin int64, now bool) {
	id := trace.ID{Hi: p.rng.Uint64(), Lo: p.rng.Uint64()}
	fill := &filler{p.rng, make(map[string]string)}
	pace := 0.8 + 0.4*p.rng.Float64()
	ids := make([]trace.SpanID, len(parts))
	spans := make([]trace.Span, 0, len(parts))
	host := make(map[string]int)
	unsampled := p.rng.Float64() < p.World.Unsampled
	var above []int
	var causes []int
	for i := range parts {
		x := &parts[i]
		ids[i] = trace.SpanID(p.rng.Uint64())
		for len(above) > 0 && parts[above[len(above)-1]].depth >= x.depth {
			above = above[:len(above)-1]
		}
		s := trace.Span{Trace: id, ID: ids[i], Kind: x.kind, Operation: fill.fill(x.operation), Status: x.status, StatusMessage: fill.fill(x.says)}
		if len(above) > 0 {
			s.Parent = ids[above[len(above)-1]]
		}
		above = append(above, i)
		if host[x.service] == 0 {
			host[x.service] = 1 + p.rng.IntN(hostsEach)
		}
		if x.host != 0 {
			host[x.service] = x.host
		}
		s.Resource = p.resource(x.service, host[x.service])
		at := begin + p.clock(s.Resource)
		s.Start, s.Duration = at+int64(float64(x.start*ms)*pace), int64(float64(x.length*ms)*pace)
		p.describe(&s, x, fill)
		if c := p.World.cause(x.cause); c >= 0 {
			p.Begins[Place{id, s.ID}] = c
			if !slices.Contains(causes, c) {
				causes = append(causes, c)
			}
		}
		lost := p.rng.Float64() < p.World.Lose || s.Parent == 0 && p.rng.Float64() < p.World.Headless
		if !unsampled && !lost && !slices.Contains(p.World.Dark, x.service) {
			spans = append(spans, s)
		}
		p.logs(&s, x, fill)
	}
	p.settle(id, causes, now)
	if len(spans) > 0 {
		p.Traces = append(p.Traces, spans)
	}
}

// settle notes what a trace's causes are.
func (p *player) settle(id trace.ID, causes []int, now bool) {
	if causes == nil {
		return
	}
	p.Of[id] = causes
	if now {
		for _, c := range causes {
			p.Played[c]++
		}
	}
}

// describe adds attributes and exceptions.
func (p *player) describe(s *trace.Span, x *part, fill *filler) {
	for _, a := range x.attributes {
		s.Attributes = append(s.Attributes, trace.Attribute{Key: a.key, Value: valueOf(fill.fill(a.text))})
	}
	for _, e := range x.errors {
		kind, message, stack := p.error(e.text, fill)
		attrs := []trace.Attribute{{Key: "exception.type", Value: trace.String(kind)}}
		if message != "" {
			attrs = append(attrs, trace.Attribute{Key: "exception.message", Value: trace.String(message)})
		}
		if stack != "" {
			attrs = append(attrs, trace.Attribute{Key: "exception.stacktrace", Value: trace.String(stack)})
		}
		s.Events = append(s.Events, trace.Event{Name: "exception", Time: s.End(), Attributes: attrs})
	}
}

// error reads type~message~stack.
func (p *player) error(text string, fill *filler) (kind, message, stack string) {
	list := append(strings.Split(text, "~"), "", "")
	kind, message = fill.fill(list[0]), fill.fill(list[1])
	return kind, message, stackOf(p.rng, list[2], kind, message)
}

// logs writes what a span logs.
func (p *player) logs(s *trace.Span, x *part, fill *filler) {
	for _, l := range x.logs {
		if p.rng.Float64() < p.World.LoseLogs {
			continue
		}
		p.docs++
		list := append(strings.Split(l.text, "~"), "", "")
		e := trace.ErrorLog{Type: list[1]}
		e.Time, e.Origin, e.Level, e.Index, e.DocID = s.End(), s.Resource.Origin, trace.LevelError, "logs", fmt.Sprint(p.docs)
		e.Message = fill.fill(list[0])
		e.Stack = stackOf(p.rng, list[2], list[1], e.Message)
		if !l.lone {
			e.TraceID = s.Trace
		}
		if !l.bare {
			e.Span = s.ID
		}
		if c := p.World.cause(x.cause); c >= 0 {
			p.Wrote[e.DocID] = c
		}
		p.Logs = append(p.Logs, e)
	}
}

// valueOf is a value of the type that its text looks to be of; quotes make a
// number a text: "5".
func valueOf(text string) trace.Value {
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		return trace.String(strings.TrimSuffix(inner, `"`))
	}
	n := 0
	if _, err := fmt.Sscanf(text, "%d", &n); err == nil && fmt.Sprint(n) == text {
		return trace.Int(int64(n))
	}
	return trace.String(text)
}

// resource is a service's process on one of its hosts. The last one runs
// another version.
func (p *player) resource(service string, host int) *trace.Resource {
	name := fmt.Sprintf("%s-%d", service, host)
	if p.hosts[name] == nil {
		version := "6"
		if host == hostsEach {
			version = "7"
		}
		p.hosts[name] = trace.NewResource([]trace.Attribute{
			{Key: "service.name", Value: trace.String(service)},
			{Key: "service.version", Value: trace.String(version)},
			{Key: "host.name", Value: trace.String(name)},
		})
	}
	return p.hosts[name]
}

// clock is what a host's clock is off by.
func (p *player) clock(r *trace.Resource) int64 {
	if p.World.Skew == 0 {
		return 0
	}
	name := r.Clock()
	off, ok := p.offset[name]
	if !ok {
		off = int64(math.Round((2*p.rng.Float64() - 1) * float64(p.World.Skew)))
		p.offset[name] = off
	}
	return off
}
