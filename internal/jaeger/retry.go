package jaeger

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Attempts in all at a server that is busy, and how long to wait between them.
const (
	busyAttempts = 6
	firstWait    = 200 * time.Millisecond
	longestWait  = 10 * time.Second
)

// A busyError is a server's answer that it cannot just now.
type busyError struct {
	error
	after time.Duration // Retry-After, 0 when the server told none
}

func (e *busyError) Unwrap() error { return e.error }

// busy reports a status with which a server asks to be asked later.
func busy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// patiently calls again, later and later, while the server says that it is
// busy. A wait that would outlast the context is not begun.
func (c *Client) patiently(ctx context.Context, call func() error) error {
	for attempt := 0; ; attempt++ {
		err := call()
		var b *busyError
		if !errors.As(err, &b) || attempt+1 == busyAttempts {
			return err
		}
		delay := c.backoff(attempt, b.after)
		if end, ok := ctx.Deadline(); ok && c.now().Add(delay).After(end) {
			return err
		}
		if c.wait(ctx, delay) != nil {
			return &failure{text: err.Error(), kind: errors.Join(err, ctx.Err())}
		}
	}
}

// backoff is how long to wait. Only half of it is left to chance, so that it
// always grows.
func (c *Client) backoff(attempt int, after time.Duration) time.Duration {
	delay := min(firstWait<<attempt, longestWait)
	delay = delay/2 + time.Duration(c.jitter()*float64(delay/2))
	return max(delay, min(after, 3*longestWait))
}

// retryAfter reads seconds or a date.
func retryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		return time.Duration(max(0, min(n, 3600))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// wait sleeps until the time is over or the context is.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
