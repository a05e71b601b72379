//go:build linux || darwin

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestJavaProperties(t *testing.T) {
	for text, want := range map[string]string{
		"Property settings:\n    java.home = /usr/lib/jvm/java 17\n    java.specification.version = 17\n    java.version = 17.0.15\n": "/usr/lib/jvm/java 17 17",
		"    java.home = C:\\jdk8\r\n    java.specification.version = 1.8\r\n":                                                        "C:\\jdk8 8",
		"no java here": " 0",
	} {
		home, version := javaProperties(text)
		if got := fmt.Sprint(home, " ", version); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// fakeJava is a folder with a java that says it is of that version.
func fakeJava(t *testing.T, version string) string {
	t.Helper()
	home := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\necho '    java.home = %s' >&2\necho '    java.specification.version = %s' >&2\n", home, version)
	write(t, filepath.Join(home, "bin", "java"), script)
	if err := os.Chmod(filepath.Join(home, "bin", "java"), 0o755); err != nil {
		t.Fatal(err)
	}
	return home
}

func TestFindJava(t *testing.T) {
	old, fits, newer := fakeJava(t, "1.8"), fakeJava(t, "17"), fakeJava(t, "25")
	for _, tt := range []struct {
		esJavaHome, javaHome, path string
		want                       string
	}{
		{fits, old, "", fits},
		{old, fits, "", fits},
		{"", newer, fits + "/bin", fits},
		{"/nowhere", "", fits + "/bin", fits},
	} {
		t.Setenv("PATH", tt.path+":/bin")
		getenv := func(name string) string {
			return map[string]string{"ES_JAVA_HOME": tt.esJavaHome, "JAVA_HOME": tt.javaHome}[name]
		}
		if got, err := findJava(t.Context(), getenv); err != nil || got != tt.want {
			t.Errorf("%+v: got %s, %v", tt, got, err)
		}
	}
}

func TestMissingToolIsNamed(t *testing.T) {
	s := testStack(t)
	t.Setenv("PATH", t.TempDir())
	err := s.require(t.Context(), mvnTool, ccTool)
	var out strings.Builder
	want := "stack: mvn (Maven) is missing: exec: \"mvn\": executable file not found in $PATH\n" +
		"gcc (for the race detector) is missing: exec: \"gcc\": executable file not found in $PATH\nhint: "
	if report(&out, err) != exitFailed || !strings.HasPrefix(out.String(), want) {
		t.Errorf("got %q", out.String())
	}
}

func TestQuietlyTells(t *testing.T) {
	err := quietly(goCommand(t.Context(), "", "no-such-command"))
	if err == nil || !strings.Contains(err.Error(), "unknown command") {
		t.Errorf("error %v", err)
	}
}

// As root, and with --install, what is missing is installed by apt-get: here
// one that makes the program it is asked for.
func TestInstall(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root installs")
	}
	bin := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\necho \"$@\" >> %[1]s/asked\n[ \"$2\" = install ] && cp /bin/true %[1]s/frob\nexit 0\n", bin)
	write(t, filepath.Join(bin, "apt-get"), script)
	if err := os.Chmod(filepath.Join(bin, "apt-get"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	s := testStack(t)
	frob := tool{"frob", []string{"frobnicator"}, onPath("frob")}
	var out strings.Builder
	if err := s.require(t.Context(), frob); report(&out, err) != exitFailed || !strings.Contains(out.String(), "--install") {
		t.Errorf("without --install: %s", out.String())
	}
	s.install = true
	t.Setenv("PATH", bin+":/bin")
	if err := s.require(t.Context(), frob); err != nil {
		t.Fatal(err)
	}
	if got, want := string(read(t, filepath.Join(bin, "asked"))), "-q update\n-q install -y --no-install-recommends frobnicator\n"; got != want {
		t.Errorf("asked apt-get for\n%s\nwant\n%s", got, want)
	}
}
