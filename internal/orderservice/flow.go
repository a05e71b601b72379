package orderservice

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
)

// A fate is what a scenario has in store for an order, beyond the ordinary.
type fate struct {
	decline  string        // the provider's reason to refuse, or ""
	failures int           // 503 answers before the provider's real one
	giveUp   bool          // the last answer is a 503, too
	timeout  bool          // the inventory takes longer than the order waits
	slow     time.Duration // the database takes this long
	panics   bool          // the payment service panics
	late     bool          // workers start after the order was answered
	linked   bool          // the worker starts a trace of its own
}

// draw decides the order's fate by its scenario.
func (b *builder) draw() fate {
	f := fate{linked: b.chance(0.25)}
	reasons := []string{"insufficient_funds", "card_expired", "do_not_honor", "lost_card"}
	switch b.scenario {
	case Declined:
		f.decline = reasons[b.dice.IntN(len(reasons))]
		f.failures = b.dice.IntN(2)
		f.linked = false
	case Timeout:
		f.timeout = true
	case RetryStorm:
		f.failures = 6 + b.dice.IntN(25)
		f.giveUp = b.chance(0.5)
	case SlowDB:
		f.slow = b.ms(400, 900)
	case Panic:
		f.panics = true
	case Async:
		f.late, f.linked = true, false
	case Unsampled:
		f.linked = false // a linked trace would be sampled anew
	}
	return f
}

// placeOrder is the whole flow, as the gateway sees it.
func (b *builder) placeOrder() {
	gw := b.serve(nil, gateway, "/api/orders")
	gw.root = true
	gw.info("POST /api/orders user=" + b.order.user)
	gw.work(b.us(150, 600))
	srv := b.post(gw, order, "/orders")
	code := b.createOrder(srv)
	srv.answer(code)
	gw.answer(code)
	gw.work(b.us(50, 200))
	switch {
	case code >= 500:
		gw.say(errorLevel, fmt.Sprintf("POST /api/orders answered %d: upstream order failed", code), field{"status", code})
	case code >= 400:
		gw.warn(fmt.Sprintf("POST /api/orders answered %d", code), field{"status", code})
	default:
		gw.info(fmt.Sprintf("POST /api/orders answered %d", code), field{"status", code})
	}
}

// createOrder is the order service's part. It returns the HTTP status code.
func (b *builder) createOrder(srv *step) int {
	o := b.order
	create := b.span(srv, "CreateOrder")
	create.info(fmt.Sprintf("order %s received: %d items, total %.2f EUR", o.id, o.items, o.total),
		field{"items", o.items}, field{"amount", o.total})
	b.validateOrder(create)
	if !b.reserveStock(create) {
		e := &exception{"context.deadlineExceededError", "context deadline exceeded", goStack("reservation", "Reserve", 88)}
		create.complain(fmt.Sprintf("order %s: inventory did not answer within %v", o.id, inventoryTimeout), e)
		create.fail(e)
		return 504
	}
	if code, e := b.takePayment(create); e != nil {
		b.reject(create, code, e)
		return code
	}
	create.work(b.us(100, 400))
	create.info(fmt.Sprintf("order %s confirmed", o.id))
	create.audit("order.created", field{"actor", o.user}, field{"outcome", "success"})
	b.handOver(create)
	return 201
}

func (b *builder) validateOrder(create *step) {
	v := b.span(create, "validateOrder")
	v.debug(fmt.Sprintf("validating %d items against the price list", b.order.items))
	v.work(b.us(300, 2500))
	if b.chance(0.15) {
		v.warn(fmt.Sprintf("price of %s is older than 24h, using it anyway", b.order.sku), field{"sku", b.order.sku})
	}
	v.debug("order is valid")
}

// reject undoes the reservation and tells the customer.
func (b *builder) reject(create *step, code int, e *exception) {
	create.complain(fmt.Sprintf("order %s rejected: %s", b.order.id, e.message), e, field{"status", code})
	create.fail(e)
	rel := b.post(create, inventory, "/reservations/release")
	rel.work(b.us(200, 900))
	rel.info(fmt.Sprintf("released stock for %d items", b.order.items))
	create.audit("order.rejected", field{"actor", b.order.user}, field{"outcome", "failure"})
	c := b.publish(create, "order.failed", b.ms(2, 12), b.fate.linked)
	c.info(fmt.Sprintf("job order.failed for %s taken", b.order.id))
	c.work(b.ms(1, 4))
	b.notify(c, "payment_failed")
}

// handOver gives what need not be waited for to the worker pool.
func (b *builder) handOver(create *step) {
	delay := b.ms(2, 25)
	if b.fate.late {
		delay = b.ms(120, 300)
	}
	c := b.publish(create, "order.created", delay, b.fate.linked)
	c.info(fmt.Sprintf("job order.created for %s taken", b.order.id))
	inv := b.span(c, "generateInvoice")
	inv.work(b.ms(5, 40))
	inv.info(fmt.Sprintf("invoice for %s rendered, %d pages", b.order.id, 1+b.order.items/4))
	b.notify(c, "order_confirmation")
	if b.fate.late {
		b.analyse(create, delay+b.ms(20, 80))
	}
}

// analyse is the work that goes on in a trace of its own, linked to its cause.
func (b *builder) analyse(create *step, delay time.Duration) {
	c := b.publish(create, "order.analytics", delay, true)
	c.info("job order.analytics taken")
	b.external(c, "INSERT analytics.orders", b.ms(2, 15), dbAttrs("clickhouse", "analytics", "INSERT INTO orders VALUES (…)")...)
	c.debug("1 row appended")
}

func (b *builder) notify(from *step, template string) {
	n := b.post(from, notification, "/notifications")
	n.info("sending mail", field{"template", template})
	send := b.span(n, "sendMail")
	b.external(send, "SMTP send", b.ms(3, 20), attribute.String("server.address", "smtp.example.com"))
	send.debug("250 2.0.0 Ok: queued")
	n.info("mail " + template + " accepted by smtp.example.com")
	n.answer(202)
}

func dbAttrs(system, namespace, statement string) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("db.system.name", system),
		attribute.String("db.namespace", namespace),
		attribute.String("db.query.text", statement),
	}
}
