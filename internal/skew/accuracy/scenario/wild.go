package scenario

import "github.com/otrace/otrace/internal/trace"

// Wild returns worlds beyond the table: other shapes of traces, other faults of
// clocks, other habits of machines and programs.
func Wild() []Scenario {
	still := Usual()
	still.Skew, still.Skewed, still.Logging = 100*millisecond, 0, true
	fifth := still
	fifth.Skewed = 0.2
	with := func(w World, change func(*World)) World {
		change(&w)
		return w
	}
	shape := func(s func(*builder)) World { return with(fifth, func(w *World) { w.Shape = s }) }
	setup := func(s func(*builder)) World { return with(still, func(w *World) { w.Setup = s }) }
	named := func(change func(*trace.Origin, int)) World {
		return with(fifth, func(w *World) { w.Setup = rename(change) })
	}
	after := func(f func(*builder)) World { return with(fifth, func(w *World) { w.After = f }) }
	return []Scenario{
		{"star", "one service calls all", shape(star), Aims{}},
		{"fanout", "one service calls all at once", shape(fanOut), Aims{}},
		{"chain", "30 hops", with(shape(chain), func(w *World) { w.Size, w.Services, w.Hosts = 60, 30, 15 }), Aims{}},
		{"page", "browser, up to a day off", with(shape(page), func(w *World) { w.Setup, w.Skewed = stranger(day), 0 }), Aims{}},
		{"page-e", "browser, up to a minute off, others as E", with(shape(page), func(w *World) { w.Setup = stranger(minute) }), Aims{}},
		{"mesh", "proxies beside every service", shape(mesh), Aims{}},
		{"databases", "calls to what makes no spans", shape(databases), Aims{}},
		{"queue", "messages, soon taken", shape(queue(20 * millisecond)), Aims{}},
		{"queue-min", "messages, taken minutes later", shape(queue(10 * minute)), Aims{}},
		{"queue-h", "messages, taken hours later", shape(queue(6 * hour)), Aims{}},
		{"batches", "batches of messages, named by links", shape(batches), Aims{}},
		{"jobs", "jobs, soon", shape(jobs(20 * millisecond)), Aims{}},
		{"jobs-h", "jobs, hours later", shape(jobs(3 * hour)), Aims{}},
		{"streams", "callees that go on", shape(streams), Aims{}},
		{"hasty", "calls of a third of services go on early", after(hasty(0.8, false)), Aims{}},
		{"blind", "the same, even before the callee starts", after(hasty(0.8, true)), Aims{}},
		{"unmarked", "60 % of calls are not waited for", with(fifth, func(w *World) { w.Unmarked = 0.6 }), Aims{}},
		{"kindless", "no kinds", with(fifth, func(w *World) { w.NoKinds = true }), Aims{}},
		{"servers", "server spans only", after(without(trace.KindClient, trace.KindProducer)), Aims{}},
		{"clients", "client spans only", after(without(trace.KindServer, trace.KindConsumer)), Aims{}},

		{"whole-ms", "all clocks tell milliseconds", with(fifth, func(w *World) { w.Grain = millisecond }), Aims{}},
		{"whole-s", "all clocks tell seconds", with(fifth, func(w *World) { w.Grain = second }), Aims{}},
		{"anchored", "half of services anchored to milliseconds", after(anchored), Aims{}},
		{"truncated", "starts cut to milliseconds", after(truncated), Aims{}},
		{"step", "one clock steps forwards by 100 ms", with(setup(fault(100*millisecond, 0, 50*millisecond)), func(w *World) { w.After = monotonic }), Aims{}},
		{"step-back", "one clock steps back by 100 ms", with(setup(fault(-100*millisecond, 0, 50*millisecond)), func(w *World) { w.After = monotonic }), Aims{}},
		{"step-wall", "the same, durations too", setup(fault(-100*millisecond, 0, 50*millisecond)), Aims{}},
		{"step-long", "one clock steps by 1 s in 10 minutes", with(setup(fault(second, 0, 500*second)), func(w *World) { w.After = monotonic; w.Length = 600 * second }), Aims{}},
		{"pause", "one clock stands still for 2 s", with(setup(fault(-2*second, 2*second, 100*millisecond)), func(w *World) { w.Length = 30 * second }), Aims{}},
		{"pause-short", "one clock stands still for 20 ms", setup(fault(-20*millisecond, 20*millisecond, 50*millisecond)), Aims{}},
		{"smear", "half of the clocks smear a leap second", with(still, func(w *World) {
			w.Length = 600 * second
			w.Setup = all(half(200*millisecond), func(b *builder) {
				for h := range b.Hosts / 2 {
					b.Drift[h] = 11.57
				}
			})
		}), Aims{}},
		{"hour", "one clock an hour off", setup(odd(hour)), Aims{}},
		{"hour-e", "the same, others as E", with(fifth, func(w *World) { w.Setup = odd(-hour) }), Aims{}},
		{"day", "one clock a day off", setup(odd(day)), Aims{}},
		{"1970", "one clock in 1970", setup(at(1970)), Aims{}},
		{"2038", "one clock in 2038", setup(at(2038)), Aims{}},
		{"2200", "one clock in 2200", setup(at(2200)), Aims{}},
		{"drift90", "90 s, all 50 ppm", with(still, func(w *World) { w.Skew, w.Skewed, w.Length, w.DriftPPM = 0, 1, 90*second, 50 }), Aims{}},
		{"drift90-500", "90 s, all 500 ppm", with(still, func(w *World) { w.Skew, w.Skewed, w.Length, w.DriftPPM = 0, 1, 90*second, 500 }), Aims{}},
		{"drift600-200", "10 minutes, all 200 ppm", with(still, func(w *World) { w.Skew, w.Skewed, w.Length, w.DriftPPM = 0, 1, 600*second, 200 }), Aims{}},
		{"drift600-500", "10 minutes, all 500 ppm", with(still, func(w *World) { w.Skew, w.Skewed, w.Length, w.DriftPPM = 0, 1, 600*second, 500 }), Aims{}},
		{"drift2h", "2 hours, all 50 ppm", with(still, func(w *World) { w.Skew, w.Skewed, w.Length, w.DriftPPM = 0, 1, 2*hour, 50 }), Aims{}},
		{"drift2h-200", "2 hours, all 200 ppm", with(still, func(w *World) { w.Skew, w.Skewed, w.Length, w.DriftPPM = 0, 1, 2*hour, 200 }), Aims{}},
		{"drift1", "10 minutes, one clock 50 ppm", with(still, func(w *World) { w.Length, w.Setup = 600*second, oneDrifts(50) }), Aims{}},
		{"drift1-200", "10 minutes, one clock 200 ppm, others as E", with(fifth, func(w *World) { w.Length, w.Setup = 600*second, oneDrifts(200) }), Aims{}},
		{"drift1-500", "10 minutes, one clock 500 ppm", with(still, func(w *World) { w.Length, w.Setup = 600*second, oneDrifts(500) }), Aims{}},
		{"drift5", "5 s, one clock 500 ppm", with(still, func(w *World) { w.Length, w.Setup = 5*second, oneDrifts(500) }), Aims{}},
		{"long-e", "10 minutes as E", with(fifth, func(w *World) { w.Length = 600 * second }), Aims{}},
		{"huge", "absurd durations", after(huge), Aims{}},

		{"golden", "one host.id for all", named(golden), Aims{}},
		{"golden-still", "one host.id for all, no skew", with(named(golden), func(w *World) { w.Skewed = 0 }), Aims{Still: true}},
		{"golden-1ms", "one host.id for all, all off by 1 ms", with(named(golden), func(w *World) { w.Skew, w.Skewed = millisecond, 1 }), Aims{}},
		{"golden-5ms", "one host.id for all, all off by 5 ms", with(named(golden), func(w *World) { w.Skew, w.Skewed = 5*millisecond, 1 }), Aims{}},
		{"container", "host.name is the container's", named(container), Aims{}},
		{"bare", "service names alone, replicas on several hosts", named(bare), Aims{}},
		{"bare-single", "service names alone, one replica", with(fifth, func(w *World) { w.Setup = all(single, rename(bare)) }), Aims{}},
		{"equal", "processes of one name", named(equal), Aims{}},
		{"functions", "every call has its own instance", after(functions), Aims{}},
		{"moved", "pods of one name on two hosts", with(fifth, func(w *World) { w.Setup = moved }), Aims{}},
		{"node-logs", "machines named in logs alone", with(fifth, func(w *World) { w.Setup, w.After = rename(container), nodesInLogs }), Aims{}},

		{"syslog", "a machine stamps all logs, unsaid", after(logsBy(false)), Aims{}},
		{"syslog-named", "a machine stamps all logs, and says so", after(logsBy(true)), Aims{}},
		{"syslog-e", "a machine apart stamps all logs, up to a second off, and says so", with(fifth, func(w *World) { w.Setup = stranger(second); w.After = logsBy(true) }), Aims{}},
		{"zone", "logs of a third of services an hour off", after(wrongZone(hour, 1)), Aims{}},
		{"zone-half", "half of those 5:30 h off", after(wrongZone(5*hour+30*minute, 0.5)), Aims{}},
		{"zone-named", "nodes in logs, and a third 8 h back", with(fifth, func(w *World) {
			w.Setup, w.After = rename(container), all(nodesInLogs, wrongZone(-8*hour, 1))
		}), Aims{}},
		{"ingest", "logs stamped on arrival, up to 2 s late", after(late(2 * second)), Aims{}},
		{"ingest-named", "the same, by a named machine", after(all(logsBy(true), late(2*second))), Aims{}},
		{"coarse-logs", "logs tell seconds", after(coarseLogs), Aims{}},
		{"coarse-named", "the same, by a named machine", after(all(logsBy(true), coarseLogs)), Aims{}},

		{"two", "two hosts, one off", with(setup(odd(100*millisecond)), func(w *World) { w.Hosts = 2 }), Aims{}},
		{"three", "three hosts, one off", with(setup(odd(100*millisecond)), func(w *World) { w.Hosts = 3 }), Aims{}},
		{"half", "half of the hosts off alike", setup(half(100 * millisecond)), Aims{}},
		{"alike", "all hosts off alike", setup(everywhere(100 * millisecond)), Aims{}},
		{"tiny", "traces of a few spans", with(fifth, func(w *World) { w.Size, w.Hosts, w.Services = 5, 3, 4 }), Aims{}},
		{"tiny-all", "traces of a few spans, all off", with(fifth, func(w *World) { w.Size, w.Hosts, w.Services, w.Skewed = 5, 3, 4, 1 }), Aims{}},
		{"two-big", "two hosts, one off, 2,000 spans", with(setup(odd(100*millisecond)), func(w *World) { w.Shape, w.Hosts, w.Size = busy, 2, 2000 }), Aims{}},
		{"big", "E with 2,000 spans", with(fifth, func(w *World) { w.Shape, w.Size = busy, 2000 }), Aims{}},
		{"big-still", "2,000 spans without skew", with(still, func(w *World) { w.Shape, w.Size = busy, 2000 }), Aims{Still: true}},
		{"big-tails", "2,000 spans without skew, 40 % tails", with(still, func(w *World) { w.Shape, w.Size, w.Tails, w.Unmarked = busy, 2000, 0.4, 0.1 }), Aims{Still: true}},
		{"tail", "latencies with a heavy tail", with(fifth, func(w *World) { w.HeavyTail = true }), Aims{}},
		{"slow", "requests take 5 ms longer than answers", with(fifth, func(w *World) { w.Slow = 5 * millisecond }), Aims{}},
		{"slow-still", "the same without skew", with(still, func(w *World) { w.Slow = 5 * millisecond }), Aims{Still: true}},
		{"10us", "all hosts off by 10 µs", with(still, func(w *World) { w.Skew, w.Skewed = 10*microsecond, 1 }), Aims{}},
		{"100us", "all hosts off by 100 µs", with(still, func(w *World) { w.Skew, w.Skewed = 100*microsecond, 1 }), Aims{}},
		{"300us", "all hosts off by 300 µs", with(still, func(w *World) { w.Skew, w.Skewed = 300*microsecond, 1 }), Aims{}},
	}
}
