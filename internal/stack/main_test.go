package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"up", "es9"}, `stack: no server is called "es9" (there are jaeger, es8, es7, opensearch, jaeger-es7)`},
		{[]string{"down", "es9"}, `no server is called "es9"`},
		{[]string{"test", "--with", "es9"}, "stack: unknown flag: --with"},
		{[]string{"up", "--fast"}, "stack: unknown flag: --fast"},
		{[]string{"sideways"}, `stack: unknown command "sideways"`},
		{[]string{"status", "es8"}, "stack: unknown command"},
	} {
		var out, errs strings.Builder
		dir := t.TempDir()
		getenv := func(name string) string {
			if name == "OTRACE_STACK_DIR" {
				return dir
			}
			return ""
		}
		if code := run(t.Context(), tt.args, &out, &errs, getenv); code != exitUsage {
			t.Errorf("%v: exit code %d", tt.args, code)
		}
		if !strings.Contains(errs.String(), tt.want) || !strings.Contains(errs.String(), "\nhint: ") || out.Len() > 0 {
			t.Errorf("%v: got %q, want %q", tt.args, errs.String(), tt.want)
		}
	}
}

func TestReport(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code int
		text string
	}{
		{nil, exitOK, ""},
		{errReported, exitFailed, ""},
		{errors.New("es8: no"), exitFailed, "stack: es8: no\n"},
		{fmt.Errorf("es8: %w", hinted("do this", "no java")), exitFailed, "stack: es8: no java\nhint: do this\n"},
		{fmt.Errorf("es8: %w", context.Canceled), exitInterrupted, "stack: interrupted\n"},
	} {
		var out strings.Builder
		if code := report(&out, tt.err); code != tt.code || out.String() != tt.text {
			t.Errorf("%v: got %d and %q", tt.err, code, out.String())
		}
	}
}
