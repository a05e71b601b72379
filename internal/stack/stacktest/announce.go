package stacktest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// openStderr is where announce writes; a test of this package silences it.
var openStderr = goStderr

// announce says on the go command's own stderr that a test was left out.
// "go test ./..." shows nothing of what a passing package printed, so without
// this a run with no servers would look like a full one.
func announce(t testing.TB, what, command string) {
	if testing.Verbose() {
		return // the skip message is shown
	}
	w := openStderr()
	if w == nil {
		return
	}
	defer w.Close()
	pkg := strings.TrimSuffix(filepath.Base(os.Args[0]), ".test")
	fmt.Fprintf(w, "left out: %s %s: needs a real %s (%s)\n", pkg, t.Name(), what, command)
}

// goStderr is the stderr of the go command that runs this test, if that can be
// known and written to safely: a terminal, a pipe, or a file opened to append.
// Nil otherwise, and wherever there is no /proc.
func goStderr() io.WriteCloser {
	parent := fmt.Sprintf("/proc/%d", os.Getppid())
	comm, err := os.ReadFile(parent + "/comm")
	if err != nil || strings.TrimSpace(string(comm)) != "go" {
		return nil
	}
	info, err := os.Stat(parent + "/fd/2")
	if err != nil || (info.Mode().IsRegular() && !appends(parent+"/fdinfo/2")) {
		return nil
	}
	w, err := os.OpenFile(parent+"/fd/2", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil
	}
	return w
}

// appends reports whether the descriptor was opened with O_APPEND.
func appends(fdinfo string) bool {
	text, err := os.ReadFile(fdinfo)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if octal, ok := strings.CutPrefix(line, "flags:"); ok {
			var flags int
			_, err := fmt.Sscanf(strings.TrimSpace(octal), "%o", &flags)
			return err == nil && flags&os.O_APPEND != 0
		}
	}
	return false
}
