package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"unicode/utf16"
)

// A clipper is a program that takes a text for a clipboard.
type clipper struct {
	name string
	args []string
	wide bool // it reads UTF-16
}

// clippers are those that would be seen by whoever sits here. tmux is one also
// from afar: with its usual settings it keeps OSC 52 from the terminal unless
// it sends that itself, and then pastes the text, too.
func (a *app) clippers() []clipper {
	var list []clipper
	if a.getenv("TMUX") != "" {
		list = installed(clipper{name: "tmux", args: []string{"load-buffer", "-w", "-"}})
	}
	if a.fromAfar() {
		return list
	}
	return append(list, a.display()...)
}

// display is the one of the display that this terminal is on.
func (a *app) display() []clipper {
	clipExe := clipper{name: "clip.exe", wide: true}
	switch {
	case runtime.GOOS == "darwin":
		return installed(clipper{name: "pbcopy"})
	case runtime.GOOS == "windows", a.getenv("WSL_INTEROP") != "":
		return installed(clipExe)
	case a.getenv("WAYLAND_DISPLAY") != "":
		return installed(clipper{name: "wl-copy"}, clipper{name: "xclip", args: []string{"-selection", "clipboard"}}, clipper{name: "xsel", args: []string{"--clipboard", "--input"}})
	case a.getenv("DISPLAY") != "":
		return installed(clipper{name: "xclip", args: []string{"-selection", "clipboard"}}, clipper{name: "xsel", args: []string{"--clipboard", "--input"}})
	}
	return nil
}

// installed is the first of them that there is.
func installed(of ...clipper) []clipper {
	for _, c := range of {
		if _, err := exec.LookPath(c.name); err == nil {
			return []clipper{c}
		}
	}
	return nil
}

// run hands over the text. What the program writes is not read: some go on
// running behind the clipboard, and would be waited for.
func (c *clipper) run(ctx context.Context, text string) error {
	if c.wide {
		var b strings.Builder
		_ = binary.Write(&b, binary.LittleEndian, utf16.Encode([]rune(text))) // which a builder does not refuse
		text = b.String()
	}
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	cmd.Stdin = strings.NewReader(text)
	cmd.WaitDelay = clipWithin
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return nil
}
