package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestClippers finds the programs that would be seen by whoever sits there.
func TestClippers(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems have a clipboard of their own")
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	for _, name := range []string{"tmux", "wl-copy", "xsel", "clip.exe"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ env, want string }{
		{"", ""},
		{"DISPLAY=:0", "xsel"},
		{"DISPLAY=:0 WAYLAND_DISPLAY=wayland-0", "wl-copy"},
		{"DISPLAY=:0 SSH_CONNECTION=a", ""},
		{"DISPLAY=:0 SSH_TTY=/dev/pts/1 TMUX=/tmp/tmux", "tmux"},
		{"DISPLAY=:0 TMUX=/tmp/tmux", "tmux xsel"},
		{"WSL_INTEROP=/run/WSL/1", "clip.exe"},
	} {
		env := map[string]string{}
		for word := range strings.FieldsSeq(tt.env) {
			name, value, _ := strings.Cut(word, "=")
			env[name] = value
		}
		a := &app{getenv: func(name string) string { return env[name] }}
		var names []string
		for _, c := range a.clippers() {
			names = append(names, c.name)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.env, got, tt.want)
		}
		if (a.clipboard() == nil) != (tt.want == "") {
			t.Errorf("%s: there is a clipboard without a program, or none with one", tt.env)
		}
	}
}

// TestClipboard hands a text over; programs that fail are named, those that
// stay behind are not waited for.
func TestClipboard(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems have a clipboard of their own")
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	got := filepath.Join(bin, "got")
	programs := map[string]string{"tmux": "exit 3", "xclip": "cat >" + got + "; sleep 30 & exit 0"}
	for name, does := range programs {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+does+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"DISPLAY": ":0", "TMUX": "/tmp/tmux"}
	a := &app{getenv: func(name string) string { return env[name] }}
	start := time.Now()
	by, err := a.clipboard()(t.Context(), "größer als 7")
	if by != "xclip" || err == nil || !strings.Contains(err.Error(), "tmux: exit status 3") {
		t.Errorf("by %q, %v", by, err)
	}
	if text, err := os.ReadFile(got); err != nil || string(text) != "größer als 7" {
		t.Errorf("it got %q, %v", text, err)
	}
	if took := time.Since(start); took > clipWithin {
		t.Errorf("it took %v", took)
	}
	wide := clipper{name: filepath.Join(bin, "xclip"), wide: true}
	if err := wide.run(t.Context(), "ä"); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(got); err != nil || string(text) != "\xe4\x00" {
		t.Errorf("it got %q, %v", text, err)
	}
}
