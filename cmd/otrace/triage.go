package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

const (
	// windowSlots is how finely a trend is drawn.
	windowSlots = 20
	// usualSlices is how many windows a window is compared with, and
	// fewestSlices how many it takes to tell what is usual.
	usualSlices  = 24
	fewestSlices = 6
	mostSlices   = 240
	// usualWindow is what errors looks at when nothing is said.
	usualWindow = time.Hour
)

// A triaging is what the command line asks for.
type triaging struct {
	*errorsOptions
	format causeFormat
	style  render.Style
	by     triage.By
	src    gather.Sources
	from   *bundle.Bundle
	held   trace.Window // what a bundle holds
}

// triaging checks the command line; of servers nothing is asked yet.
func (a *app) triaging(ctx context.Context, opts *errorsOptions) (*triaging, error) {
	t := &triaging{errorsOptions: opts}
	var errs [4]error
	t.format, errs[0] = causeFormatOf(opts.output)
	t.by, errs[1] = opts.by()
	t.style, errs[2] = opts.style(a)
	errs[3] = opts.check()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	if _, err := opts.windowFlags.at(time.Now()); err != nil {
		return nil, err
	}
	var err error
	if t.src, t.from, err = a.sources(&opts.settings); err != nil {
		return nil, err
	}
	if t.from != nil {
		t.held, err = t.from.Span(ctx)
	}
	t.style.Expected, t.style.Where = opts.expected, opts.where()
	_, onTerminal := terminal(a.out)
	return t, errors.Join(err, link(&t.style, opts.found, onTerminal))
}

// where is the flags that say which sources are asked, as they were typed.
func (s *settings) where() string {
	var words []string
	for _, flag := range []struct{ name, value string }{
		{"--context", s.Context}, {"--jaeger", s.Jaeger}, {"--elasticsearch", strings.Join(s.Elasticsearch, ",")},
	} {
		if flag.value != "" && !strings.Contains(flag.value, "@") { // which may hold a password
			words = append(words, flag.name, shellWord(flag.value))
		}
	}
	for _, path := range s.From {
		words = append(words, "--from", shellWord(path))
	}
	return strings.Join(words, " ")
}

// shellWord is a word as a shell takes it.
func shellWord(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:,=+@%~", r)
	}) {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// calendar settles the window, and the time before it to compare with. In a
// bundle, now is its newest record, and nothing is known before its oldest.
func (t *triaging) calendar(now time.Time) (triage.Calendar, error) {
	if t.from != nil && !t.held.IsZero() {
		now = time.Unix(0, t.held.Until)
	}
	w, err := t.windowFlags.at(now)
	if err != nil {
		return triage.Calendar{}, err
	}
	if w.Until == 0 {
		w.Until = now.UnixNano()
	}
	if w.From == 0 {
		w.From = w.Until - int64(usualWindow)
		if t.from != nil {
			w.From = min(t.held.From, w.Until)
		}
	}
	cal := triage.Calendar{Window: w, Slots: windowSlots}
	return cal, t.compareWith(&cal)
}

// compareWith settles the baseline.
func (t *triaging) compareWith(cal *triage.Calendar) error {
	length := max(cal.Window.Until-cal.Window.From+1, 1)
	slices := int64(usualSlices)
	switch {
	case t.noBaseline:
		return nil
	case t.baseline > 0:
		slices = int64(t.baseline) / length
		if slices < fewestSlices {
			return usageError{hintedError{
				fmt.Errorf("--baseline %s is less than %d times the window of %s", t.baseline, fewestSlices, time.Duration(length).Round(time.Second)),
				"what is usual takes at least so many windows to tell: give a longer baseline, or a shorter --since",
			}}
		}
		slices = min(slices, mostSlices)
	}
	if t.from != nil {
		slices = min(slices, (cal.Window.From-t.held.From)/length)
	}
	if slices = min(slices, cal.Window.From/length); slices <= 0 {
		return nil
	}
	cal.Slices = int(slices)
	cal.Baseline = trace.Window{From: cal.Window.From - slices*length, Until: cal.Window.From - 1}
	return nil
}

// triage gathers what failed and makes groups of it. What came before an
// interruption is in the report, beside the error; no report comes with an
// error when there is nothing to show.
func (a *app) triage(ctx context.Context, t *triaging) (*triage.Report, error) {
	cal, err := t.calendar(time.Now())
	if err != nil {
		return nil, err
	}
	return a.triageIn(ctx, t, cal)
}

func (a *app) triageIn(ctx context.Context, t *triaging, cal triage.Calendar) (*triage.Report, error) {
	analysis := triage.Begin(cal, t.by)
	plan := gather.ErrorPlan{
		Service: t.service, Operation: t.operation, Edges: cal.Edges(), Slices: cal.Slices,
		MostTraces: t.maxTraces, MostLogs: t.maxLogs, Patience: t.timeout / 10,
	}
	if t.from != nil {
		plan.MostTraces, plan.MostLogs, plan.Patience = 0, 0, 0
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	early := a.early(t, analysis)
	found, err := gather.TriageErrors(ctx, plan, t.src, analysis, early.show)
	early.over()
	if err != nil && found.Traces == 0 && found.Logs == 0 {
		a.warnAll(found.Warnings)
		return nil, ofBundle(err, t.from)
	}
	r := analysis.Report()
	a.complete(r, &found, t)
	return r, err
}

// complete adds to a report what the gathering told.
func (a *app) complete(r *triage.Report, found *gather.Errors, t *triaging) {
	r.Gaps, r.Warnings, r.Searched = found.Gaps, found.Warnings, found.Searched
	r.Spans = triage.Coverage{Read: int64(found.Traces), Total: -1, Sampled: found.TracesCut}
	r.Logs = triage.Coverage{Read: int64(found.Logs), Total: found.AllLogs, Sampled: found.LogsSampled, Counted: found.LogsSampled}
	if !found.TracesCut {
		r.Spans.Total = r.Spans.Read
	}
	for i := range r.Gaps {
		r.Gaps[i].Reason = a.scrub(r.Gaps[i].Reason)
	}
	for i := range r.Warnings {
		r.Warnings[i] = a.scrub(r.Warnings[i])
	}
	if t.operation != "" {
		t.withoutLogGroups(r)
	}
}

// withoutLogGroups leaves out the groups of logs alone: they have no
// operation.
func (t *triaging) withoutLogGroups(r *triage.Report) {
	kept := r.Groups[:0]
	for i := range r.Groups {
		if r.Groups[i].Kind != triage.LogOnly {
			kept = append(kept, r.Groups[i])
		}
	}
	if n := len(r.Groups) - len(kept); n > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d groups of error logs alone are left out: logs have no operation", n))
	}
	r.Groups = kept
}
