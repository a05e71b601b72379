package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/otrace/otrace/internal/skew/accuracy/nezha"
	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
)

// printReal measures on recorded traces, which are taken to be true as they
// are: with nothing injected, and with a fifth of the nodes put off.
func printReal(w io.Writer, dir string, o options) error {
	if _, err := os.Stat(dir); err != nil {
		_, err = fmt.Fprintf(w, "\nNezha's traces are left out: %v (OTRACE_NEZHA_DIR names their folder)\n", err)
		return err
	}
	var whole []nezha.Trace
	for _, system := range nezha.Systems() {
		traces, err := nezha.Read(dir, system, true)
		if err != nil {
			return err
		}
		measureReal(w, system, traces, o)
		whole = append(whole, traces...)
	}
	measureReal(w, "all of Nezha's slice", whole, o)
	return nil
}

func measureReal(w io.Writer, name string, traces []nezha.Trace, o options) {
	as := measure(len(traces), o.workers, func(i int) scenario.Truth { return asRecorded(traces[i]) })
	as.print(w, name+": nothing injected", scenario.Aims{Moved: 0.5})
	several := slices.DeleteFunc(slices.Clone(traces), func(t nezha.Trace) bool { return nodes(t) < 2 })
	for _, size := range []int{1, pooled} {
		how := map[int]string{1: "each trace alone", pooled: strconv.Itoa(pooled) + " traces together"}[size]
		off := measure(max(o.traces/size, 1), o.workers, func(i int) scenario.Truth {
			return inject(asRecorded(pool(several, i*size, size)...), rand.New(rand.NewPCG(o.seed, uint64(i))))
		})
		off.print(w, name+": 20 % of nodes off by 100 ms, "+how, scenario.Aims{Ratio: 0.15})
	}
}

// pooled is how many traces are corrected together in the last measurement:
// the clocks are the same, so what one trace leaves open another may tell.
const pooled = 10

// pool returns some traces in a row, from the start again after the last.
func pool(traces []nezha.Trace, from, size int) []nezha.Trace {
	var list []nezha.Trace
	for i := range size {
		list = append(list, traces[(from+i)%len(traces)])
	}
	return list
}

func nodes(t nezha.Trace) int {
	names := slices.Sorted(slices.Values(t.Node))
	return len(slices.Compact(names))
}

// asRecorded takes recorded traces for true, together.
func asRecorded(traces ...nezha.Trace) scenario.Truth {
	number := make(map[string]int)
	of := func(node string) int {
		h, ok := number[node]
		if !ok {
			h = len(number)
			number[node] = h
		}
		return h
	}
	var truth scenario.Truth
	for _, t := range traces {
		truth.Spans = append(truth.Spans, t.Spans...)
		truth.Logs = append(truth.Logs, t.Logs...)
		for i := range t.Spans {
			truth.Host = append(truth.Host, of(t.Node[i]))
			truth.Start = append(truth.Start, t.Spans[i].Start)
		}
		for i := range t.Logs {
			truth.LogHost = append(truth.LogHost, of(t.LogNode[i]))
			truth.LogTime = append(truth.LogTime, t.Logs[i].Time)
		}
	}
	truth.Offset, truth.Drift = make([]int64, len(number)), make([]float64, len(number))
	return truth
}

// inject puts a fifth of the nodes off by 100 ms, normally distributed.
func inject(t scenario.Truth, rng *rand.Rand) scenario.Truth {
	for h := range t.Offset {
		if rng.Float64() < 0.2 {
			t.Offset[h] = int64(rng.NormFloat64() * float64(100*time.Millisecond))
		}
	}
	for i := range t.Spans {
		t.Spans[i].Start += t.Offset[t.Host[i]]
	}
	for i := range t.Logs {
		if t.Logs[i].Time > 0 { // some have no time
			t.Logs[i].Time += t.Offset[t.LogHost[i]]
		}
	}
	return t
}
