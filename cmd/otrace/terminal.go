package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/otrace/otrace/internal/render"
)

// styleFlags are the flags that say how text is drawn.
type styleFlags struct {
	width int
	color string
	ascii bool
}

func (f *styleFlags) addStyle(flags *pflag.FlagSet) {
	flags.Var(countValue{&f.width}, "width", "draw `columns` wide (default: the terminal's width; whole rows when piped)")
	flags.StringVar(&f.color, "color", "auto", "`when` to use colours: auto, always or never")
	flags.BoolVar(&f.ascii, "ascii", false, "draw with ASCII characters only")
}

// style decides how to draw on the app's output.
func (f *styleFlags) style(a *app) (render.Style, error) {
	s := render.Style{Width: f.width, ASCII: f.ascii, Light: lightBackground(a.getenv("COLORFGBG"))}
	file, onTerminal := terminal(a.out)
	if f.width < 0 {
		return s, usageError{fmt.Errorf("--width %d: must not be negative", f.width)}
	}
	if onTerminal && s.Width == 0 {
		s.Width = terminalWidth(file)
	}
	switch f.color {
	case "always":
		s.Color = true
	case "never":
	case "auto":
		s.Color = autoColor(onTerminal, a.getenv)
	default:
		return s, usageError{fmt.Errorf("--color %q: must be auto, always or never", f.color)}
	}
	return s, nil
}

// autoColor follows no-color.org and the CLICOLOR convention.
func autoColor(onTerminal bool, getenv func(string) string) bool {
	switch {
	case getenv("NO_COLOR") != "":
		return false
	case getenv("CLICOLOR_FORCE") != "" && getenv("CLICOLOR_FORCE") != "0":
		return true
	}
	return onTerminal && getenv("TERM") != "dumb"
}

// terminal returns the stream's file when it is a terminal.
func terminal(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth falls back on 80 columns where the terminal does not say.
func terminalWidth(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return 80
}

// lightBackground reads COLORFGBG, which some terminals set to "15;0". No
// terminal is ever asked: one that does not answer would cost seconds.
func lightBackground(colorfgbg string) bool {
	i := strings.LastIndexByte(colorfgbg, ';')
	n, err := strconv.Atoi(colorfgbg[i+1:])
	return err == nil && (n == 7 || n > 8 && n < 16)
}
