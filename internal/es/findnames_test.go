package es

import (
	"slices"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for key, want := range map[string]string{
		"order.id": "order id", "order_id": "order id", "orderId": "order id", "OrderID": "order id", "orderid": "order id", "ORDER_ID": "order id",
		"http.status_code": "http status code", "httpStatusCode": "http status code", "region": "region", "uid": "uid", "x/y-z": "x y z", "": "", "._": "",
	} {
		if got := strings.Join(words(key), " "); got != want {
			t.Errorf("%q: %q, want %q", key, got, want)
		}
	}
}

// However a key is typed, every spelling that loggers use is asked for, by
// names that begin with their only wildcard.
func TestFieldPatterns(t *testing.T) {
	spelled := []string{
		"order.id", "order_id", "order-id", "orderId", "orderID", "OrderId", "OrderID", "orderid", "Order-Id", "ORDER_ID", "attributes.order.id", "mdc.orderId",
	}
	for _, key := range []string{"order.id", "order_id", "orderId", "OrderID", "orderid", "ORDER_ID"} {
		patterns := fieldPatterns(key)
		for _, name := range spelled {
			if !slices.ContainsFunc(patterns, func(p string) bool { return simpleMatch(p, name) }) {
				t.Errorf("%s does not ask for %s: %v", key, name, patterns)
			}
		}
		for _, p := range patterns {
			if strings.LastIndexByte(p, '*') != 0 {
				t.Errorf("%s asks for %s", key, p)
			}
		}
	}
	for _, name := range []string{"http.status_code", "http_status_code", "httpStatusCode", "http.statusCode", "HttpStatusCode", "HTTP_STATUS_CODE", "http.status.code"} {
		if !slices.ContainsFunc(fieldPatterns("http.status_code"), func(p string) bool { return simpleMatch(p, name) }) {
			t.Errorf("%s is not asked for", name)
		}
	}
	if n := len(fieldPatterns("a.rather_long.key-of.seven.words")); n > 150 {
		t.Errorf("%d names", n)
	}
}
