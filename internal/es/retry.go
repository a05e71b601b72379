package es

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Attempts in all, and how long to wait between them.
const (
	busyAttempts = 6
	netAttempts  = 3
	firstWait    = 200 * time.Millisecond
	longestWait  = 10 * time.Second
	refusedWait  = 50 * time.Millisecond // before the one more attempt where nobody listens
)

// backoff says whether an error may pass, and when to look again. Only half of
// the wait is left to chance, so that it always grows.
func (t *transport) backoff(err error, attempt int) (time.Duration, bool) {
	var status *statusError
	var network *netError
	limit := 0
	delay := min(firstWait<<min(attempt, 10), longestWait)
	switch {
	case errors.As(err, &status):
		if busy(status.status) {
			limit = busyAttempts
		}
	case errors.As(err, &network) && !certificate(err):
		limit = max(netAttempts, len(t.nodes))
		if attempt+1 < len(t.nodes) {
			return 0, true // another node is tried at once
		}
		if network.away && connectionRefused(err) {
			limit, delay = len(t.nodes)+1, refusedWait
		}
	}
	delay = delay/2 + time.Duration(t.jitter()*float64(delay/2))
	if status != nil && status.after > 0 {
		delay = max(delay, min(status.after, 3*longestWait))
	}
	return delay, attempt+1 < limit
}

func busy(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
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
