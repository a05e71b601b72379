// Package tui shows a trace on a terminal, to be drilled into.
//
// It draws the timeline that every other output draws, and asks the same
// sources. Views stand on a stack, the one on top being seen. A view is pure:
// messages change it, and Render draws it for a size. What takes time, asking a
// source or looking through all rows, runs beside it; its answer is a message
// with a number, and one that is no longer waited for is dropped.
//
// The library that drives the terminal is known here and nowhere else.
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// A Source is what the views ask. Its calls may take long, and end with their
// context. What comes early is told before all has come: it may be told often,
// never at the same time, and not after the call has returned.
type Source interface {
	// Window is the stretch of time between two moments as they are typed: how
	// long ago, or when. A side that is empty is what is usual here.
	Window(ctx context.Context, since, until string) (trace.Window, error)
	// Trace returns what there is of a trace, and how the sources answered.
	Trace(ctx context.Context, id trace.ID) (trace.Evidence, []Answer, error)
	// Find lists traces.
	Find(ctx context.Context, q trace.Query, early func(trace.Found, []Answer)) (trace.Found, []Answer, error)
	// Errors tells what fails, and from where. A report comes with an error
	// when there is something to show all the same.
	Errors(ctx context.Context, s Scope, early func(*triage.Report, []Answer)) (*triage.Report, []Answer, error)
	// Group tells of a group of a report what is asked for it alone. What could
	// not be had is a gap of the report that is returned with it.
	Group(ctx context.Context, of *triage.Report, g *triage.Group) (*render.GroupDetail, []Answer, error)
	// Services and Operations name what can be asked for, as far as that is
	// known in a moment.
	Services(ctx context.Context) []string
	Operations(ctx context.Context, service string) []string
	// Fixed reports whether what the source holds never changes.
	Fixed() bool
	// Command is the command line's part that says where the source is: "--from x".
	Command() []string
}

// A Scope says which errors to look at. Empty fields are any.
type Scope struct {
	Since, Until string // as typed
	Service      string
	Operation    string
	By           triage.By
}

// An Answer says how one backend answered.
type Answer struct {
	Name string
	Took time.Duration
	Err  error
}

// Options are what the command line, the settings and the process decide.
type Options struct {
	Source  Source
	Context string            // the name that the breadcrumb begins with
	ID      trace.ID          // the trace to open; the zero ID begins with what fails
	Wants   []trace.Condition // to search for at first
	Scope   Scope             // of the errors, and of the search
	Every   time.Duration     // how often errors are asked for again; 0 is when r is pressed
	Mode    skew.Mode
	Style   render.Style // the width is the terminal's

	In    *os.File // nil for the terminal itself
	Out   io.Writer
	State State

	Redacted bool // the source takes secrets out
	InScreen bool // GNU screen stands between here and the terminal
	Alone    bool // no shell would make the process go on after Ctrl-Z

	Contexts []Context                                              // to go over to
	Use      func(ctx context.Context, name string) (*Place, error) // finds what a context names
	Keep     func(context string, s State)                          // keeps the state of a context that is left
	Opened   func(id trace.ID, name string)                         // is told of each trace that was opened
	Save     func(path string, ev trace.Evidence) error             // keeps evidence, as a bundle or as markdown
	SaveText func(path string, text []byte) error                   // keeps a text as a new file
	Browse   func(address string) error                             // opens a page; nil where there is no browser
	Editor   []string                                               // the command, without the file; nil for none
	Hint     func(error) string                                     // what to do about an error

	// Clip puts a text on the clipboard of the machine that this runs on, and
	// tells by what; nil where there is none.
	Clip func(ctx context.Context, text string) (by string, err error)
}

// A Context is what can be gone over to, and where it has its spans and logs; a
// bundle has both, and is named once.
type Context struct{ Name, Spans, Logs string }

// A Place is a context that is gone over to.
type Place struct {
	Source  Source
	State   State
	Style   render.Style // with the addresses of its pages
	Warning string       // what is to be known of it, "" for nothing
}

// A State is what a context's user set and wants to find again.
type State struct {
	Share   int              // of the width, in percent, that the details have
	Hidden  bool             // no details
	Without render.ColumnSet // of the rows' columns
	Unwrap  bool             // long lines are cut
	Filters []string         // the last ones, the newest first

	Searches []string // likewise
}

// Run shows the views until they are left, and keeps the state of the context
// that they were left in.
func Run(ctx context.Context, opts Options) error {
	showing, gone := context.WithCancelCause(ctx)
	defer gone(nil)
	m := newModel(showing, &opts)
	with := []tea.ProgramOption{tea.WithContext(showing), tea.WithOutput(opts.Out), tea.WithAltScreen(), tea.WithoutSignalHandler()}
	if opts.In == nil {
		with = append(with, tea.WithInputTTY())
	} else {
		with = append(with, tea.WithInput(keyboard{opts.In, gone}))
	}
	last, err := tea.NewProgram(m, with...).Run()
	if m, ok := last.(*model); ok {
		m.close()
		opts.Keep(opts.Context, m.state)
	}
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return errors.New("tui: broke off; the terminal is as it was before")
	case showing.Err() != nil:
		return context.Cause(showing)
	case err != nil:
		return fmt.Errorf("tui: the terminal: %w", err)
	}
	return nil
}

// A keyboard ends the screen when the terminal has gone away: the library would
// wait for ever for what is typed.
type keyboard struct {
	*os.File
	gone func(error)
}

// Read reads what was typed.
func (k keyboard) Read(b []byte) (int, error) {
	n, err := k.File.Read(b)
	if errors.Is(err, io.EOF) {
		k.gone(errors.New("tui: the terminal is gone"))
	}
	return n, err
}
