package orderservice

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
)

// inventoryTimeout is how long the order service waits for the inventory.
const inventoryTimeout = 400 * time.Millisecond

// reserveStock asks the inventory, and reports whether it answered in time.
func (b *builder) reserveStock(create *step) bool {
	srv := b.post(create, inventory, "/reservations")
	srv.debug(fmt.Sprintf("reservation request for %s", b.order.id))
	srv.work(b.us(100, 500))
	if b.fate.timeout {
		srv.cause.timeout = inventoryTimeout
		srv.cause.failed, srv.cause.reason = true, "context deadline exceeded"
	}
	b.updateInventory(srv)
	srv.work(b.us(50, 300))
	if b.fate.timeout {
		srv.warn("client went away before the answer was written")
	}
	if b.scenario == Untraced {
		b.alert(srv)
	}
	return !b.fate.timeout
}

func (b *builder) updateInventory(srv *step) {
	o := b.order
	up := b.span(srv, "updateInventory")
	took := b.ms(2, 12)
	if b.fate.slow > 0 {
		took = b.fate.slow
	}
	if b.fate.timeout {
		took = inventoryTimeout + b.ms(120, 350)
		up.warn(fmt.Sprintf("waiting for row lock on stock %s", o.sku), field{"sku", o.sku})
	}
	statement := "UPDATE stock SET reserved = reserved + $1 WHERE sku = $2"
	b.external(up, "UPDATE shop.stock", took, dbAttrs("postgresql", "shop", statement)...)
	if b.fate.slow > 0 {
		up.warn("slow query: "+statement, field{"sku", o.sku}, field{"threshold_ms", 200})
	}
	up.work(b.us(100, 600))
	up.info(fmt.Sprintf("stock reserved for %d items", o.items), field{"sku", o.sku})
}

// alert is a call by a service without tracing: what it reaches starts a trace
// that nothing ties to the order but the order's ID.
func (b *builder) alert(from *step) {
	n := b.post(from, notification, "/alerts")
	n.warn("low stock: "+b.order.sku, field{"sku", b.order.sku})
	n.work(b.ms(1, 4))
	n.answer(202)
}

// takePayment tries as often as it takes. It returns the order's status code
// and what went wrong, or nil.
func (b *builder) takePayment(create *step) (int, *exception) {
	tries := b.fate.failures + 1
	limit := max(3, tries)
	if b.fate.giveUp {
		tries = b.fate.failures
		limit = tries
	}
	for n := 1; n <= tries; n++ {
		code, e := b.pay(create, n)
		switch {
		case code == 503 && n < limit:
			create.warn(fmt.Sprintf("retry %d/%d: psp answered 503", n, limit-1), field{"attempt", n})
			create.work(b.ms(2, 9) + time.Duration(min(n, 10))*time.Millisecond)
		case code == 503:
			return 503, &exception{"*order.PaymentError", fmt.Sprintf("payment unavailable after %d attempts", n), goStack("payment", "Charge", 131)}
		case code >= 500:
			return 502, &exception{"*order.PaymentError", fmt.Sprintf("payment service answered %d", code), goStack("payment", "Charge", 127)}
		case e != nil:
			return code, &exception{"*order.PaymentError", "payment declined: " + b.fate.decline, goStack("payment", "Charge", 119)}
		}
	}
	return 201, nil
}

// pay is one attempt, as the payment service sees it.
func (b *builder) pay(create *step, attempt int) (int, *exception) {
	srv := b.post(create, payment, "/payments")
	srv.debug(fmt.Sprintf("payment request: method=%s card=%s", b.order.method, spaced(b.order.card)), field{"attempt", attempt})
	p := b.span(srv, "processPayment")
	code, e := b.processPayment(p, attempt)
	if b.fate.panics {
		srv.complain("panic recovered in POST /payments", e)
	}
	srv.work(b.us(60, 250))
	srv.answer(code)
	return code, e
}

func (b *builder) processPayment(p *step, attempt int) (int, *exception) {
	o := b.order
	p.info(fmt.Sprintf("charging card ending %s, %.2f EUR", o.lastFour(), o.total), field{"amount", o.total}, field{"attempt", attempt})
	p.work(b.us(200, 900))
	if b.fate.panics {
		e := &exception{"runtime.errorString", "runtime error: invalid memory address or nil pointer dereference", goStack("fraud", "Score", 64)}
		p.fail(e)
		p.do = append(p.do, crash{e})
		return 500, e
	}
	psp := b.external(p, "POST api.psp.example/v1/charges", b.ms(6, 35),
		attribute.String("http.request.method", "POST"),
		attribute.String("url.full", "https://api.psp.example/v1/charges"),
		attribute.String("server.address", "api.psp.example"))
	switch {
	case attempt <= b.fate.failures:
		pspAnswers(psp, 503)
		e := &exception{"*psp.Error", "psp answered 503: upstream connect error", goStack("psp", "Charge", 142)}
		return 503, b.paymentFailed(p, e, "psp_unavailable")
	case b.fate.decline != "":
		pspAnswers(psp, 402)
		e := &exception{"*psp.DeclinedError", "card " + o.card + " declined: " + b.fate.decline, goStack("psp", "Charge", 151)}
		return 402, b.paymentFailed(p, e, b.fate.decline)
	}
	pspAnswers(psp, 200)
	ref := "ch_" + letters(b.hash.text("charge"), 12)
	p.event("PaymentProcessed", attribute.String("psp.reference", ref), attribute.Float64("amount", o.total))
	p.info("payment captured", field{"psp_reference", ref})
	return 200, nil
}

func (b *builder) paymentFailed(p *step, e *exception, reason string) *exception {
	p.event("PaymentFailed", attribute.String("reason", reason))
	if reason == "psp_unavailable" {
		p.warn("psp answered 503: upstream connect error", field{"reason", reason})
	} else {
		p.complain("card declined: "+reason, e, field{"reason", reason})
	}
	p.fail(e)
	return e
}

// pspAnswers is what the payment provider said.
func pspAnswers(s *step, code int) {
	s.attrs = append(s.attrs, attribute.Int("http.response.status_code", code))
	if code >= 400 {
		s.attrs = append(s.attrs, attribute.String("error.type", fmt.Sprint(code)))
		s.failed = true
	}
}

// spaced is a card number as cards print it.
func spaced(card string) string {
	return card[:4] + " " + card[4:8] + " " + card[8:12] + " " + card[12:]
}

// goStack is a stack trace as the Go services print it.
func goStack(pkg, method string, ln int) string {
	return fmt.Sprintf(`goroutine %d [running]:
shop/%[2]s.(*Client).%[3]s(0xc0003a2000, {0x1d3a2f8, 0xc000512ab0})
	/src/%[2]s/client.go:%[4]d +0x3f8
shop/%[2]s.(*Handler).ServeHTTP(0xc00011e0c0, {0x1d38b40, 0xc0004c8000}, 0xc0002f4140)
	/src/%[2]s/handler.go:57 +0x1b4
net/http.HandlerFunc.ServeHTTP(0xc00011e0d8, {0x1d38b40, 0xc0004c8000}, 0xc0002f4140)
	/usr/local/go/src/net/http/server.go:2322 +0x29`, 4000+ln, pkg, method, ln)
}
