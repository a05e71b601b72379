package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
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
	settings
	styleFlags
	windowFlags
	skewFlags
}

func newTUICmd(a *app) *cobra.Command {
	var opts tuiOptions
	cmd := &cobra.Command{
		Use:   "tui [ID]",
		Short: "Drill into a trace and its logs on the terminal",
		Long: `Tui shows what show does, to be drilled into: rows that open and close, details
that follow the cursor, filters that hold as they are typed. Without an ID it
lists the traces of the last hour, or all that a bundle holds.

The keys are those of vi, and the arrows. ? tells them all; q leaves.`,
		Example: "  otrace tui 7a1c09e2f4b85d36\n" +
			"  otrace tui --context demo\n" +
			"  otrace tui --from incident.tar.gz\n" +
			"  otrace tui --since 15m",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeRecent,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.tui(cmd.Context(), args, &opts)
		},
	}
	opts.addSettings(cmd.Flags())
	opts.addWindow(cmd.Flags())
	opts.addSkew(cmd)
	cmd.Flags().StringVar(&opts.color, "color", "auto", "`when` to use colours: auto, always or never")
	cmd.Flags().BoolVar(&opts.ascii, "ascii", false, "draw with ASCII characters only")
	return cmd
}

// tui is the command: every check of the command line, then the screen.
func (a *app) tui(ctx context.Context, args []string, opts *tuiOptions) error {
	screen, onTerminal := terminal(a.out)
	if !onTerminal || a.getenv("TERM") == "dumb" {
		return usageError{hintedError{errors.New("tui needs a terminal that can be drawn on"), "otrace show writes the same anywhere"}}
	}
	style, err := opts.style(a)
	if err != nil {
		return err
	}
	mode, err := opts.mode()
	if err != nil {
		return err
	}
	ids, err := a.readIDs(ctx, args)
	if err != nil {
		return err
	}
	p, err := a.newTUIPlace(ctx, opts.settings, opts.windowFlags)
	if err != nil {
		return err
	}
	places := []*tuiPlace{p} // a context that was left may still be asked
	defer func() {
		for _, p := range places {
			p.from.Close()
		}
	}()
	if err := link(&style, p.settings.found, false); err != nil {
		return err
	}
	show := tui.Options{
		Source: p, Context: p.name(), Query: p.query, Mode: mode, Style: style, Out: screen, State: a.tuiState(p.name()),
		Contexts: a.contextNames(), Browse: a.browser(), Editor: a.editor(), Hint: hintFor,
		Save: func(path string, ev trace.Evidence) error { return a.saveFromTUI(path, &ev, mode) },
	}
	if in, ok := a.in.(*os.File); ok && !slices.Contains(args, "-") {
		show.In = in
	}
	if len(ids) > 0 {
		show.ID = ids[0]
	}
	quiet := *a
	quiet.err = io.Discard // the screen is in use
	show.Use = func(name string) (tui.Source, func() trace.Query, error) {
		next, err := quiet.newTUIPlace(ctx, settings{Settings: config.Settings{Context: name}, timeout: opts.timeout}, windowFlags{})
		if err != nil {
			return nil, nil, err
		}
		places = append(places, next)
		return next, next.query, nil
	}
	state, err := tui.Run(ctx, show)
	a.keepTUIState(places[len(places)-1].name(), state)
	return err
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
