package tui

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
)

func (v *traceView) copyables() []copyable {
	if v.scene == nil {
		return nil
	}
	command := copyable{"c", "command line", "the command line", v.command}
	r := v.currentRow()
	if r == nil {
		return []copyable{command}
	}
	what, id := v.idOf(r)
	return []copyable{
		{"m", "message", "the message", func() string { return messageOf(r) }},
		{"j", "JSON", "the JSON", func() string { return string(v.json(r)) }},
		{"i", "ID", what, func() string { return id }},
		command,
	}
}

func (v *traceView) currentRow() *timeline.Row {
	if v.scene == nil || v.selected < 0 || int(v.selected) >= len(v.scene.tl.Rows) {
		return nil
	}
	return &v.scene.tl.Rows[v.selected]
}

// messageOf is what a row says, as it came.
func messageOf(r *timeline.Row) string {
	switch r.Kind {
	case timeline.KindLog:
		return r.Log.Message
	case timeline.KindEvent:
		return r.Event.Name
	case timeline.KindMissing:
		return r.Missing.String()
	}
	if r.Span.StatusMessage != "" {
		return r.Span.Operation + ": " + r.Span.StatusMessage
	}
	return r.Span.Operation
}

// idOf names the record: a span's ID, a log's document, else the trace.
func (v *traceView) idOf(r *timeline.Row) (string, string) {
	switch {
	case r.Kind == timeline.KindLog && r.Log.DocID != "":
		return "the document's ID", r.Log.DocID
	case r.Kind == timeline.KindMissing:
		return "the span's ID", r.Missing.String()
	case r.Span != nil && r.Kind != timeline.KindLog:
		return "the span's ID", r.Span.ID.String()
	}
	return "the trace's ID", v.id.String()
}

// json is the row as JSON, for people.
func (v *traceView) json(r *timeline.Row) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, render.RowJSON(nil, v.scene.tl, r), "", "  "); err != nil {
		return render.RowJSON(nil, v.scene.tl, r)
	}
	return out.Bytes()
}

// command is the command line that shows the same without this screen. Where no
// flags mean the same as the filter it shows all, and a comment before it says
// so: behind it not all shells know comments.
func (v *traceView) command() string {
	words := append([]string{"otrace", "show", v.id.String()}, v.m.opts.Source.Command()...)
	if v.mode == skew.Off {
		words = append(words, "--raw-time")
	}
	flags, ok := filterFlags(&v.filter)
	words = append(words, flags...)
	for i, w := range words {
		words[i] = quoted(w)
	}
	line := strings.Join(words, " ")
	if !ok {
		line = "# no flags say the filter " + safe.Of(v.filterText).String() + ": this shows every row\n" + line
	}
	return line
}

// filterFlags are the flags that mean the same as a filter; false where none do.
func filterFlags(f *timeline.Filter) (flags []string, ok bool) {
	if f.MaxDuration != 0 || f.MaxLevel != 0 || f.Text != nil && f.Phrase != "" || len(f.Fields)+len(f.All)+len(f.Any)+len(f.Not) > 0 {
		return nil, false
	}
	if f.Errors {
		flags = append(flags, "--errors")
	}
	if f.Critical {
		flags = append(flags, "--critical")
	}
	if f.NoLogs {
		flags = append(flags, "--no-logs")
	}
	if f.Level > 0 {
		flags = append(flags, "--level", f.Level.String())
	}
	if f.MinDuration > 0 {
		flags = append(flags, "--min-duration", time.Duration(f.MinDuration).String())
	}
	if f.Depth > 0 {
		flags = append(flags, "--depth", fmt.Sprint(f.Depth))
	}
	if len(f.Services) > 0 {
		flags = append(flags, "--service", strings.Join(texts(f.Services), ","))
	}
	for _, op := range texts(f.Operations) {
		flags = append(flags, "--operation", op)
	}
	switch {
	case f.Text != nil:
		flags = append(flags, "--grep", f.Text.String())
	case f.Phrase != "":
		flags = append(flags, "--grep", regexp.QuoteMeta(f.Phrase))
	}
	return flags, true
}

func texts(patterns []timeline.Pattern) []string {
	list := make([]string, len(patterns))
	for i, p := range patterns {
		list[i] = p.String()
	}
	return list
}

// quoted protects a word from a shell.
func quoted(w string) string {
	if w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+") == "" {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// browse opens the page about the row, or says where it is.
func (v *traceView) browse() tea.Cmd {
	if v.scene == nil {
		return nil
	}
	page, of := render.TracePage(v.scene.tl, v.m.opts.Style), "Jaeger"
	if r := v.currentRow(); page == "" || r != nil && r.Kind == timeline.KindLog {
		if logs := render.LogsPage(v.scene.tl, v.m.opts.Style); logs != "" {
			page, of = logs, "Kibana"
		}
	}
	if page == "" {
		return v.m.failing("no page is known: a context names them as jaeger-ui and kibana")
	}
	return v.m.openPage(page, of)
}

// openPage opens a page of Jaeger or Kibana; where there is no browser its
// address is copied.
func (m *model) openPage(page, of string) tea.Cmd {
	open := m.opts.Browse
	if open == nil {
		return m.copy("the address in "+of, page)
	}
	return func() tea.Msg { return done{"opened " + page, open(page)} }
}

// openSave asks for the name to save under.
func (v *traceView) openSave() tea.Cmd {
	if v.scene == nil {
		return nil
	}
	return v.m.saveAs("trace-"+fileName(shortID(v.id))+".tar.gz", func() func(string) error {
		save, ev := v.m.opts.Save, *v.ev
		return func(path string) error { return save(path, ev) }
	})
}

// saveAs asks for a name, and saves beside the screen what there is when it is
// known.
func (m *model) saveAs(name string, what func() func(path string) error) tea.Cmd {
	p := newPrompt("save as: ", name)
	p.done = func(path string) tea.Cmd {
		if path == "" {
			return nil
		}
		save := what()
		return func() tea.Msg {
			if err := save(path); err != nil {
				return done{"not saved", err}
			}
			return done{what: "saved as " + path}
		}
	}
	m.prompt = p
	return nil
}

// fileName is an ID without what could lead elsewhere.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, s)
}

// edit opens the row in the editor.
func (v *traceView) edit() tea.Cmd {
	r, editor := v.currentRow(), v.m.opts.Editor
	switch {
	case r == nil:
		return nil
	case len(editor) == 0:
		return v.m.failing("no editor is known: set EDITOR")
	}
	path, err := keepFor(v.json(r))
	if err != nil {
		return v.m.failing("not opened: " + err.Error())
	}
	cmd := exec.CommandContext(v.m.ctx, editor[0], append(editor[1:len(editor):len(editor)], path)...)
	if in := v.m.opts.In; in != nil {
		cmd.Stdin = in // what the screen reads is no file, and would be read on for the editor
	}
	return tea.ExecProcess(cmd, func(err error) tea.Msg {
		return done{"", errors.Join(wrapped(editor[0], err), os.Remove(path))}
	})
}

func wrapped(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

// keepFor writes a file that only its user can read.
func keepFor(b []byte) (string, error) {
	f, err := os.CreateTemp("", "otrace-*.json")
	if err != nil {
		return "", err
	}
	_, err = f.Write(append(b, '\n'))
	return f.Name(), errors.Join(err, f.Close())
}
