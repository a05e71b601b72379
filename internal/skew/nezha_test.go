package skew

import (
	"cmp"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// A realTrace is one of Nezha's, with the node of every span.
type realTrace struct {
	spans []trace.Span
	logs  []trace.Log
	node  []string
}

func nezhaDir(t *testing.T) string {
	dir := cmp.Or(os.Getenv("OTRACE_NEZHA_DIR"), "../../../shared/data/nezha")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("Nezha's traces are not there (set OTRACE_NEZHA_DIR): %v", err)
	}
	return dir
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// readNezha reads a system's traces. A pod's node is known from the logs of
// all slices; withHost gives it to the spans too.
func readNezha(t *testing.T, system string, withHost bool) []realTrace {
	t.Helper()
	dir := filepath.Join(nezhaDir(t), system)
	logFiles, _ := filepath.Glob(filepath.Join(dir, "*_log.csv"))
	traceFiles, _ := filepath.Glob(filepath.Join(dir, "*_trace.csv"))
	nodes := make(map[string]string)
	logs := make(map[string][]trace.Log)
	for _, file := range logFiles {
		for _, row := range readCSV(t, file) {
			nodes[row[3]] = row[2]
			at, _ := strconv.ParseInt(row[1], 10, 64)
			id, _ := trace.ParseSpanID(row[6])
			logs[row[5]] = append(logs[row[5]], trace.Log{
				Time: at, Span: id,
				Origin: trace.Origin{Service: serviceOf(row[3]), Pod: row[3], Host: row[2]},
			})
		}
	}
	byID := make(map[string]*realTrace)
	resources := make(map[string]*trace.Resource)
	var order []string
	for _, file := range traceFiles {
		for _, row := range readCSV(t, file) {
			if byID[row[0]] == nil {
				byID[row[0]] = &realTrace{logs: logs[row[0]]}
				order = append(order, row[0])
			}
			res := resources[row[3]]
			if res == nil {
				res = &trace.Resource{Origin: trace.Origin{Service: serviceOf(row[3]), Pod: row[3]}}
				if withHost {
					res.Host = nodes[row[3]]
				}
				resources[row[3]] = res
			}
			id, _ := trace.ParseSpanID(row[1])
			parent, _ := trace.ParseSpanID(row[2])
			start, _ := strconv.ParseInt(row[5], 10, 64)
			end, _ := strconv.ParseInt(row[6], 10, 64)
			s := trace.Span{ID: id, Parent: parent, Operation: row[4], Resource: res}
			s.SetTimes(start, end)
			rt := byID[row[0]]
			rt.spans = append(rt.spans, s)
			rt.node = append(rt.node, nodes[row[3]])
		}
	}
	var list []realTrace
	for _, id := range order {
		list = append(list, *byID[id])
	}
	return list
}

// serviceOf cuts the deployment's hashes off a pod's name.
func serviceOf(pod string) string {
	parts := strings.Split(pod, "-")
	return strings.Join(parts[:max(1, len(parts)-2)], "-")
}

var nezhaSystems = []string{"trainticket", "onlineboutique"}

// TestRealTracesStayPut: nobody knows of any skew in these traces.
func TestRealTracesStayPut(t *testing.T) {
	for _, system := range nezhaSystems {
		for _, withHost := range []bool{true, false} {
			moved, spans, clocks, ignored := 0, 0, 0, 0
			for _, rt := range readNezha(t, system, withHost) {
				c := Estimate(rt.spans, rt.logs)
				for _, k := range c.All() {
					clocks++
					ignored += k.Ignored
					if k.Offset != 0 {
						moved += k.Spans
						t.Logf("%+v", k)
					}
				}
				spans += len(rt.spans)
			}
			share := 100 * float64(moved) / float64(spans)
			t.Logf("%s, hosts in spans %v: %d of %d spans moved (%.2f %%), %d clocks, %d samples ignored", system, withHost, moved, spans, share, clocks, ignored)
			if share >= 3 {
				t.Errorf("%s: %.2f %% of the spans moved, want fewer than 3 %%", system, share)
			}
		}
	}
}

// TestRealTracesWithInjectedSkew puts a fifth of the nodes 100 ms off.
func TestRealTracesWithInjectedSkew(t *testing.T) {
	for _, system := range nezhaSystems {
		rng := rand.New(rand.NewPCG(7, 8))
		var raw, got float64
		n := 0
		for _, rt := range readNezha(t, system, true) {
			offset := make(map[string]int64)
			for _, node := range rt.node {
				if _, ok := offset[node]; !ok {
					offset[node] = 0
					if rng.Float64() < 0.2 {
						offset[node] = int64(rng.NormFloat64()*100) * millisecond
					}
				}
			}
			for i := range rt.spans {
				rt.spans[i].Start += offset[rt.node[i]]
			}
			for i := range rt.logs {
				rt.logs[i].Time += offset[rt.logs[i].Origin.Host]
			}
			c := Estimate(rt.spans, rt.logs)
			if len(offset) < 2 {
				continue
			}
			n++
			raw += meanError(offset, func(string) int64 { return 0 })
			found := make(map[string]int64)
			for i := range rt.spans {
				found[rt.node[i]] = c.Span(i).Offset
			}
			got += meanError(offset, func(node string) int64 { return found[node] })
		}
		t.Logf("%s: %d traces, mean error raw %.0f µs, corrected %.0f µs", system, n, raw/float64(n), got/float64(n))
		if got > raw/4 {
			t.Errorf("%s: the mean error is %.0f of %.0f µs", system, got, raw)
		}
	}
}

// meanError is the mean distance of corrections from the truth, in
// microseconds, after the best common shift.
func meanError(offset map[string]int64, correction func(string) int64) float64 {
	var errs []float64
	for node, o := range offset {
		errs = append(errs, float64(correction(node)+o)/1000)
	}
	slices.Sort(errs)
	sum := 0.0
	for _, e := range errs {
		sum += math.Abs(e-errs[len(errs)/2]) / float64(len(errs))
	}
	return sum
}
