package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// testStack is a stack in a folder of its own, which runs servers as the caller.
func testStack(t *testing.T) *stack {
	t.Helper()
	s := &stack{
		dir:      t.TempDir(),
		getenv:   func(string) string { return "" },
		out:      newProgress(io.Discard),
		runAs:    func(context.Context) (*account, error) { return nil, nil }, //nolint:nilnil // as serverAccount
		promised: map[int]bool{},
	}
	if err := s.makeDirs(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFolder(t *testing.T) {
	named := func(name string) string {
		if name == "OTRACE_STACK_DIR" {
			return "/somewhere"
		}
		return ""
	}
	none := func(string) string { return "" }
	t.Setenv("HOME", "/nowhere")
	t.Setenv("XDG_CACHE_HOME", "/nowhere/.cache")
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		getenv func(string) string
		root   bool
		want   string
	}{
		{named, false, "/somewhere"},
		{named, true, "/somewhere"},
		{none, true, "/var/cache/otrace-stack"},
		{none, false, filepath.Join(cache, "otrace-stack")},
	} {
		if got, err := folder(tt.getenv, tt.root); err != nil || got != tt.want {
			t.Errorf("got %s, %v, want %s", got, err, tt.want)
		}
	}
}

func TestReachable(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "home", "cache")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "home"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := reachable(inner)
	if err == nil || !strings.Contains(err.Error(), "cannot enter "+filepath.Join(dir, "home")) {
		t.Errorf("error %v", err)
	}
}

func TestStateOnDisk(t *testing.T) {
	s := testStack(t)
	if st, err := s.load(); err != nil || len(st.Servers) != 0 {
		t.Fatalf("before anything was started: %v, %v", st, err)
	}
	want := running{Version: "1", Leader: process{7, "then"}, Ports: ports{"http": 9}, Since: time.Unix(5, 0).UTC()}
	err := s.update(func(st *state) {
		st.Servers["es8"] = want
		st.Servers["of another version of this program"] = want
	})
	if err != nil {
		t.Fatal(err)
	}
	st, err := s.load()
	got := st.Servers["es8"]
	if err != nil || len(st.Servers) != 1 || got.Leader != want.Leader || got.Ports["http"] != 9 || !got.Since.Equal(want.Since) {
		t.Errorf("got %+v, %v", st, err)
	}

	write(t, s.path("state.json"), `{"servers":`)
	var out strings.Builder
	if _, err := s.load(); report(&out, err) != exitFailed || !strings.Contains(out.String(), "hint: stop what still runs by hand") {
		t.Errorf("a damaged state: %s", out.String())
	}
}

func TestOneAtATime(t *testing.T) {
	s := testStack(t)
	unlock, err := s.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := s.lock(ctx); err == nil {
		t.Error("the lock was had twice")
	}
	unlock()
	again, err := s.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again()
}
