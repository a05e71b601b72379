package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/cache"
	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/tui"
)

// tuiOptions are the flags of otrace tui.
type tuiOptions struct {
	errorsOptions
	skewFlags
}

func newTUICmd(a *app) *cobra.Command {
	var opts tuiOptions
	cmd := &cobra.Command{
		Use:   "tui [ID | KEY=VALUE...]",
		Short: "Drill from what fails into a trace and its logs, on the terminal",
		Long: `Tui begins with what fails, as errors lists it, and drills from there into a
cause, a trace, and a line of its log. With an ID it begins with that trace, with
KEY=VALUE with the traces that find lists.

Rows open and close, details follow the cursor, filters hold as they are typed.
The keys are those of vi, and the arrows. ? tells them all; q leaves.`,
		Example: "  otrace tui\n" +
			"  otrace tui 7a1c09e2f4b85d36\n" +
			"  otrace tui order.id=ORD-17\n" +
			"  otrace tui --since 15m --watch\n" +
			"  otrace tui --context demo",
		ValidArgsFunction: a.completeRecent,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.tui(cmd.Context(), args, &opts)
		},
	}
	flags := cmd.Flags()
	opts.addSettings(flags)
	opts.addWindow(flags)
	opts.addScope(flags)
	opts.addSkew(cmd)
	flags.StringVar(&opts.color, "color", "auto", "`when` to use colours: auto, always or never")
	flags.BoolVar(&opts.ascii, "ascii", false, "draw with ASCII characters only")
	flags.VarPF(durationValue{&opts.watch}, "watch", "", "ask for the errors again and again, every so often (every 10s)").NoOptDefVal = "10s"
	a.completeFlags(cmd, &opts.settings, func() []string { return []string{opts.service} })
	_ = cmd.RegisterFlagCompletionFunc("group-by", cobra.FixedCompletions(groupings(), cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
	return cmd
}

// tui is the command: every check of the command line, then the screen.
func (a *app) tui(ctx context.Context, args []string, opts *tuiOptions) error {
	show, err := a.screen(ctx, args, opts)
	if err != nil {
		return err
	}
	p, err := a.newTUIPlace(opts.settings, opts.errorsOptions)
	if err != nil {
		return err
	}
	places := []*tuiPlace{p} // a context that was left may still be asked
	defer func() {
		for _, p := range places {
			p.from.Close()
		}
	}()
	if p.src.Window, err = opts.window(ctx, p.from); err != nil {
		return err
	}
	if err := link(&show.Style, p.settings.found, false); err != nil {
		return err
	}
	show.Source, show.Context, show.State = p, p.name(), a.tuiState(p.name())
	current := func() string { return places[len(places)-1].name() }
	show.Keep = func(s tui.State) { a.keepTUIState(current(), s) }
	show.Use = func(name string) (tui.Source, tui.State, error) {
		next, err := p.app.newTUIPlace(settings{Settings: config.Settings{Context: name}, timeout: opts.timeout}, opts.errorsOptions)
		if err != nil {
			return nil, tui.State{}, err
		}
		places = append(places, next)
		return next, a.tuiState(name), nil
	}
	state, err := tui.Run(ctx, show)
	a.keepTUIState(current(), state)
	return err
}

// screen checks the command line for all that is shown wherever it comes from.
func (a *app) screen(ctx context.Context, args []string, opts *tuiOptions) (tui.Options, error) {
	screen, onTerminal := terminal(a.out)
	if !onTerminal || a.getenv("TERM") == "dumb" {
		return tui.Options{}, usageError{hintedError{errors.New("tui needs a terminal that can be drawn on"), "otrace show writes the same anywhere"}}
	}
	show := tui.Options{
		Out: screen, Every: opts.watch, Contexts: a.contextNames(), Browse: a.browser(), Editor: a.editor(), Hint: hintFor,
		Scope: tui.Scope{Since: opts.since, Until: opts.until, Service: opts.service, Operation: opts.operation},
	}
	if in, ok := a.in.(*os.File); ok && !slices.Contains(args, "-") {
		show.In = in
	}
	var errs [6]error
	show.Style, errs[0] = opts.style(a)
	show.Mode, errs[1] = opts.mode()
	show.Scope.By, errs[2] = opts.by()
	errs[3] = opts.check()
	_, errs[4] = opts.at(time.Now())
	show.ID, show.Wants, errs[5] = a.openedFirst(ctx, args)
	mode := show.Mode
	show.Save = func(path string, ev trace.Evidence) error { return a.saveFromTUI(path, &ev, mode) }
	show.Opened = a.keepOpened
	for _, err := range errs {
		if err != nil {
			return show, err
		}
	}
	return show, nil
}

// openedFirst reads the arguments: a trace's ID, or what to search for.
func (a *app) openedFirst(ctx context.Context, args []string) (trace.ID, []trace.Condition, error) {
	if len(args) > 0 && strings.Contains(args[0], "=") {
		wants, err := conditions(args)
		return trace.ID{}, wants, err
	}
	if len(args) > 1 {
		return trace.ID{}, nil, usageError{hintedError{fmt.Errorf("tui begins with one trace, and got %d", len(args)), "otrace show takes several"}}
	}
	ids, err := a.readIDs(ctx, args)
	if err != nil || len(ids) == 0 {
		return trace.ID{}, nil, err
	}
	return ids[0], nil, nil
}

// contextNames are the contexts that can be gone over to.
func (a *app) contextNames() []string {
	file, err := config.Load(a.getenv)
	if err != nil {
		return nil // which was told when the settings were resolved
	}
	names := file.Names()
	if !slices.Contains(names, config.DemoContext) {
		names = append(names, config.DemoContext)
	}
	return names
}

// tuiMemory keeps what users set, for as long as they come back now and then.
func (a *app) tuiMemory() *cache.Cache {
	dir := config.CacheDir(a.getenv)
	if dir == "" {
		return nil
	}
	return cache.Open(filepath.Join(dir, "tui"), 365*24*time.Hour, time.Now)
}

func (a *app) tuiState(name string) (s tui.State) {
	if text, ok := a.tuiMemory().Get(name); ok && json.Unmarshal(text, &s) != nil {
		return tui.State{}
	}
	return s
}

func (a *app) keepTUIState(name string, s tui.State) {
	if text, err := json.Marshal(s); err == nil {
		a.tuiMemory().Put(name, text)
	}
}

// saveFromTUI keeps evidence: as markdown where the name says so, else as a
// bundle. What is there already is left alone.
func (a *app) saveFromTUI(path string, ev *trace.Evidence, mode skew.Mode) error {
	if strings.HasSuffix(path, ".md") {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		tl := timeline.Build(ev, mode.Estimate(ev.Spans, ev.Logs))
		return errors.Join(render.Markdown(f, tl, render.Style{}), f.Close())
	}
	return bundle.Save(path, bundle.SaveOptions{Now: time.Now(), By: "otrace " + describeBuild()}, ev)
}

// editor is the command that VISUAL or EDITOR names.
func (a *app) editor() []string {
	for _, name := range [...]string{"VISUAL", "EDITOR"} {
		if words := strings.Fields(a.getenv(name)); len(words) > 0 {
			return words
		}
	}
	if path, err := exec.LookPath("vi"); err == nil {
		return []string{path}
	}
	return nil
}

// browser opens a page on this machine; nil where nobody would see it.
func (a *app) browser() func(string) error {
	name, args := "xdg-open", []string(nil)
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler"}
	default:
		if a.getenv("DISPLAY") == "" && a.getenv("WAYLAND_DISPLAY") == "" {
			return nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil || a.getenv("SSH_CONNECTION") != "" {
		return nil
	}
	return func(address string) error { return exec.CommandContext(a.ctx, path, append(args, address)...).Run() }
}
