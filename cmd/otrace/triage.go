package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	all    bool         // the window is all that it holds
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
	if _, err := opts.at(time.Now()); err != nil {
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
	w, err := t.at(now)
	if err != nil {
		return triage.Calendar{}, err
	}
	t.all = t.from != nil && w.IsZero()
	if w.Until == 0 {
		w.Until = now.UnixNano()
	}
	if w.From == 0 {
		w.From = w.Until - int64(usualWindow)
		if t.from != nil {
			w.From = min(t.held.From, w.Until)
		}
	}
	if w.From > w.Until {
		return triage.Calendar{}, t.tooLate(now)
	}
	if t.from == nil {
		w.From = max(w.From, 1)
	}
	cal := triage.Calendar{Window: w, Slots: windowSlots}
	return cal, t.compareWith(&cal)
}

// tooLate refuses a window that begins when nothing has happened yet.
func (t *triaging) tooLate(now time.Time) error {
	newest := "it is " + now.UTC().Format(time.RFC3339) + " now"
	if t.from != nil {
		newest = "the newest record of the bundle is of " + now.UTC().Format(time.RFC3339)
	}
	return usageError{hintedError{fmt.Errorf("--since %s: nothing has happened since", t.since), newest}}
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
	return a.analyse(ctx, t, cal, analysis, a.early(t, analysis))
}

// An onlooker is told when the window is read, and when all is.
type onlooker interface {
	show(found gather.Errors)
	over()
}

// analyse gathers what failed into an analysis.
func (a *app) analyse(ctx context.Context, t *triaging, cal triage.Calendar, analysis *triage.Triage, looks onlooker) (*triage.Report, error) {
	plan := gather.ErrorPlan{
		Service: t.service, Operation: t.operation, Edges: cal.Edges(), Slices: cal.Slices, All: t.all,
		MostTraces: t.maxTraces, MostLogs: t.maxLogs, Patience: t.timeout / 10,
	}
	if t.from != nil {
		plan.MostTraces, plan.MostLogs, plan.Patience = 0, 0, 0
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	found, err := gather.TriageErrors(ctx, plan, t.src, analysis, looks.show)
	looks.over()
	if err != nil && found.Traces == 0 && found.Logs == 0 {
		a.warnAll(found.Warnings)
		return nil, ofBundle(err, t.from)
	}
	r := analysis.Report()
	a.complete(r, &found, t)
	if err == nil && found.Traces == 0 && found.Logs == 0 {
		t.doubt(ctx, r)
	}
	return r, err
}

// doubt looks for a reason why nothing was found, other than that nothing
// failed: a name that is misspelt, or a window in which a bundle has nothing.
func (t *triaging) doubt(ctx context.Context, r *triage.Report) {
	w := r.Calendar.Window
	if t.from != nil && !t.held.IsZero() && (w.Until < t.held.From || w.From > t.held.Until) {
		r.Warnings = append(r.Warnings, fmt.Sprintf("the bundle holds nothing of this window, only what happened from %s to %s",
			time.Unix(0, t.held.From).UTC().Format(time.RFC3339), time.Unix(0, t.held.Until).UTC().Format(time.RFC3339)))
		return
	}
	if t.service == "" && t.operation == "" {
		return
	}
	q := trace.Query{Service: t.service, Operation: t.operation, Window: w, Limit: 1}
	if t.all {
		q.Window = trace.Window{}
	}
	taken, err := t.src.Failing.EachTrace(ctx, q, func([]trace.Span) {})
	switch {
	case err != nil || len(taken.Gaps) > 0:
	case taken.Handed > 0 && t.service != "" && t.operation == "":
		r.Warnings = append(r.Warnings, fmt.Sprintf("no span of service %s failed, and no call of it was given up", t.service))
	case taken.Handed == 0:
		r.Warnings = append(r.Warnings, fmt.Sprintf("there is no span of %s in this window, not even one that went well: is the name right?", t.scope()))
	}
}

// scope names what is looked at, where that is not everything.
func (t *triaging) scope() string {
	switch {
	case t.operation == "":
		return "service " + t.service
	case t.service == "":
		return "operation " + t.operation
	}
	return "service " + t.service + ", operation " + t.operation
}

// complete adds to a report what the gathering told.
func (a *app) complete(r *triage.Report, found *gather.Errors, t *triaging) {
	r.Gaps, r.Warnings, r.Searched = slices.Clone(found.Gaps), slices.Clone(found.Warnings), found.Searched
	r.Searched.Service, r.Searched.Operation = t.service, t.operation
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
		what := "1 group of error logs alone is"
		if n > 1 {
			what = fmt.Sprintf("%d groups of error logs alone are", n)
		}
		r.Warnings = append(r.Warnings, what+" left out: logs have no operation")
	}
	r.Groups = kept
}
