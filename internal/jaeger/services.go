package jaeger

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Services lists the services that Jaeger knows, in order. Some storages
// forget those that have been quiet for days.
func (c *Client) Services(ctx context.Context) ([]string, error) {
	return c.names(ctx, dialect.services)
}

// Operations lists the operations of a service, in order; none when Jaeger
// does not know the service.
func (c *Client) Operations(ctx context.Context, service string) ([]string, error) {
	return c.names(ctx, func(d dialect, ctx context.Context) ([]string, error) { return d.operations(ctx, service) })
}

func (c *Client) names(ctx context.Context, ask func(dialect, context.Context) ([]string, error)) ([]string, error) {
	list, err := inTime(ctx, func() (list []string, err error) {
		err = c.speak(func(d dialect) (err error) {
			list, err = c.list(ctx, func() ([]string, error) { return ask(d, ctx) })
			return err
		})
		return list, err
	})
	if err != nil {
		return nil, fmt.Errorf("jaeger: %w", err)
	}
	return list, nil
}

// list asks for names, once more when the answer broke off, and returns each
// once, in order.
func (c *Client) list(ctx context.Context, ask func() ([]string, error)) ([]string, error) {
	for again := false; ; again = true {
		var list []string
		err := c.patiently(ctx, func() (err error) {
			list, err = ask()
			return err
		})
		if err == nil {
			slices.Sort(list)
			return slices.Compact(list), nil
		}
		if again || !errors.Is(err, errCut) || ctx.Err() != nil {
			return nil, err
		}
	}
}
