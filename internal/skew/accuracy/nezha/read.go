// Package nezha reads a slice of Nezha's recorded traces and logs (FSE 2023,
// github.com/IntelligentDDS/Nezha): microservices under load that nobody here
// wrote.
package nezha

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A Trace is one trace with its logs, and the node of each record's pod.
type Trace struct {
	Spans   []trace.Span
	Logs    []trace.Log
	Node    []string
	LogNode []string
}

// Systems returns the names of the systems that were recorded: one folder each.
func Systems() []string { return []string{"trainticket", "onlineboutique"} }

// Read reads a system's traces in the order of its files. A pod's node is known
// from the logs of all slices; hosts says whether the spans name it, too. A pod
// without logs counts as a node of its own.
func Read(dir, system string, hosts bool) ([]Trace, error) {
	r := &reader{
		hosts:     hosts,
		node:      make(map[string]string),
		logs:      make(map[string][]trace.Log),
		resources: make(map[string]*trace.Resource),
		at:        make(map[string]int),
	}
	if err := eachRow(dir, system, "*_log.csv", 7, r.log); err != nil {
		return nil, err
	}
	if err := eachRow(dir, system, "*_trace.csv", 7, r.span); err != nil {
		return nil, err
	}
	if len(r.traces) == 0 {
		return nil, fmt.Errorf("nezha: no traces of %s in %s", system, dir)
	}
	return r.traces, nil
}

// A reader gathers traces from rows.
type reader struct {
	hosts     bool
	node      map[string]string // by pod
	logs      map[string][]trace.Log
	resources map[string]*trace.Resource // by pod
	at        map[string]int             // by trace ID
	traces    []Trace
}

// log reads Timestamp, TimeUnixNano, Node, PodName, Container, TraceID, SpanID.
func (r *reader) log(row []string) error {
	pod, id := row[3], row[5]
	at, err := strconv.ParseInt(row[1], 10, 64)
	if err != nil {
		return err
	}
	span, _ := trace.ParseSpanID(row[6]) // none where there is none
	r.node[pod] = row[2]
	of, err := trace.ParseID(id)
	if err != nil {
		return err
	}
	r.logs[id] = append(r.logs[id], trace.Log{
		Time: at, Span: span, Trace: &of,
		Origin: trace.Origin{Service: service(pod), Pod: pod, Host: row[2]},
	})
	return nil
}

// span reads TraceID, SpanID, ParentID, PodName, OperationName and the times.
func (r *reader) span(row []string) error {
	start, err := strconv.ParseInt(row[5], 10, 64)
	if err != nil {
		return err
	}
	end, err := strconv.ParseInt(row[6], 10, 64)
	if err != nil {
		return err
	}
	of, err := trace.ParseID(row[0])
	if err != nil {
		return err
	}
	id, _ := trace.ParseSpanID(row[1])
	parent, _ := trace.ParseSpanID(row[2]) // "root" is none
	s := trace.Span{Trace: of, ID: id, Parent: parent, Operation: row[4], Resource: r.resource(row[3])}
	s.SetTimes(start, end)
	t := r.trace(row[0])
	t.Spans = append(t.Spans, s)
	t.Node = append(t.Node, r.nodeOf(row[3]))
	return nil
}

// trace returns the trace of that ID, new with its logs.
func (r *reader) trace(id string) *Trace {
	i, ok := r.at[id]
	if !ok {
		i = len(r.traces)
		r.at[id] = i
		t := Trace{Logs: r.logs[id]}
		for i := range t.Logs {
			t.LogNode = append(t.LogNode, r.nodeOf(t.Logs[i].Origin.Pod))
		}
		r.traces = append(r.traces, t)
	}
	return &r.traces[i]
}

func (r *reader) nodeOf(pod string) string {
	if node := r.node[pod]; node != "" {
		return node
	}
	return pod
}

func (r *reader) resource(pod string) *trace.Resource {
	res := r.resources[pod]
	if res == nil {
		res = &trace.Resource{Origin: trace.Origin{Service: service(pod), Pod: pod}}
		if r.hosts {
			res.Host = r.node[pod]
		}
		r.resources[pod] = res
	}
	return res
}

// service cuts the deployment's hashes off a pod's name.
func service(pod string) string {
	parts := strings.Split(pod, "-")
	return strings.Join(parts[:max(1, len(parts)-2)], "-")
}

// eachRow passes all rows of at least so many fields of the system's files on,
// file by file in the order of their names.
func eachRow(dir, system, pattern string, fields int, take func([]string) error) error {
	files, err := filepath.Glob(filepath.Join(dir, system, pattern))
	if err != nil {
		return fmt.Errorf("nezha: %w", err)
	}
	slices.Sort(files)
	for _, file := range files {
		rows, err := readAll(file)
		if err != nil {
			return fmt.Errorf("nezha: %w", err)
		}
		for i, row := range rows[min(1, len(rows)):] {
			if len(row) < fields {
				return fmt.Errorf("nezha: %s: row %d has only %d fields", file, i+2, len(row))
			}
			if err := take(row); err != nil {
				return fmt.Errorf("nezha: %s: row %d: %w", file, i+2, err)
			}
		}
	}
	return nil
}

func readAll(file string) ([][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	return r.ReadAll()
}
