package triage_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

const (
	ms     = int64(1e6)
	minute = 60_000 * ms
	epoch  = int64(1_700_000_000_000_000_000)
)

// hour is a window of an hour from epoch on, after six like it.
func hour() triage.Calendar {
	return triage.Calendar{
		Window: trace.Window{From: epoch, Until: epoch + 60*minute - 1}, Slots: 6,
		Baseline: trace.Window{From: epoch - 360*minute, Until: epoch - 1}, Slices: 6,
	}
}

// spans reads a trace from a picture of it, one span a line, its calls indented
// beneath it:
//
//	S gateway /orders 0 100 ! http.status_code=500 ex=Type|message|stack
//
// tells kind, service, operation, start and duration in milliseconds, whether
// it failed, and attributes. Kinds are S, C, I, P and Q for a consumer; ~ is a
// span that was lost, and "says=" the status's description.
func spans(t *testing.T, id uint64, picture string) []trace.Span {
	t.Helper()
	var list []trace.Span
	above := map[int]trace.SpanID{}
	for n, line := range strings.Split(strings.Trim(picture, "\n"), "\n") {
		text := strings.TrimLeft(line, "\t ")
		depth := len(line) - len(text)
		words := strings.Fields(text)
		s := trace.Span{Trace: trace.ID{Hi: 7, Lo: id}, ID: trace.SpanID(id*1000 + uint64(n) + 1)}
		for d := depth - 1; d >= 0 && s.Parent == 0; d-- {
			s.Parent = above[d]
		}
		for d := range above {
			if d >= depth {
				delete(above, d)
			}
		}
		above[depth] = s.ID
		if words[0] == "~" {
			continue
		}
		if len(words) < 5 {
			t.Fatalf("a span in too few words: %q", line)
		}
		s.Kind = map[string]trace.Kind{"S": trace.KindServer, "C": trace.KindClient, "I": trace.KindInternal, "P": trace.KindProducer, "Q": trace.KindConsumer}[words[0]]
		s.Operation = words[2]
		start, err1 := strconv.ParseInt(words[3], 10, 64)
		length, err2 := strconv.ParseInt(words[4], 10, 64)
		if err1 != nil || err2 != nil {
			t.Fatalf("a span without times: %q", line)
		}
		s.Start, s.Duration = epoch+start*ms, length*ms
		s.Resource = trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String(words[1])}, {Key: "host.name", Value: trace.String(words[1] + "-host")}})
		for _, w := range words[5:] {
			describe(&s, w)
		}
		list = append(list, s)
	}
	return list
}

func describe(s *trace.Span, word string) {
	key, value, _ := strings.Cut(word, "=")
	value = strings.ReplaceAll(value, "_", " ")
	switch n, err := strconv.ParseInt(value, 10, 64); {
	case key == "!":
		s.Status = trace.StatusError
	case key == "ok":
		s.Status = trace.StatusOK
	case key == "says":
		s.StatusMessage = value
	case key == "ex":
		part := append(strings.Split(value, "|"), "", "")
		s.Events = append(s.Events, trace.Event{Name: "exception", Attributes: []trace.Attribute{
			{Key: "exception.type", Value: trace.String(part[0])},
			{Key: "exception.message", Value: trace.String(part[1])},
			{Key: "exception.stacktrace", Value: trace.String(stackOf(part[2]))},
		}})
	case err == nil && !strings.HasPrefix(key, "error"):
		s.Attributes = append(s.Attributes, trace.Attribute{Key: key, Value: trace.Int(n)})
	default:
		s.Attributes = append(s.Attributes, trace.Attribute{Key: key, Value: trace.String(strings.ReplaceAll(value, " ", "_"))})
	}
}

// stackOf is a Java stack of one frame.
func stackOf(method string) string {
	if method == "" {
		return ""
	}
	return "E: x\n\tat com.shop." + method + "(Shop.java:12)\n\tat java.lang.Thread.run(Thread.java:1)"
}

// sketch draws a report as words, so that a test reads as a picture.
func sketch(r *triage.Report) string {
	var b strings.Builder
	draw := func(prefix string, g *triage.Group) {
		fmt.Fprintf(&b, "%s%s %s %s", prefix, g.Kind, g.Service, g.Operation)
		for _, part := range []struct{ name, text string }{{"class", g.Class}, {"callee", g.Callee}, {"frames", strings.Join(g.Frames, ",")}, {"detail", g.Detail}} {
			if part.text != "" {
				fmt.Fprintf(&b, " %s=%q", part.name, part.text)
			}
		}
		fmt.Fprintf(&b, " traces=%d", g.Traces)
		for _, part := range []struct {
			name  string
			count int64
		}{{"absorbed", int64(g.Absorbed)}, {"before", int64(g.BaselineTraces)}, {"logs", g.Logs}, {"untraced", g.Untraced}, {"logsbefore", g.BaselineLogs}} {
			if part.count != 0 {
				fmt.Fprintf(&b, " %s=%d", part.name, part.count)
			}
		}
		if g.Spans != g.Traces {
			fmt.Fprintf(&b, " spans=%d", g.Spans)
		}
		for _, e := range g.Entries {
			fmt.Fprintf(&b, " %s:%s=%d", e.Service, e.Operation, e.Traces)
		}
		b.WriteByte('\n')
	}
	for i := range r.Groups {
		draw("", &r.Groups[i])
	}
	for i := range r.Expected {
		draw("expected ", &r.Expected[i])
	}
	return b.String()
}

// check fails unless a report of the traces looks as wanted.
func check(t *testing.T, pictures []string, want string) {
	t.Helper()
	tr := triage.Begin(hour(), triage.ByCause)
	for i, p := range pictures {
		tr.AddTrace(spans(t, uint64(i+1), p))
	}
	compare(t, tr.Report(), want)
}

func compare(t *testing.T, r *triage.Report, want string) {
	t.Helper()
	if got := sketch(r); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("got:\n%swant:\n%s", got, strings.TrimLeft(want, "\n"))
	}
}
