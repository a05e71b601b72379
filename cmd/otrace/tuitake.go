package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// save keeps evidence: as markdown where the name says so, else as a bundle.
// What is there already is left alone.
func (p *tuiPlaces) save(path string, ev trace.Evidence) error {
	if !strings.HasSuffix(path, ".md") {
		saved := bundle.SaveOptions{Now: time.Now(), By: "otrace " + describeBuild(), Redacted: p.redacted(ev.ID)}
		return bundle.Save(path, saved, &ev)
	}
	mode, err := p.opts.mode()
	if err != nil {
		return err
	}
	return saveAs(path, func(w io.Writer) error {
		return render.Markdown(w, timeline.Of(&ev, mode), render.Style{})
	})
}

// saveText keeps a text as a new file.
func saveText(path string, text []byte) error {
	return saveAs(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// saveAs writes a file that only its user can read, and that was not there.
func saveAs(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
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
	if err != nil || a.fromAfar() {
		return nil
	}
	return func(address string) error { return exec.CommandContext(a.ctx, path, append(args, address)...).Run() }
}

// fromAfar reports whether somebody sits before another machine than this.
func (a *app) fromAfar() bool { return a.getenv("SSH_CONNECTION") != "" || a.getenv("SSH_TTY") != "" }

// clipWithin is how long a clipboard may take: some wait for one that shows them.
const clipWithin = 2 * time.Second

// clipboard puts a text where this machine's programs find it, and tells by
// what; nil where there is no such thing.
func (a *app) clipboard() func(context.Context, string) (string, error) {
	commands := a.clippers()
	if len(commands) == 0 {
		return nil
	}
	return func(ctx context.Context, text string) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, clipWithin)
		defer cancel()
		var took []string
		var failed error
		for _, c := range commands {
			if err := c.run(ctx, text); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			took = append(took, c.name)
		}
		return strings.Join(took, " and "), failed
	}
}
