package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A step is one part of a test run.
type step struct {
	name string
	run  func(context.Context) error
}

// A result is how a step went.
type result struct {
	name string
	err  error
	took time.Duration
}

// test runs the checks and then every test against the real servers. A step
// that fails does not keep the others from running, except that there are no
// tests without servers.
func (s *stack) test(ctx context.Context, w io.Writer, opts testOptions) error {
	release, err := s.beginTesting(ctx)
	if err != nil {
		return err
	}
	defer release()
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	all, err := packagesBelow(ctx, root)
	if err != nil {
		return err
	}
	servers := allNames()
	if err := s.require(ctx, append(s.toolsFor(withNeeds(servers)), ccTool)...); err != nil {
		return err // now, rather than after the checks
	}
	var results []result
	if !opts.noChecks {
		results = s.runSteps(ctx, s.checks(root))
	}
	var st state
	results = append(results, s.runSteps(ctx, []step{{"servers", func(ctx context.Context) (err error) {
		st, err = s.up(ctx, servers, !opts.keep)
		return err
	}}})...)
	if results[len(results)-1].err == nil {
		results = append(results, s.runSteps(ctx, s.tests(w, root, all, environment(st, servers), opts.args))...)
	}
	release()
	stopErr := s.stopTemporary(context.WithoutCancel(ctx))
	return errors.Join(summary(ctx, w, results), stopErr)
}

// beginTesting tells other runs that the servers are in use.
func (s *stack) beginTesting(ctx context.Context) (release func(), err error) {
	unlock, err := s.lock(ctx) // under which alone the other side of this lock is held
	if err != nil {
		return nil, err
	}
	defer unlock()
	return tryLock(s.path("testing"), shared)
}

// runSteps runs the steps in turn and tells of each failure at once.
func (s *stack) runSteps(ctx context.Context, steps []step) []result {
	var results []result
	for _, st := range steps {
		begin := time.Now()
		err := ctx.Err()
		if err == nil {
			err = st.run(ctx)
		}
		if err != nil && ctx.Err() == nil && !errors.Is(err, errReported) {
			s.out.say(st.name, "failed: %v", err)
			if hint, ok := errors.AsType[hintedError](err); ok {
				s.out.say("hint", "%s", hint.hint)
			}
		}
		results = append(results, result{st.name, err, time.Since(begin)})
	}
	return results
}

// summary prints the last line: every step, how it went, and its time.
func summary(ctx context.Context, w io.Writer, results []result) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var failed error
	var parts []string
	for _, r := range results {
		verdict := "ok"
		if r.err != nil {
			verdict, failed = "FAILED", errReported
		}
		parts = append(parts, fmt.Sprintf("%s %s (%.0f s)", r.name, verdict, r.took.Seconds()))
	}
	fmt.Fprintln(w, "stack test: "+strings.Join(parts, ", "))
	return failed
}

// tests are the steps that run the suites. What one run found is never taken for
// what another did: each has a number of its own.
func (s *stack) tests(w io.Writer, root string, all, env, args []string) []step {
	env = append(env, "CGO_ENABLED=1", "GORACE=atexit_sleep_ms=0", "OTRACE_TEST_STACK=required",
		fmt.Sprintf("OTRACE_TEST_RUN=%d", time.Now().UnixNano()))
	var steps []step
	for _, t := range suites(args, all) {
		steps = append(steps, step{t.name, func(ctx context.Context) error { return goTest(ctx, w, root, env, t.line(args)) }})
	}
	return steps
}

// goTest runs go test; its output is shown as it comes.
func goTest(ctx context.Context, w io.Writer, root string, env, line []string) error {
	cmd := goCommand(ctx, root, line...)
	cmd.Stdout, cmd.Stderr = w, w
	cmd.Env = append(cmd.Env, env...)
	err := cmd.Run()
	if errors.As(err, new(*exec.ExitError)) {
		return errReported // go test has told why
	}
	return err
}

// modulePath is otrace's own.
const modulePath = "github.com/otrace/otrace"

// moduleRoot is the folder of otrace's go.mod.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := goCommand(ctx, "", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	mod := strings.TrimSpace(string(out))
	text, err := os.ReadFile(mod)
	if err != nil || !strings.HasPrefix(string(text), "module "+modulePath+"\n") {
		return "", hinted("run it in the folder that otrace was cloned to", "this is not otrace's source")
	}
	return filepath.Dir(mod), nil
}
