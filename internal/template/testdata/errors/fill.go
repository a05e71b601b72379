package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A filler makes one value of a kind.
type filler func() string

// fillers are the kinds of values by name.
func fillers(r *rand.Rand) map[string]filler {
	fill := words(r)
	add := func(more map[string]filler) {
		for name, f := range more {
			fill[name] = f
		}
	}
	add(numbers(r))
	add(addresses(r, fill))
	add(names(r, fill))
	add(lists(r, fill))
	return fill
}

// choice picks one of some words.
func choice(r *rand.Rand, of ...string) filler {
	return func() string { return of[r.IntN(len(of))] }
}

// many joins from low to high values.
func many(r *rand.Rand, one filler, low, high int, by string) filler {
	return func() string {
		list := make([]string, low+r.IntN(high-low+1))
		for i := range list {
			list[i] = one()
		}
		return strings.Join(list, by)
	}
}

func hexed(r *rand.Rand, digits int) string {
	var b strings.Builder
	for range digits {
		fmt.Fprintf(&b, "%x", r.IntN(16))
	}
	return b.String()
}

// numbers are the kinds that are mostly digits.
func numbers(r *rand.Rand) map[string]filler {
	at := func() time.Time { return time.Unix(1.75e9+r.Int64N(1e7), r.Int64N(1e9)).UTC() }
	return map[string]filler{
		"int":    func() string { return fmt.Sprint(100 + r.IntN(100000)) },
		"small":  func() string { return fmt.Sprint(r.IntN(30)) },
		"float":  func() string { return fmt.Sprintf("%.2f", r.Float64()*30) },
		"port":   func() string { return fmt.Sprint([]int{80, 443, 5432, 6379, 8080, 8443, 9092, 27017}[r.IntN(8)]) },
		"amount": func() string { return fmt.Sprintf("%d.%02d", r.IntN(5000), r.IntN(100)) },
		"hex":    func() string { return "0x" + hexed(r, 2+r.IntN(10)) },
		"hex32":  func() string { return hexed(r, 32) },
		"uuid": func() string {
			return hexed(r, 8) + "-" + hexed(r, 4) + "-4" + hexed(r, 3) + "-a" + hexed(r, 3) + "-" + hexed(r, 12)
		},
		"status":   func() string { return fmt.Sprint([]int{400, 404, 409, 429, 500, 502, 503, 504}[r.IntN(8)]) },
		"dur":      func() string { return (time.Duration(r.ExpFloat64()*2e9) / 1e5 * 1e5).String() },
		"timespan": func() string { return fmt.Sprintf("00:00:%02d", r.IntN(60)) },
		"bytes":    func() string { return fmt.Sprint(1+r.IntN(900)) + []string{"Mi", "Gi", "Ki"}[r.IntN(3)] },
		"iso":      func() string { return at().Format([]string{time.RFC3339, "2006-01-02 15:04:05,000"}[r.IntN(2)]) },
		"version":  func() string { return at().Format("20060102150405") },
		"base64":   func() string { return fmt.Sprintf("eyJ%sQ%sg==", hexed(r, 12), strings.ToUpper(hexed(r, 9))) },
		"order":    func() string { return fmt.Sprintf("ORD-%d", 10000+r.IntN(90000)) },
		"payment":  func() string { return "pay_" + hexed(r, 14) },
		"sku":      func() string { return fmt.Sprintf("SKU-%d-%c", r.IntN(1000), 'A'+r.IntN(26)) },
		"coupon":   choice(r, "SUMMER25", "WELCOME", "BLACKFRIDAY", "FREESHIP", "VIP10", "XMAS2025"),
		"char":     choice(r, "}", "]", ":", "x", "<"),
	}
}

// addresses are the kinds that lead somewhere.
func addresses(r *rand.Rand, fill map[string]filler) map[string]filler {
	ip := func() string {
		return fmt.Sprintf("10.%d.%d.%d", r.IntN(256), r.IntN(256), 1+r.IntN(254))
	}
	host := func() string {
		return fill["svc"]() + []string{"", "-db", ".prod.svc.cluster.local", ".internal.example.com", "-0", "-canary"}[r.IntN(6)]
	}
	path := func() string {
		return choice(r, "/api/v1/", "/v2/", "/", "/internal/")() + fill["table"]() + []string{"", fmt.Sprintf("/%d", r.IntN(1e6)), "/" + hexed(r, 8), "/search?q=" + fill["word"]()}[r.IntN(4)]
	}
	return map[string]filler{
		"ip":     ip,
		"ipport": func() string { return fmt.Sprintf("%s:%d", ip(), 1024+r.IntN(60000)) },
		"host":   host,
		"path":   path,
		"url":    func() string { return "http://" + host() + ":8080" + path() },
		"email": func() string {
			return fill["user"]() + choice(r, "@example.com", "@mail.example.org", "+shop@example.net")()
		},
		"file": func() string { return fill["word"]() + choice(r, ".png", ".pdf", "-final.webp", "_2.jpg")() },
		"image": func() string {
			return "registry.example.com/" + fill["svc"]() + ":" + choice(r, "1.4.2", "latest", "2.0.0-rc1")()
		},
		"key": func() string { return fill["table"]() + ":" + fmt.Sprint(r.IntN(1e5)) },
		"pod": func() string { return fill["svc"]() + "-" + hexed(r, 9) + "-" + choice(r, "x7k2p", "qwrtz", "lm4nb")() },
	}
}

// lists are the kinds of varying length, and snippets.
func lists(r *rand.Rand, fill map[string]filler) map[string]filler {
	id := fill["int"]
	return map[string]filler{
		"ids":        many(r, id, 1, 6, ", "),
		"skus":       many(r, fill["sku"], 1, 5, ", "),
		"warehouses": many(r, fill["warehouse"], 1, 3, ", "),
		"partitions": many(r, func() string { return fill["topic"]() + "-" + fill["small"]() }, 1, 5, ", "),
		"columns":    many(r, fill["column"], 1, 4, ", "),
		"enums":      many(r, fill["reason"], 2, 4, ", "),
		"json": func() string {
			return fmt.Sprintf(`{"%s":"%s","%s":%s}`, fill["column"](), fill["word"](), fill["column"](), id())
		},
		"sql": func() string {
			return choice(r, "select * from "+fill["table"](), "update "+fill["table"]()+" set "+fill["column"]()+"=?", "delete from "+fill["table"]())() + " where " + many(r, fill["column"], 1, 3, "=? and ")() + "=?"
		},
	}
}
