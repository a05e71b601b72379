package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/tui"
)

// What of the sources a search does not ask is left out.
type (
	otherLogs  interface{ gather.Logs }
	otherSpans interface{ gather.Spans }
)

// Slow logs answer a search when they are let to.
type slowLogs struct {
	otherLogs
	let chan struct{}
}

func (l slowLogs) FindLogs(context.Context, trace.Query) (trace.Found, error) {
	<-l.let
	return trace.Found{}, nil
}

// Echoing spans answer with an error that holds a secret.
type echoingSpans struct{ otherSpans }

func (echoingSpans) FindSpans(context.Context, trace.Query) (trace.Found, error) {
	return trace.Found{Warnings: []string{"token hunter2 is old"}}, errors.New("jaeger: 503 for hunter2")
}

// TestTUIFindTellsEarly is told how the first source answered while the second
// is being asked, without secrets.
func TestTUIFindTellsEarly(t *testing.T) {
	let := make(chan struct{})
	p := &tuiPlace{app: &app{secrets: []string{"hunter2"}}, redacts: &redactFlags{}, settings: settings{timeout: time.Minute}, src: gather.Sources{
		Spans: echoingSpans{}, SpansName: "jaeger", Logs: slowLogs{let: let}, LogsName: "elasticsearch",
	}}
	var told []trace.Found
	_, answers, err := p.Find(t.Context(), trace.Query{Conditions: []trace.Condition{{Key: "a", Value: "b"}}}, func(f trace.Found, a []tui.Answer) {
		if told = append(told, f); len(a) != 1 || a[0].Name != "jaeger" || a[0].Err == nil {
			t.Errorf("answers %v", a)
		}
		close(let)
	})
	if len(told) != 1 || len(told[0].Gaps) != 1 || len(told[0].Warnings) != 1 || strings.Join(told[0].Asking, "") != "elasticsearch" {
		t.Fatalf("told %+v", told)
	}
	for _, s := range []string{answers[0].Err.Error(), told[0].Gaps[0].Reason, told[0].Warnings[0], err.Error()} {
		if strings.Contains(s, "hunter2") {
			t.Errorf("%q tells a secret", s)
		}
	}
	if len(answers) != 2 {
		t.Errorf("answers %v", answers)
	}
}
