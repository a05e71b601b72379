package main

import (
	"fmt"
	"math/rand/v2"
)

// words are the kinds that are plain words.
func words(r *rand.Rand) map[string]filler {
	return map[string]filler{
		"svc":       choice(r, "order", "payment", "inventory", "shipping", "cart", "pricing", "catalog", "notification", "auth-gateway", "fraud-check"),
		"user":      choice(r, "alice", "bob", "mallory", "svc_order", "jean.dupont", "m.tanaka", "olga", "root", "admin", "guest", "deploy"),
		"country":   choice(r, "Germany", "France", "Japan", "Brazil", "Norway", "India", "Canada", "Poland"),
		"currency":  choice(r, "EUR", "USD", "GBP", "JPY", "CHF", "SEK"),
		"reason":    choice(r, "insufficient_funds", "card_expired", "do_not_honor", "lost_card", "stolen_card", "incorrect_cvc", "processing_error"),
		"cardtext":  choice(r, "expired", "stolen", "blocked", "unknown", "unsupported"),
		"provider":  choice(r, "stripe", "adyen", "paypal", "klarna", "worldpay"),
		"warehouse": choice(r, "berlin", "lyon", "osaka", "austin", "leeds", "WH-3"),
		"word":      choice(r, "abc", "null", "invoice", "receipt", "undefined", "n/a", "holiday", "twelve", "portrait"),
		"verb":      choice(r, "read", "update", "delete", "approve"),
		"resource":  choice(r, "memory", "cpu", "ephemeral-storage"),
		"method":    choice(r, "GET", "POST", "PUT", "DELETE", "PATCH"),
		"httptext":  choice(r, "Bad Gateway", "Service Unavailable", "Gateway Timeout", "Conflict", "Not Found"),
		"jsontype":  choice(r, "Array", "Object", "String", "Integer", "Boolean"),
		"jsontoken": choice(r, "JsonToken.START_ARRAY", "JsonToken.START_OBJECT", "JsonToken.VALUE_STRING"),
		"mime":      choice(r, "image/tiff", "application/zip", "text/html", "image/heic"),
		"envoy":     choice(r, "connection failure", "overflow", "connection timeout", "remote reset"),
		"iocause": choice(r, "connection refused", "i/o timeout", "EOF", "broken pipe",
			"connection reset by peer", "no route to host"),
		"authreason": choice(r, "bad_password", "expired", "unknown_user", "mfa_required", "bad_signature"),
		"validation": choice(r, "Name can't be blank", "Email has already been taken", "Quantity must be greater than 0",
			"Email is invalid", "Address can't be blank"),
	}
}

// names are the kinds that programmers chose.
func names(r *rand.Rand, fill map[string]filler) map[string]filler {
	return map[string]filler{
		"class":     choice(r, "com.acme.order.Order", "com.acme.pay.PaymentRequest", "OrderDto", "CustomerService", "Money", "ShippingAddress", "Acme.Orders.CartController"),
		"getter":    choice(r, "getId", "getCustomer", "getTotal", "toString", "size", "map", "findById"),
		"ident":     choice(r, "order", "customer", "this.address", "paymentClient", "cart", "res", "item"),
		"client":    choice(r, "InventoryClient", "PaymentClient", "ShippingApi", "TaxService"),
		"table":     choice(r, "orders", "order_items", "customers", "payments", "stock", "shipments", "coupons"),
		"column":    choice(r, "id", "customer_id", "total", "address", "sku", "quantity", "createdAt", "email"),
		"index":     choice(r, "orders_pkey", "uq_customers_email", "payments_idempotency_key", "idx_sku", "stock_pkey"),
		"db":        choice(r, "shop", "orders_prod", "billing", "warehouse"),
		"topic":     choice(r, "orders.created", "payments", "stock-updates", "shipments.v2", "audit"),
		"queue":     choice(r, "orders.dlq", "mail", "invoice-requests", "payments.retry"),
		"event":     choice(r, "OrderCreated", "OrderPaid", "StockReserved", "ShipmentSent"),
		"task":      choice(r, "send_invoice", "sync_stock", "reconcile", "shop.tasks.close_carts", "nightly-report"),
		"step":      choice(r, "releaseStock", "refund", "cancelShipment", "notify"),
		"flag":      choice(r, "new_checkout", "express-pay", "fraud_v2", "add_coupons"),
		"property":  choice(r, "payment.timeout", "shop.mail.retry-delay", "inventory.url", "STRIPE_KEY"),
		"thread":    func() string { return fmt.Sprintf("http-nio-8080-exec-%d", r.IntN(40)) },
		"namespace": choice(r, "shop", "payments", "kube-system", "default"),
		"category":  choice(r, "books", "food", "alcohol", "gift-cards"),
		"pool":      choice(r, "mailExecutor", "taskExecutor", "pool-2", "reports"),
		"volume":    choice(r, "order-config", "mail-templates", "ca-bundle"),
		"bucket":    choice(r, "shop-images", "invoices-prod", "exports"),
		"awscode":   choice(r, "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"),
		"awsop":     choice(r, "PutObject", "SendMessage", "GetSecretValue", "DescribeInstances"),
		"esindex":   func() string { return "logs-" + fill["svc"]() + "-2026.11." + fmt.Sprint(10+r.IntN(20)) },
	}
}
