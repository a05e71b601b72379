package tui

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// How much of a text, encoded, terminals take: many of them, and the most that
// one is given. A longer text would stop the screen for as long as it takes to
// reach the terminal, which then leaves it out.
const (
	mostCopied = 74_000
	mostSent   = 1 << 20
)

// errTooLong is why a text is not handed to the terminal.
var errTooLong = errors.New("it is too long for a terminal")

// copy hands a text to the terminal, which puts it into the clipboard of the
// machine that it runs on (OSC 52), also from afar; then to this machine's own
// clipboard, where there is one.
func (m *model) copy(what, s string) tea.Cmd { return m.copyThen(what, s, "") }

// copyThen is copy with a word about what may follow.
func (m *model) copyThen(what, s, then string) tea.Cmd {
	if s == "" {
		return m.failing("there is nothing in " + what)
	}
	ctx, out, inScreen, clip := m.ctx, m.opts.Out, m.opts.InScreen, m.opts.Clip
	return func() tea.Msg {
		c := copied{what: what, then: then, length: len(s), encoded: base64.StdEncoding.EncodedLen(len(s))}
		if c.err = errTooLong; c.encoded <= mostSent {
			_, c.err = io.WriteString(out, osc52(s, inScreen))
		}
		if clip != nil {
			c.by, c.clipErr = clip(ctx, s)
		}
		return c.told()
	}
}

// screenTakes is the length of the pieces that GNU screen hands through.
const screenTakes = 500

// osc52 tells a terminal to copy. GNU screen hands through what is wrapped
// for it, in pieces.
func osc52(s string, inScreen bool) string {
	whole := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(s)) + "\x07"
	if !inScreen {
		return whole
	}
	var b strings.Builder
	for len(whole) > 0 {
		n := min(len(whole), screenTakes)
		b.WriteString("\x1bP" + whole[:n] + "\x1b\\")
		whole = whole[n:]
	}
	return b.String()
}

// copied is what became of a text.
type copied struct {
	what            string
	length, encoded int
	err             error  // of the terminal
	by              string // what else took it
	clipErr         error  // of these
	then            string // what may follow
}

// told says what took the text. A terminal that does not allow it keeps silent,
// so that alone it is no proof.
func (c *copied) told() done {
	said := fmt.Sprintf("copied %s, %d bytes, by ", c.what, c.length)
	switch {
	case c.err != nil && c.by == "":
		return done{"not copied " + c.what + ", " + fmt.Sprint(c.length) + " bytes", errors.Join(c.err, c.clipErr)}
	case c.err != nil:
		return c.following(said + c.by + " alone: " + c.err.Error())
	case c.by != "":
		return c.following(said + "OSC 52 and " + c.by)
	}
	said += "OSC 52, if the terminal allows it"
	if c.encoded > mostCopied {
		said += "; many do not take as much"
	}
	if c.clipErr != nil {
		said += " (" + c.clipErr.Error() + ")"
	}
	return c.following(said)
}

// following adds what may follow, where there is anything.
func (c *copied) following(said string) done {
	return done{what: strings.TrimSuffix(said+"; "+c.then, "; ")}
}
