package triage

import (
	"slices"
	"strings"
	"testing"
)

func TestFramesOf(t *testing.T) {
	tests := []struct {
		name, stack string
		want        []string
	}{
		{"Java", `java.lang.IllegalStateException: no stock for 17
	at com.shop.stock.Shelf.take(Shelf.java:88)
	at com.shop.stock.Shelf.take(Shelf.java:90)
	at com.shop.stock.Stock.lambda$reserve$0(Stock.java:31)
	at com.shop.stock.Stock$$Lambda$112/0x0000000800c8a840.get(Unknown Source)
	at java.base/java.util.Optional.map(Optional.java:260)
	at org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897) ~[spring-webmvc.jar:6.1]
	at app//com.shop.Main.run(Main.java:3)`, []string{
			"com.shop.stock.Shelf.take", "com.shop.stock.Stock.lambda$reserve$", "com.shop.stock.Stock$$Lambda$.get", "com.shop.Main.run",
		}},
		{"Java, the cause of a cause", `com.shop.OrderException: rejected
	at com.shop.Orders.place(Orders.java:12)
	at jdk.internal.reflect.GeneratedMethodAccessor41.invoke(Unknown Source)
	Suppressed: java.io.IOException: close
		at com.shop.Log.close(Log.java:5)
	Caused by: com.shop.Inner: of the suppressed one
		at com.shop.Log.inner(Log.java:6)
Caused by: com.shop.PayException: failed
	at com.shop.Pay.charge(Pay.kt:7)
	... 3 more
Caused by: java.net.ConnectException: refused
	at sun.nio.ch.Net.connect(Net.java:579)
	at com.shop.Http.open(Http.java:40)
	... 9 more`, []string{"com.shop.Http.open", "com.shop.Pay.charge", "com.shop.Orders.place"}},
		{"Java without frames of its own", `java.lang.OutOfMemoryError: heap
	at java.base/java.util.Arrays.copyOf(Arrays.java:3537)
	at java.base/java.lang.Thread.run(Thread.java:833)`, []string{"java.util.Arrays.copyOf", "java.lang.Thread.run"}},
		{"Java, proxies", `E: x
	at com.shop.Pay$$EnhancerBySpringCGLIB$$8f3a1b2c.charge(<generated>)
	at com.sun.proxy.$Proxy87.charge(Unknown Source)
	at com.shop.Base64Codec.read(Base64Codec.java:1)`, []string{"com.shop.Pay$$EnhancerBySpringCGLIB$$.charge", "com.shop.Base64Codec.read"}},
		{"Go, a panic", `panic: runtime error: invalid memory address

goroutine 4064 [running]:
runtime/debug.Stack()
	/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
panic({0x1a2b3c?, 0x2d4e5f?})
	/usr/local/go/src/runtime/panic.go:787 +0x132
shop/fraud.(*Client).Score(0xc0003a2000, {0x1d3a2f8, 0xc000512ab0})
	/src/fraud/client.go:64 +0x3f8
shop/fraud.Handle.func1.2(...)
	/src/fraud/handler.go:57
github.com/gin-gonic/gin.(*Context).Next(0xc0001)
	/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:174 +0x2b
net/http.HandlerFunc.ServeHTTP(0xc00011e0d8, {0x1d38b40, 0xc0004c8000}, 0xc0002f4140)
	/usr/local/go/src/net/http/server.go:2322 +0x29
created by net/http.(*Server).Serve in goroutine 1
	/usr/local/go/src/net/http/server.go:3285 +0x4b4

goroutine 1 [select]:
main.main()
	/src/main.go:9 +0x1`, []string{"shop/fraud.(*Client).Score", "shop/fraud.Handle.func."}},
		{"Go, as errors print it", `charge failed
main.charge
	/src/main.go:12
main.main
	/src/main.go:40
runtime.main
	/usr/local/go/src/runtime/proc.go:283`, []string{"main.charge", "main.main"}},
		{"Python", `Traceback (most recent call last):
  File "/usr/lib/python3.12/site-packages/flask/app.py", line 880, in full_dispatch_request
    rv = self.dispatch_request()
  File "/srv/shop/orders/views.py", line 31, in create
    charge(order)
  File "/srv/shop/orders/pay.py", line 7, in charge
    raise Declined(order)
orders.pay.Declined: card 4711`, []string{"orders/pay.py charge", "orders/views.py create"}},
		{"Python, a cause", `Traceback (most recent call last):
  File "/srv/shop/db.py", line 5, in get
    return rows[0]
IndexError: list index out of range

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/shop/views.py", line 9, in show
    get()
shop.NotFound: 5`, []string{"shop/db.py get", "shop/views.py show"}},
		{"Node", `DeclinedError: card 4711
    at Psp.charge (/app/src/psp.js:31:11)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at async Object.pay [as handler] (/app/src/orders.js:12:3)
    at async /app/node_modules/express/lib/router.js:5:5
    at /app/src/server.js:8:1
    at new Order (file:///app/src/order.js:2:3)
    at async Promise.all (index 0)`, []string{"Psp.charge src/psp.js", "Object.pay src/orders.js", "src/server.js", "Order src/order.js"}},
		{".NET", `System.InvalidOperationException: rejected
 ---> Shop.DeclinedException: card 4711
   at Shop.Psp.Charge(String card, Int32 cents) in /src/Psp.cs:line 31
   at Shop.Orders.<PlaceAsync>d__12.MoveNext() in /src/Orders.cs:line 12
   --- End of inner exception stack trace ---
   at System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw()
   at Microsoft.AspNetCore.Mvc.Infrastructure.Invoke()
   at Shop.Program.<>c__DisplayClass5_0.<Run>b__0()`, []string{"Shop.Psp.Charge", "Shop.Orders.<PlaceAsync>d__.MoveNext", "Shop.Program.<>c__DisplayClass_.<Run>b__"}},
		{"Ruby", `/srv/shop/app/models/psp.rb:31:in 'Psp#charge': card 4711 (Declined)
	from /srv/shop/app/models/order.rb:12:in ` + "`" + `block in place'
	from /usr/lib/ruby/gems/3.2.0/gems/rack-3.0/lib/rack.rb:5:in 'call'`, []string{"models/psp.rb Psp#charge", "models/order.rb place"}},
		{"PHP", `#0 /srv/shop/src/Psp.php(31): Shop\Psp->send('4711')
#1 /srv/shop/vendor/laravel/Router.php(5): Illuminate\Router->run()
#2 [internal function]: call_user_func()
#3 /srv/shop/src/Order.php(12): Shop\Order->place(Object(Shop\Cart))
#4 {main}`, []string{`Shop\Psp->send`, `Shop\Order->place`}},
		{"Rust", `thread 'main' panicked at 'declined', src/psp.rs:31:5
stack backtrace:
   0: rust_begin_unwind
             at /rustc/90b35a/library/std/src/panicking.rs:645:5
   1: core::panicking::panic_fmt
             at /rustc/90b35a/library/core/src/panicking.rs:72:14
   2: shop::psp::charge::h0123456789abcdef
             at ./src/psp.rs:31:5
   3: serde_json::de::from_str
             at /app/.cargo/registry/src/serde_json-1.0/src/de.rs:2:2
   4: 0x55d0 - shop::order::place::{{closure}}
             at ./src/order.rs:12:3`, []string{"shop::psp::charge", "shop::order::place::{{closure}}"}},
		{"no more than five", "E: x\n\tat a.b.A(A.java:1)\n\tat a.b.B(A.java:1)\n\tat a.b.C(A.java:1)\n\tat a.b.D(A.java:1)\n\tat a.b.E(A.java:1)\n\tat a.b.F(A.java:1)", []string{"a.b.A", "a.b.B", "a.b.C", "a.b.D", "a.b.E"}},
		{"not a stack", "card 4711 was declined\nat all", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := framesOf(tt.stack); !slices.Equal(got, tt.want) {
				t.Errorf("got:  %q\nwant: %q", got, tt.want)
			}
			if got := framesOf(strings.ReplaceAll(tt.stack, "\n", "\r\n")); !slices.Equal(got, tt.want) {
				t.Errorf("with carriage returns: %q", got)
			}
		})
	}
}

// A long stack comes to what a short one does. Were it read in more than linear
// time, this would not end.
func TestFramesOfMuch(t *testing.T) {
	for name, line := range map[string]string{
		"Java": "\tat com.shop.Shelf.take(Shelf.java:88)\n", "causes": "Caused by: x\n\tat a.b.C(D.java:1)\n", "Next": "Next x: y\n#0 a.php(1): f()\n",
		"Python": "  File \"/srv/a.py\", line 1, in f\n", "goroutines": "main.f(0x1)\n\t/src/main.go:1 +0x1\n", "parentheses": "\tat ((((((((((\n", "colons": "1: 2: 3: ::h::h\n",
	} {
		if much, few := framesOf(strings.Repeat(line, 200_000)), framesOf(strings.Repeat(line, 3)); !slices.Equal(much, few) {
			t.Errorf("%s: %q, want %q", name, much, few)
		}
	}
}

func FuzzFramesOf(f *testing.F) {
	f.Add("java.lang.E: x\n\tat a.b.C.m(C.java:1)\nCaused by: y\n\tat a.b.D.m(D.java:2)")
	f.Add("goroutine 1 [running]:\nmain.f(0x1)\n\t/a.go:1 +0x2")
	f.Add("Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\nE: x")
	f.Add("E\n    at f (/a.js:1:2)\n    at async g (file:///b.js:3:4)\n#0 a.php(1): f()\n/a.rb:1:in 'f'\n 0: a::b\n at /c.rs:1:2")
	f.Fuzz(func(t *testing.T, stack string) {
		frames := framesOf(stack)
		if len(frames) > mostFrames {
			t.Errorf("%d frames", len(frames))
		}
		for _, frame := range frames {
			if frame == "" || len(frame) > longestWord || strings.Contains(frame, "\n") {
				t.Errorf("frame %q", frame)
			}
		}
	})
}

func TestGist(t *testing.T) {
	for in, want := range map[string]string{
		"":                 "",
		"\n  a\n b":        "a",
		"one line":         "one line",
		"first \r\nsecond": "first",
		"Traceback (most recent call last):\n  File x\nKeyError: 'a'\n": "KeyError: 'a'",
		strings.Repeat("ä", 3000):                                       strings.Repeat("ä", 2000),
	} {
		if got := gist(in); got != want {
			t.Errorf("gist(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSteady(t *testing.T) {
	for in, want := range map[string]string{
		"POST /orders":                            "POST /orders",
		"GET /orders/12":                          "GET /orders/<*>",
		"GET /v1/orders/12/items/7?page=2":        "GET /v1/orders/<*>/items/<*>",
		"/u/4bf92f35-77b3-4da6-a3ce-929d0e0e4736": "/u/<*>",
		"/feed":                "/feed",
		"/cafe":                "/cafe",
		"12/34":                "12/<*>",
		"shop.Orders/Get":      "shop.Orders/Get",
		"/a/0123456789abcdef/": "/a/<*>/",
	} {
		if got := OperationOf(in); got != want {
			t.Errorf("OperationOf(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCalleeHosts(t *testing.T) {
	for in, want := range map[string]string{
		"https://u:p@api.psp.example:443/v1?x=1": "api.psp.example", "http://h": "h", "nothing": "", "http://[::1]:8080/": "[::1]:8080",
	} {
		if got := hostOf(in); got != want {
			t.Errorf("hostOf(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]bool{"10.0.0.1": true, "10.0.0.1:80": true, "[::1]": true, "fe80::1": true, "a.b.c.d": false, "db-1": false, "": false} {
		if got := isAddress(in); got != want {
			t.Errorf("isAddress(%q) = %v", in, got)
		}
	}
}
