package tui

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// TestGroup goes from the list to a group, to its traces, and back.
func TestGroup(t *testing.T) {
	d, source := triages(t, incident(), render.Style{})
	ev := shop()
	source.traces = []trace.Evidence{ev}
	d.hold = true
	d.keys("enter").sees("prod ▸ errors 1h ▸ catalog PSQLException", "are being asked for", "com.shop.catalog.Items.load", "3 of 19 traces")
	d.misses("stands out")
	d.release()
	d.sees("stands out against 50 healthy traces", "elasticsearch is incomplete: the logs of one trace: 429", "query 8812 failed")
	d.misses("are being asked for")
	d.keys("jj").keys("k", "k", "enter").sees("prod ▸ errors 1h ▸ catalog PSQLException ▸ 7f3ac91e", "POST /orders")
	d.keys("e").sees("error 1 of 4")
	d.keys("esc").sees("3 of 19 traces")
	d.keys("esc").on("3f2a91c0")
	if n := len(source.report.Gaps); n != 0 {
		t.Errorf("the list has %d gaps of the group's", n)
	}
	d.keys("jjjj", "l", "enter").sees("there is no trace to open: its logs name none")
	d.keys("S").sees("▸ search email")
	d.keys("esc", "o").sees("there is no trace to open")
}

// What a group's own view could not get is told, and asked for again.
func TestGroupFailed(t *testing.T) {
	d, source := triages(t, incident(), render.Style{})
	source.err = context.DeadlineExceeded
	d.keys("enter").sees("context deadline exceeded (r asks again)", "could not be asked for", "com.shop.catalog.Items.load")
	source.err = nil
	d.keys("r").sees("stands out")
	source.err = errRefused
	d.keys("r").sees("as it was before: jaeger: connection refused", "stands out")
	d.keys("esc", "j")
	d.hold = true
	d.keys("l", "ctrl+c").sees("cancelled")
	d.hold, d.held = false, nil
	d.keys("j").sees("were not asked for (r asks)")
}

// TestGroupSave keeps the page as markdown.
func TestGroupSave(t *testing.T) {
	d, _ := triages(t, incident(), render.Style{})
	var saved, text string
	d.m.opts.SaveText = func(path string, b []byte) error {
		saved, text = path, string(b)
		return nil
	}
	d.keys("enter", "x", "enter").sees("saved as errors-3f2a91c0.md")
	if saved != "errors-3f2a91c0.md" || !strings.Contains(text, "host.name=pay-2") {
		t.Errorf("%s: %s", saved, text)
	}
	d.m.opts.SaveText = func(string, []byte) error { return os.ErrExist }
	d.keys("x", "enter").sees("not saved: file already exists")
	saved = ""
	if d.keys("x", "ctrl+u", "enter"); saved != "" {
		t.Errorf("saved as %s", saved)
	}
}
