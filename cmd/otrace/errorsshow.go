package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

const (
	// healthyTraces is how many traces a group's failing ones are compared with.
	healthyTraces = 100
	// readTraces is how many of a group's traces have their logs read.
	readTraces = 3
	// newestLogs is how many of these are shown.
	newestLogs = 20
)

func newErrorsShowCmd(a *app) *cobra.Command {
	var opts errorsOptions
	cmd := &cobra.Command{
		Use:   "show N|ID",
		Short: "Open one cause: what was said, whom it affects, what stands out",
		Long: `Show opens one of the causes that otrace errors listed, by its number in the list
or by its ID: what was said and where in the code, which requests it makes fail,
in what its traces differ from healthy ones, its logs, and traces to open.

A number means the last list of the same servers, and looks at the same window.
With flags of its own the list is made anew.`,
		Example: "  otrace errors show 1\n" +
			"  otrace errors show 3f2a91c0 -o md",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return errors.New("errors show needs the number or the ID of a cause: otrace errors lists them")
			case len(args) > 1:
				return fmt.Errorf("errors show opens one cause, and got %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: a.completeGroups,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		anew := false
		for _, name := range []string{"since", "until", "service", "operation", "group-by", "baseline", "no-baseline", "max-traces", "max-logs"} {
			anew = anew || cmd.Flags().Changed(name)
		}
		return a.errorsShow(cmd.Context(), args[0], anew, &opts)
	}
	opts.addTriage(a, cmd)
	return cmd
}

// errorsShow opens the group that was named.
func (a *app) errorsShow(ctx context.Context, name string, anew bool, opts *errorsOptions) error {
	t, err := a.triaging(ctx, opts)
	if err != nil {
		return err
	}
	defer t.from.Close()
	if !namesCause(name) {
		return usageError{hintedError{fmt.Errorf("%q is neither the number nor the ID of a cause", name), "otrace errors lists them; an ID is 8 hex digits"}}
	}
	last, listed := a.lastListing(t)
	if anew {
		last, listed = lastList{}, false
	}
	var r *triage.Report
	if listed {
		last.restore(t)
		r, err = a.triageIn(ctx, t, last.Calendar)
	} else {
		r, err = a.triage(ctx, t)
	}
	if r == nil {
		return err
	}
	group, number, missing := pick(r, name, last.Groups)
	if missing != nil {
		return errors.Join(err, missing)
	}
	if err != nil {
		return err
	}
	detail := a.detail(ctx, t, r, group)
	detail.Number = number
	out, pages := a, (*pager)(nil)
	if !t.format.machine {
		out, pages = a.paged()
	}
	failed := output(t.format.group(out.out, detail, t.style))
	pages.close()
	return cmp.Or(failed, partial(r.Gaps))
}

// namesCause reports whether a name can be a cause's: its number, or its ID.
func namesCause(name string) bool {
	if _, err := strconv.Atoi(name); err == nil {
		return true
	}
	_, err := strconv.ParseUint(name, 16, 32)
	return err == nil && len(name) == idDigits
}

// idDigits is how long a cause's ID is.
const idDigits = 8

// pick finds the group by its ID or its number: in the list that was shown
// last, or in this one when there is none.
func pick(r *triage.Report, name string, shown []string) (*triage.Group, int, error) {
	all := slices.Concat(r.Groups, r.Expected)
	id := strings.ToLower(name)
	if n, err := strconv.Atoi(name); err == nil && len(name) < idDigits {
		if shown == nil {
			shown = idsOf(r)
		}
		if n < 1 || n > len(shown) {
			return nil, 0, usageError{hintedError{fmt.Errorf("there is no cause %d: %d were listed", n, len(shown)), "otrace errors lists them"}}
		}
		id = shown[n-1]
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i], i + 1, nil
		}
	}
	return nil, 0, hintedError{fmt.Errorf("cause %s: %w in this window", name, trace.ErrNotFound), "otrace errors lists what there is now"}
}

// idsOf lists the groups as they are numbered: what is expected comes behind.
func idsOf(r *triage.Report) []string {
	var ids []string
	for _, g := range slices.Concat(r.Groups, r.Expected) {
		ids = append(ids, g.ID)
	}
	return ids
}

// detail gathers what a group's own view tells beyond the list: healthy traces
// to compare with, and the newest logs. What cannot be had is a gap.
func (a *app) detail(ctx context.Context, t *triaging, r *triage.Report, g *triage.Group) *render.GroupDetail {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	done := a.progress("looking at healthy traces and at logs")
	defer done()
	d := &render.GroupDetail{Report: r, Group: g}
	if g.Kind != triage.LogOnly && len(g.Instances()) > 0 {
		healthy, err := healthyOnes(ctx, t, g, r.Calendar.Window)
		a.lack(r, t.src.SpansName, "healthy traces", err)
		var failing [][]trace.Attribute
		for _, one := range g.Instances() {
			failing = append(failing, one.Attributes)
		}
		d.Healthy, d.Standouts = len(healthy), triage.StandOut(failing, healthy)
	}
	for _, e := range g.Examples[:min(len(g.Examples), readTraces)] {
		id := e.Trace
		ev, err := t.src.Logs.Logs(ctx, id, nil)
		a.lack(r, t.src.LogsName, "the logs of trace "+id.String(), err)
		for _, l := range ev.Logs {
			if l.Level >= trace.LevelError {
				d.Logs = append(d.Logs, trace.ErrorLog{Log: l, TraceID: id})
			}
		}
	}
	slices.SortStableFunc(d.Logs, func(x, y trace.ErrorLog) int { return cmp.Compare(y.Time, x.Time) })
	d.Logs = d.Logs[:min(len(d.Logs), newestLogs)]
	return d
}

// lack adds a gap for what a group's own view could not get.
func (a *app) lack(r *triage.Report, source, what string, err error) {
	if err == nil || errors.Is(err, trace.ErrNotFound) {
		return
	}
	var ev trace.Evidence
	ev.AddGap(source, fmt.Errorf("%s: %w", what, err))
	ev.Gaps[0].Partial = true
	ev.Gaps[0].Reason = a.scrub(ev.Gaps[0].Reason)
	r.Gaps = append(r.Gaps, ev.Gaps...)
}

// healthyOnes is the attributes of the group's operation in traces in which
// nothing failed.
func healthyOnes(ctx context.Context, t *triaging, g *triage.Group, at trace.Window) ([][]trace.Attribute, error) {
	q := trace.Query{Service: g.Service, Operation: g.Operation, Window: at, Limit: healthyTraces}
	if strings.Contains(q.Operation, "<*>") {
		q.Operation = "" // the group's own name for many
	}
	var list [][]trace.Attribute
	_, err := t.src.Failing.EachTrace(ctx, q, func(spans []trace.Span) {
		if slices.ContainsFunc(spans, func(s trace.Span) bool { return s.Status == trace.StatusError }) {
			return
		}
		i := slices.IndexFunc(spans, func(s trace.Span) bool {
			return s.Resource.Service == g.Service && (g.Operation == "" || triage.OperationOf(s.Operation) == g.Operation)
		})
		if i >= 0 {
			list = append(list, slices.Concat(spans[i].Resource.Attributes, spans[i].Attributes))
		}
	})
	return list, err
}

// A lastList is what a list of causes showed, so that its numbers mean something
// afterwards.
type lastList struct {
	Calendar  triage.Calendar
	Service   string
	Operation string
	By        string
	MaxTraces int
	MaxLogs   int
	All       bool
	Groups    []string // IDs by number, from 1
}

// restore makes a triage look where the list looked.
func (l *lastList) restore(t *triaging) {
	t.service, t.operation, t.groupBy = l.Service, l.Operation, l.By
	t.maxTraces, t.maxLogs, t.all = l.MaxTraces, l.MaxLogs, l.All
	t.by, _ = t.errorsOptions.by() // it was written by a list that knew it
}

// listingKey names the last list of the same sources.
func listingKey(t *triaging) string {
	from := slices.Clone(t.found.From)
	for i := range from {
		if path, err := filepath.Abs(from[i]); err == nil {
			from[i] = path // the same name is another bundle in another folder
		}
	}
	return "errors of " + strings.Join(slices.Concat([]string{t.found.Context, t.found.Jaeger, t.found.JaegerHeaders[config.Tenant]}, t.found.Elasticsearch, from), "\x00")
}

// keepListing remembers a list.
func (a *app) keepListing(t *triaging, r *triage.Report) {
	l := lastList{
		Calendar: r.Calendar, Service: t.service, Operation: t.operation, By: t.groupBy,
		MaxTraces: t.maxTraces, MaxLogs: t.maxLogs, All: t.all, Groups: idsOf(r),
	}
	if data, err := json.Marshal(l); err == nil {
		a.memory().Put(listingKey(t), data)
	}
	var names []string
	for i, g := range slices.Concat(r.Groups, r.Expected) {
		names = append(names, fmt.Sprintf("%d\t%s", i+1, safe.Of(strings.Join([]string{g.Service, g.Operation, g.Class}, " "))))
	}
	a.remember(groupsKey, names[:min(len(names), mostRecent)])
}

// lastListing is the list that was shown last, if any.
func (a *app) lastListing(t *triaging) (lastList, bool) {
	var l lastList
	data, ok := a.memory().Get(listingKey(t))
	ok = ok && json.Unmarshal(data, &l) == nil && l.Calendar.Slots > 0
	return l, ok
}

// completeGroups completes the numbers of the last list.
func (a *app) completeGroups(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	list, _ := a.remembered(groupsKey, keptFor)
	if len(args) > 0 {
		list = nil
	}
	return beginning(list, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

const groupsKey = "the causes that were listed last"
