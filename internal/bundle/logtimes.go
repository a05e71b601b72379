package bundle

import (
	"context"
	"sync"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// logTimes is the window that the logs are in, once it is known.
type logTimes struct {
	mu     sync.Mutex
	known  bool
	window trace.Window
}

// read goes through all logs, unless that was done.
func (t *logTimes) read(ctx context.Context, b *Bundle) (trace.Window, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known {
		return t.window, nil
	}
	t.window = trace.Window{}
	var ev trace.Evidence
	err := b.eachLog(ctx, &ev, b.using(logdoc.NewParser(nil)), func(l *trace.Log, _ []byte) {
		if l.Time != trace.NoTime {
			t.window = widened(t.window, l.Time, l.Time)
		}
	})
	t.known = err == nil
	return t.window, err
}
