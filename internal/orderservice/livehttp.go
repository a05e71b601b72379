package orderservice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// stepHeader tells a service which step of which plan a request is: the rest
// of the request is as in any order service.
const stepHeader = "X-Order-Step"

// stepKey is where a context carries the step that is about to start.
type stepKey struct{}

func withStep(ctx context.Context, s *step) context.Context {
	return context.WithValue(ctx, stepKey{}, s)
}

func stepFrom(ctx context.Context) *step {
	s, _ := ctx.Value(stepKey{}).(*step)
	return s
}

func newTransport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
}

// tracedClient is the HTTP client of a service with tracing.
func (l *live) tracedClient(wire *http.Transport, p *sdktrace.TracerProvider) *http.Client {
	return &http.Client{Transport: otelhttp.NewTransport(
		wire,
		otelhttp.WithTracerProvider(p),
		otelhttp.WithPropagators(l.propagator),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return stepFrom(r.Context()).name }),
	)}
}

// listen opens the service's port on the loopback and serves its routes.
func (l *live) listen(s *runningService) error {
	listener, err := new(net.ListenConfig).Listen(l.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: l.routes(s), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.fail(err)
		}
	}()
	return nil
}

// routes are the paths that the service answers on.
func (l *live) routes(s *runningService) http.Handler {
	paths := map[service][]string{
		gateway:      {"/api/orders"},
		order:        {"/orders"},
		payment:      {"/payments"},
		inventory:    {"/reservations", "/reservations/release"},
		notification: {"/notifications", "/alerts"},
	}
	handler := http.HandlerFunc(l.handle)
	traced := otelhttp.NewHandler(
		handler, s.name,
		otelhttp.WithTracerProvider(s.provider),
		otelhttp.WithPropagators(l.propagator),
	)
	mux := http.NewServeMux()
	for _, path := range paths[s.service] {
		mux.Handle("POST "+path, l.followPlan(traced, handler))
	}
	return mux
}

// followPlan finds the step that a request is, and goes round tracing where
// the plan has none.
func (l *live) followPlan(traced, untraced http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := l.lookup(r.Header.Get(stepHeader))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r = r.WithContext(withStep(r.Context(), s))
		if s.untraced {
			untraced.ServeHTTP(w, r)
			return
		}
		traced.ServeHTTP(w, r)
	})
}

// lookup finds the step that a stepHeader names.
func (l *live) lookup(name string) (*step, error) {
	ordinal, index, _ := strings.Cut(name, ".")
	o, err := strconv.Atoi(ordinal)
	if err != nil || o < 0 || o >= len(l.plans) {
		return nil, fmt.Errorf("no order %q", ordinal)
	}
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(l.plans[o].steps) {
		return nil, fmt.Errorf("no step %q", index)
	}
	return l.plans[o].steps[i], nil
}

func (s *step) header() string {
	return strconv.Itoa(s.plan.ordinal) + "." + strconv.Itoa(s.index)
}

// handle does a server step's work and answers. The work goes on when the
// client has gone away.
func (l *live) handle(w http.ResponseWriter, r *http.Request) {
	s := stepFrom(r.Context())
	l.perform(context.WithoutCancel(r.Context()), s)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(s.code)
	_, _ = fmt.Fprintf(w, `{"order_id":%q}`, s.plan.order.id) // the client may be gone
}

// placeOrder is the buyer: a client that the services know nothing about. The
// user comes as baggage, as from an authenticating proxy.
func (l *live) placeOrder(p *plan) error {
	gw := p.steps[0]
	req, err := l.newRequest(context.WithoutCancel(l.ctx), gw)
	if err != nil {
		return err
	}
	req.Header.Set("Baggage", "user_id="+p.order.user)
	return exchange(l.plain, req)
}

// request is a client step.
func (l *live) request(ctx context.Context, s *step) {
	client := l.services[s.service].client
	if s.untraced {
		client = l.plain
	}
	if s.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.timeout)
		defer cancel()
	}
	req, err := l.newRequest(withStep(ctx, s), s.remote)
	if err == nil {
		err = exchange(client, req)
	}
	if err != nil && s.timeout == 0 {
		l.fail(fmt.Errorf("%s to %s: %w", s.name, s.remote.service, err))
	}
}

// newRequest is the request that makes the server step to happen.
func (l *live) newRequest(ctx context.Context, to *step) (*http.Request, error) {
	body := strings.NewReader(fmt.Sprintf(`{"order_id":%q,"items":%d,"total":%.2f}`,
		to.plan.order.id, to.plan.order.items, to.plan.order.total))
	req, err := http.NewRequestWithContext(ctx, to.method, l.services[to.service].url+to.path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(stepHeader, to.header())
	return req, nil
}

// exchange sends the request and reads the whole answer, whatever its status.
func exchange(c *http.Client, req *http.Request) error {
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}
