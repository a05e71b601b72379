package nezha

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	someSpans = `TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano,Duration
0000000000000000000000000000c0de,00000000000000a1,root,ts-gate-way-579b9bff58-t2dbm,/,1000,9000,8
0000000000000000000000000000c0de,00000000000000a2,00000000000000a1,ts-food-6f6cfc45b-h5m2n,GET,2000,8000,6
0000000000000000000000000000beef,00000000000000b1,root,ts-food-6f6cfc45b-h5m2n,GET,5000,6000,1
`
	someLogs = `Timestamp,TimeUnixNano,Node,PodName,Container,TraceID,SpanID,Log
x,3000,10.0.0.7,ts-food-6f6cfc45b-h5m2n,server,0000000000000000000000000000c0de,00000000000000a2,hello
`
)

// folder lays a system's files out.
func folder(t *testing.T, spans, logs string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "boutique"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"1_trace.csv": spans, "1_log.csv": logs} {
		if err := os.WriteFile(filepath.Join(dir, "boutique", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	dir := folder(t, someSpans, someLogs)
	traces, err := Read(dir, "boutique", true)
	if err != nil || len(traces) != 2 {
		t.Fatalf("got %d traces, %v", len(traces), err)
	}
	first := traces[0]
	child := first.Spans[1]
	if child.Parent != first.Spans[0].ID || child.Start != 2000 || child.End() != 8000 || child.Resource.Host != "10.0.0.7" {
		t.Errorf("got %+v of %+v", child, child.Resource)
	}
	if first.Node[0] != "ts-gate-way-579b9bff58-t2dbm" || first.Node[1] != "10.0.0.7" || first.LogNode[0] != "10.0.0.7" {
		t.Errorf("got nodes %v and %v", first.Node, first.LogNode)
	}
	if first.Spans[0].Resource.Service != "ts-gate-way" || first.Logs[0].Span != child.ID || first.Logs[0].Time != 3000 {
		t.Errorf("got %+v and %+v", first.Spans[0].Resource, first.Logs[0])
	}
	if traces, err = Read(dir, "boutique", false); err != nil || traces[0].Spans[1].Resource.Host != "" || traces[0].Node[1] != "10.0.0.7" {
		t.Errorf("without hosts: %+v, %v", traces, err)
	}
}

func TestDamagedFiles(t *testing.T) {
	for _, tt := range []struct{ spans, logs, want string }{
		{"TraceID\nc0de,a1\n", someLogs, "row 2 has only 2 fields"},
		{strings.Replace(someSpans, "1000", "soon", 1), someLogs, `row 2: strconv.ParseInt: parsing "soon"`},
		{someSpans, strings.Replace(someLogs, "3000", "", 1), "row 2: strconv.ParseInt"},
		{strings.Replace(someSpans, "c0de", "0000", 1), someLogs, "row 2: "},
		{"TraceID\n", someLogs, "no traces of boutique"},
		{`"`, someLogs, "parse error"},
	} {
		if _, err := Read(folder(t, tt.spans, tt.logs), "boutique", true); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
