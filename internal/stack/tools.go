package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The search servers run on these Java versions: later ones lack the security
// manager, without which Elasticsearch 7 and OpenSearch 2 do not start.
const (
	oldestJava = 17
	newestJava = 23
)

// A tool is a program that the machine must have, and Debian's packages of it.
type tool struct {
	what     string
	packages []string
	find     func(context.Context, *stack) error
}

var (
	javaTool = tool{
		fmt.Sprintf("java %d to %d", oldestJava, newestJava),
		[]string{"openjdk-17-jdk-headless"},
		func(ctx context.Context, s *stack) (err error) {
			s.java, err = findJava(ctx, s.getenv)
			return err
		},
	}
	mvnTool = tool{"mvn (Maven)", []string{"maven"}, onPath("mvn")}
	ccTool  = tool{"gcc (for the race detector)", []string{"gcc", "libc6-dev"}, onPath("gcc")}
)

func onPath(name string) func(context.Context, *stack) error {
	return func(context.Context, *stack) error {
		_, err := exec.LookPath(name)
		return err
	}
}

// require makes sure that the machine has the tools. What is missing is
// installed when that is asked for and possible, else named, all at once.
func (s *stack) require(ctx context.Context, tools ...tool) error {
	s.tools.Lock()
	defer s.tools.Unlock()
	missing, err := s.missing(ctx, tools)
	if err == nil {
		return nil
	}
	var packages []string
	for _, t := range missing {
		packages = append(packages, t.packages...)
	}
	list := strings.Join(packages, " ")
	_, aptErr := exec.LookPath("apt-get")
	switch {
	case aptErr != nil:
		return hintedError{err, "install what is missing, and put it on the PATH"}
	case os.Geteuid() != 0:
		return hintedError{err, "sudo apt-get install " + list}
	case !s.install:
		return hintedError{err, "run this again with --install, or: apt-get install " + list}
	}
	err = s.out.during("stack", "installing "+list, func() error { return interrupted(ctx, aptInstall(ctx, packages)) })
	if err != nil {
		return err
	}
	_, err = s.missing(ctx, missing)
	return err
}

// missing is the tools that are not there, and an error that names them.
func (s *stack) missing(ctx context.Context, tools []tool) (missing []tool, err error) {
	for _, t := range tools {
		if e := t.find(ctx, s); e != nil {
			missing = append(missing, t)
			err = errors.Join(err, fmt.Errorf("%s is missing: %w", t.what, e))
		}
	}
	return missing, err
}

// findJava is the home of the first Java that will do.
func findJava(ctx context.Context, getenv func(string) string) (string, error) {
	var candidates []string
	for _, name := range []string{"ES_JAVA_HOME", "JAVA_HOME"} {
		if home := getenv(name); home != "" {
			candidates = append(candidates, filepath.Join(home, "bin", "java"))
		}
	}
	candidates = append(candidates, "java")
	installed, _ := filepath.Glob("/usr/lib/jvm/*/bin/java")
	var rejected []string
	for _, java := range append(candidates, installed...) {
		out, err := exec.CommandContext(ctx, java, "-XshowSettings:properties", "-version").CombinedOutput()
		if err != nil {
			continue
		}
		home, version := javaProperties(string(out))
		if version >= oldestJava && version <= newestJava {
			return home, nil
		}
		rejected = append(rejected, fmt.Sprintf("java %d in %s", version, home))
	}
	if len(rejected) == 0 {
		return "", errors.New("there is none on the PATH or in JAVA_HOME")
	}
	slices.Sort(rejected)
	return "", fmt.Errorf("there is only %s", strings.Join(slices.Compact(rejected), ", "))
}

var javaProperty = regexp.MustCompile(`(?m)^\s*(java\.home|java\.specification\.version) = (.*?)\r?$`)

// javaProperties reads the home and the major version that Java says of itself.
func javaProperties(settings string) (home string, version int) {
	for _, m := range javaProperty.FindAllStringSubmatch(settings, -1) {
		if m[1] == "java.home" {
			home = m[2]
			continue
		}
		version, _ = strconv.Atoi(strings.TrimPrefix(m[2], "1."))
	}
	return home, version
}

func aptInstall(ctx context.Context, packages []string) error {
	for _, args := range [][]string{
		{"update"},
		append([]string{"install", "-y", "--no-install-recommends"}, packages...),
	} {
		cmd := exec.CommandContext(ctx, "apt-get", append([]string{"-q"}, args...)...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if err := quietly(cmd); err != nil {
			return err
		}
	}
	return nil
}

// quietly runs a command; the end of what it printed is part of the error, if any.
func quietly(cmd *exec.Cmd) error { return showing(cmd, 20) }

// showing is quietly with as many lines as given.
func showing(cmd *exec.Cmd, lines int) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, tail(out.String(), lines))
	}
	return err
}

// fetch returns a fetcher that asks Maven, one at a time: two Mavens at once
// spoil a new local repository. A fresh fetch has a repository of its own, and
// removes a damaged archive from the usual one.
func (s *stack) fetch(server string) fetcher {
	return func(ctx context.Context, a archive, dir string, fresh bool) error {
		if err := s.require(ctx, javaTool, mvnTool); err != nil {
			return err
		}
		s.tools.Lock()
		defer s.tools.Unlock()
		args := []string{
			"-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy",
			"-Dartifact=" + a.artifact, "-DoutputDirectory=" + dir,
		}
		if fresh {
			repository, err := partial(s.path("archives", "repository"))
			if err != nil {
				return err
			}
			defer os.RemoveAll(repository)
			args = append(args, "-Dmaven.repo.local="+repository)
			removeDamaged(a)
		}
		cmd := exec.CommandContext(ctx, "mvn", args...)
		cmd.Env = append(os.Environ(), "JAVA_HOME="+s.java)
		doing := fmt.Sprintf("fetching %s (%d MB)", a.base(), a.megabyte)
		return s.out.during(server, doing, func() error { return interrupted(ctx, quietly(cmd)) })
	}
}

// removeDamaged deletes the archive from the user's local Maven repository if
// it is not the pinned one, so that Maven does not serve it again.
func removeDamaged(a archive) {
	home, err := os.UserHomeDir()
	if err != nil {
		return
	}
	path := a.inRepository(filepath.Join(home, ".m2", "repository"))
	if errors.Is(verify(path, a.sha512), errCorrupt) {
		_ = os.Remove(path)
	}
}
