package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"-seeds", "2", "-only", "Log-Only,dark"}, 0, []string{"2 worlds, each played 2 times", "log-only: no span fails", "every failed", "topmost", "all worlds"}},
		{[]string{"-seeds", "1", "-only", "refusals", "-show"}, 0, []string{"rising failed: web \"GET profile\"", "expected steady failed: web \"GET quota\""}},
		{[]string{"-seeds", "0"}, 2, []string{"at least one seed"}},
		{[]string{"dark"}, 2, []string{"no arguments"}},
		{[]string{"-only", "bright"}, 2, []string{`no world "bright"`}},
		{[]string{"-fast"}, 2, []string{"not defined"}},
	} {
		var out bytes.Buffer
		code := run(tt.args, &out, &out)
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q says %q, want %q", tt.args, out.String(), want)
			}
		}
		if code != tt.code {
			t.Errorf("%q ends with %d, want %d", tt.args, code, tt.code)
		}
	}
}
