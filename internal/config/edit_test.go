package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otrace/otrace/internal/config"
)

// edited is the file's text after a change.
func edited(t *testing.T, before string, change func(*config.Editor) error) string {
	t.Helper()
	w := newWorld(t, before, nil)
	e, err := config.Edit(w.getenv)
	if err == nil {
		err = change(e)
	}
	if err == nil {
		_, err = e.Save()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(w.getenv); err != nil {
		t.Errorf("cannot be read any more: %v\n%s", err, w.read(t))
	}
	return w.read(t)
}

const byHand = `# The on-call's contexts.
current-context:   prod    # do not touch

contexts:
    # production, careful
    - name: prod
      jaeger: 'grpcs://jaeger.example:16685'  # behind the proxy
      index: [ app-*,audit-* ]

      password: {env: PW}

    # the old one
    - name: old
      elasticsearch:
        - https://a
        - https://b   # slow

    - {name: flow, insecure: true}
# the end
`

func TestEditsKeepWhatTheyDoNotChange(t *testing.T) {
	tests := []struct {
		name   string
		change func(*config.Editor) error
		edit   *strings.Replacer
	}{
		{
			"nothing", func(*config.Editor) error { return nil }, strings.NewReplacer(),
		},
		{
			"use", func(e *config.Editor) error { return e.Use("old") },
			strings.NewReplacer("current-context:   prod    # do", "current-context: old # do"),
		},
		{
			"rename", func(e *config.Editor) error { return e.Rename("old", "older") },
			strings.NewReplacer("name: old", "name: older"),
		},
		{
			"rename the current one", func(e *config.Editor) error { return e.Rename("prod", "live") },
			strings.NewReplacer("name: prod", "name: live", "current-context:   prod    # do", "current-context: live # do"),
		},
		{
			"delete", func(e *config.Editor) error { _, err := e.Delete("old"); return err },
			strings.NewReplacer("    # the old one\n    - name: old\n      elasticsearch:\n        - https://a\n        - https://b   # slow\n\n", ""),
		},
		{
			"delete the current one", func(e *config.Editor) error { _, err := e.Delete("prod"); return err },
			strings.NewReplacer("current-context:   prod    # do", `current-context: "" # do`,
				"    # production, careful\n    - name: prod\n      jaeger: 'grpcs://jaeger.example:16685'  # behind the proxy\n      index: [ app-*,audit-* ]\n\n      password: {env: PW}\n", ""),
		},
		{
			"set a value", setting("prod", config.Change{Key: "jaeger", Value: "http://new"}),
			strings.NewReplacer("'grpcs://jaeger.example:16685'  # behind", "'http://new' # behind"),
		},
		{
			"add values", setting("prod", config.Change{Key: "api-key", Value: config.Secret{Command: "pass show es"}}, config.Change{Key: "insecure", Value: config.On}),
			strings.NewReplacer("{env: PW}\n", "{env: PW}\n      api-key: {command: pass show es}\n      insecure: true\n"),
		},
		{
			"remove a value", setting("prod", config.Change{Key: "password"}),
			strings.NewReplacer("      password: {env: PW}\n\n", ""),
		},
		{
			"set a list", setting("old", config.Change{Key: "elasticsearch", Value: []string{"https://c"}}),
			strings.NewReplacer("        - https://a\n        - https://b   # slow\n", "        - https://c\n"),
		},
		{
			"set an entry", setting("flow", config.Change{Key: "fields", Entry: "trace", Value: []string{"corr_id"}}),
			strings.NewReplacer("insecure: true}", "insecure: true, fields: {trace: [corr_id]}}"),
		},
		{
			"set an entry that is spelled in another case",
			func(e *config.Editor) error {
				for _, tenant := range []string{"a", "b"} {
					if _, err := e.Set("old", []config.Change{{Key: "jaeger-headers", Entry: map[string]string{"a": "X-Tenant", "b": "x-tenant"}[tenant], Value: tenant}}); err != nil {
						return err
					}
				}
				return nil
			},
			strings.NewReplacer("        - https://b   # slow\n", "        - https://b   # slow\n      jaeger-headers:\n        X-Tenant: b\n"),
		},
		{
			"create", setting("new", config.Change{Key: "jaeger", Value: "http://new"}, config.Change{Key: "jaeger-headers", Entry: "x-tenant", Value: "007"}),
			strings.NewReplacer("insecure: true}\n", "insecure: true}\n    - name: new\n      jaeger: http://new\n      jaeger-headers:\n        x-tenant: \"007\"\n"),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, dress := range map[string]func(string) string{
				"Unix":    func(s string) string { return s },
				"Windows": func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") },
			} {
				got := edited(t, dress(byHand), tt.change)
				if diff := cmp.Diff(dress(tt.edit.Replace(byHand)), got); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		})
	}
}

func setting(name string, changes ...config.Change) func(*config.Editor) error {
	return func(e *config.Editor) error { _, err := e.Set(name, changes); return err }
}

// What cannot be kept line by line keeps its comments at least.
func TestEditsOfUnusualFiles(t *testing.T) {
	jaeger := setting("a", config.Change{Key: "jaeger", Value: "http://new"})
	for before, want := range map[string]string{
		"":                                   "contexts:\n  - name: a\n    jaeger: http://new\n",
		"# mine\n":                           "# mine\ncontexts:\n  - name: a\n    jaeger: http://new\n",
		"contexts:\n":                        "contexts:\n  - name: a\n    jaeger: http://new\n",
		"contexts: []\n":                     "contexts:\n  - name: a\n    jaeger: http://new\n",
		"contexts: []":                       "contexts:\n  - name: a\n    jaeger: http://new\n",
		"contexts:\n- name: a\n  index: x\n": "contexts:\n- name: a\n  index: x\n  jaeger: http://new\n",
		"contexts:\n  - name: a\n    jaeger: >-\n      x\n":                                   "contexts:\n  - name: a\n    jaeger: http://new\n",
		"contexts:\n  - name: a\n    jaeger: http://old\n    jaeger-headers: {X-Tenant: b}\n": "contexts:\n  - name: a\n    jaeger: http://new\n    jaeger-headers: {X-Tenant: b}\n",
		"{contexts: [{name: a}]}\n":                                                           "{contexts: [{name: a, jaeger: 'http://new'}]}\n",
		"contexts:\n     -   name: a # first\n":                                               "contexts:\n  - name: a # first\n    jaeger: http://new\n",
		"---\ncontexts:\n  - name: a\n":                                                       "contexts:\n  - name: a\n    jaeger: http://new\n",
	} {
		if diff := cmp.Diff(want, edited(t, before, jaeger)); diff != "" {
			t.Errorf("%q: %s", before, diff)
		}
	}
}

func TestEditsThatAreRefused(t *testing.T) {
	for name, change := range map[string]func(*config.Editor) error{
		"use an unknown one":     func(e *config.Editor) error { return e.Use("nowhere") },
		"delete an unknown one":  func(e *config.Editor) error { _, err := e.Delete("nowhere"); return err },
		"rename an unknown one":  func(e *config.Editor) error { return e.Rename("nowhere", "x") },
		"rename onto another":    func(e *config.Editor) error { return e.Rename("prod", "old") },
		"rename to nothing":      func(e *config.Editor) error { return e.Rename("prod", "") },
		"rename to a built-in":   func(e *config.Editor) error { return e.Rename("prod", "demo") },
		"delete a built-in":      func(e *config.Editor) error { _, err := e.Delete("demo"); return err },
		"set a built-in":         setting("demo"),
		"set one without a name": setting(""),
	} {
		w := newWorld(t, byHand, nil)
		e, err := config.Edit(w.getenv)
		if err != nil {
			t.Fatal(err)
		}
		err = change(e)
		if err == nil {
			t.Errorf("%s: was done", name)
		}
		if unknown := errors.As(err, new(*config.UnknownContextError)); unknown != strings.Contains(name, "unknown") {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := newWorld(t, "contexts: [{name: a, jeager: x}]", nil)
	if _, err := config.Edit(w.getenv); err == nil || !strings.Contains(err.Error(), `unknown key "jeager"`) {
		t.Errorf("a broken file: %v", err)
	}
	if _, err := config.Edit(func(string) string { return "" }); err == nil {
		t.Error("a file was found without a home")
	}
}

func TestSavingClosesTheFileToOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: Windows has no such modes")
	}
	w := newWorld(t, "", nil)
	save := func() []string {
		t.Helper()
		e, err := config.Edit(w.getenv)
		if err != nil {
			t.Fatal(err)
		}
		notes, err := e.Save()
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.Stat(w.file())
		if err != nil || file.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", file.Mode(), err)
		}
		folder, err := os.Stat(filepath.Dir(w.file()))
		if err != nil || folder.Mode().Perm() != 0o700 {
			t.Errorf("%v, %v", folder.Mode(), err)
		}
		return notes
	}
	if notes := save(); len(notes) != 0 {
		t.Errorf("a new file: %v", notes)
	}
	w.write(t, byHand, 0o644)
	if err := os.Chmod(filepath.Dir(w.file()), 0o755); err != nil {
		t.Fatal(err)
	}
	if notes := save(); len(notes) != 2 || !strings.Contains(notes[1], "could be read by others (mode 0644)") {
		t.Errorf("an open file: %v", notes)
	}
	left, err := os.ReadDir(filepath.Dir(w.file()))
	if err != nil || len(left) != 1 {
		t.Errorf("files left behind: %v, %v", left, err)
	}
}

func TestALinkIsWrittenThrough(t *testing.T) {
	w := newWorld(t, byHand, nil)
	real := filepath.Join(w.home, "dotfiles", "otrace.yaml")
	link := func(to string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(real), 0o755), os.Rename(w.file(), real), os.Symlink(to, w.file())); err != nil {
			t.Skipf("left out: no links here: %v", err)
		}
	}
	link(filepath.Join("..", "dotfiles", "otrace.yaml"))
	use := func(name string) {
		t.Helper()
		e, err := config.Edit(w.getenv)
		if err == nil {
			err = e.Use(name)
		}
		if err == nil {
			_, err = e.Save()
		}
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(w.file())
		if err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Fatalf("the link was replaced: %v, %v", info.Mode(), err)
		}
		if !strings.Contains(w.read(t), "current-context: "+name) {
			t.Errorf("nothing was written: %s", w.read(t))
		}
	}
	use("old")
	if err := os.Remove(real); err != nil {
		t.Fatal(err)
	}
	use("demo") // through a link that leads nowhere yet
}

func TestAFileThatChangedMeanwhileIsLeftAlone(t *testing.T) {
	for _, before := range []string{byHand, ""} {
		w := newWorld(t, before, nil)
		e, err := config.Edit(w.getenv)
		if err != nil {
			t.Fatal(err)
		}
		w.write(t, "# by somebody else\n", 0o600)
		if _, err := e.Save(); err == nil || !strings.Contains(err.Error(), "was changed meanwhile") {
			t.Errorf("%v", err)
		}
		if got := w.read(t); got != "# by somebody else\n" {
			t.Errorf("overwritten: %s", got)
		}
	}
}

// FuzzEdit sets a value in whatever parses as a configuration: that value must
// be there afterwards, and every other context as it was.
func FuzzEdit(f *testing.F) {
	for _, seed := range []string{byHand, "", "# mine\n", "contexts: []", "contexts:\n- name: a\n  index: [x,\n    y]\n", "{contexts: [{name: a}]}", "contexts:\n- &b {name: b}\n- <<: *b\n  name: c\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := newWorld(t, text, nil)
		e, err := config.Edit(w.getenv)
		if err != nil {
			t.Skip("no configuration")
		}
		before := e.File
		if _, err := e.Set("fuzzed", []config.Change{{Key: "jaeger", Value: "http://new"}}); err != nil {
			t.Skip(err)
		}
		if _, err := e.Save(); err != nil {
			if text != "" && w.read(t) != text {
				t.Errorf("%v, and yet %q", err, w.read(t))
			}
			return
		}
		after, err := config.Load(w.getenv)
		if err != nil {
			t.Fatalf("%v\n%q", err, w.read(t))
		}
		got, err := after.Context("fuzzed", w.getenv)
		if err != nil || got.Jaeger != "http://new" {
			t.Errorf("%+v, %v\n%q", got, err, w.read(t))
		}
		for _, c := range before.Contexts {
			same, err := after.Context(c.Name, w.getenv)
			if want, _ := before.Context(c.Name, w.getenv); c.Name != "fuzzed" && (err != nil || !cmp.Equal(want, same, cmp.AllowUnexported(config.Secret{}))) {
				t.Errorf("context %q has changed: %+v, %v\n%q", c.Name, same, err, w.read(t))
			}
		}
	})
}
