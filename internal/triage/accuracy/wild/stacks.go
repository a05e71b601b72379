package wild

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// stackOf is a stack trace as the language writes it; name is language:place,
// such as java:Bank.debit. Lines, addresses and counters differ from one to the
// next, as between builds and processes.
func stackOf(rng *rand.Rand, name, class, message string) string {
	language, place, _ := strings.Cut(name, ":")
	head := class + ": " + message
	n := func(most int) int { return 1 + rng.IntN(most) }
	switch language {
	case "":
		return ""
	case "java":
		return fmt.Sprintf("%s\n\tat com.acme.%s(Acme.java:%d)\n\tat com.acme.Acme.lambda$run$%d(Acme.java:%d)\n\tat java.base/java.lang.Thread.run(Thread.java:%d)",
			head, place, n(900), n(40), n(900), n(900))
	case "spring":
		service, method, _ := strings.Cut(place, ".")
		return fmt.Sprintf("%s\n\tat com.acme.%s(Acme.java:%d)\n\tat com.acme.%s$$EnhancerBySpringCGLIB$$%08x.%s(<generated>)\n\tat com.sun.proxy.$Proxy%d.%s(Unknown Source)\n\tat jdk.internal.reflect.GeneratedMethodAccessor%d.invoke(Unknown Source)\n\tat com.acme.web.Api$$Lambda$%d/0x%016x.apply(Unknown Source)\n\tat org.springframework.web.Servlet.go(Servlet.java:%d)",
			head, place, n(900), service, rng.Uint32(), method, n(300), method, n(90), n(2000), rng.Uint64(), n(900))
	case "caused":
		return fmt.Sprintf("org.springframework.web.NestedServletException: Request processing failed: %s\n\tat org.springframework.web.Servlet.go(Servlet.java:%d)\n\tat com.acme.web.Filter.doFilter(Filter.java:%d)\nCaused by: com.acme.ServiceException: wrapped %d\n\tat com.acme.Service.call(Service.java:%d)\n\t... %d more\nCaused by: %s\n\tat com.acme.%s(Acme.java:%d)\n\tat com.acme.Service.call(Service.java:%d)\n\t... %d more",
			head, n(900), n(99), n(99999), n(99), n(60), head, place, n(900), n(99), n(60))
	case "python":
		return fmt.Sprintf("Traceback (most recent call last):\n  File \"/usr/lib/python3.11/site-packages/flask/app.py\", line %d, in wsgi_app\n    response = self.full()\n  File \"/srv/release-%d/acme/views.py\", line %d, in handle\n    return run(%d)\n  File \"/srv/release-%d/acme/core.py\", line %d, in %s\n    raise x\n%s", n(900), n(99), n(99), n(99), n(99), n(99), place, head)
	case "go":
		return fmt.Sprintf("goroutine %d [running]:\nruntime/debug.Stack()\n\t/usr/local/go/src/runtime/debug/stack.go:24 +0x%x\ngithub.com/acme/shop.%s(0xc%09x, {0x%x, 0x%x})\n\t/build/%d/shop/x.go:%d +0x%x\ngithub.com/acme/shop.(*Server).Serve.func%d(0x%x)\n\t/build/%d/shop/server.go:%d +0x%x\nnet/http.HandlerFunc.ServeHTTP()\n\t/usr/local/go/src/net/http/server.go:%d",
			n(9999), n(999), place, rng.Uint32(), rng.Uint32(), n(99), n(999), n(999), n(999), n(3), rng.Uint32(), n(999), n(999), n(999), n(3000))
	case "node":
		return fmt.Sprintf("%s\n    at %s (/app/releases/%d/src/bank.js:%d:%d)\n    at async Promise.all (index %d)\n    at process.processTicksAndRejections (node:internal/process/task_queues:%d:%d)\n    at async handler (/app/releases/%d/src/api.js:%d:%d)", head, place, n(99), n(999), n(40), n(5)-1, n(99), n(40), n(99), n(99), n(99))
	case "net":
		return fmt.Sprintf("%s\n   at Acme.Shop.%s(Guid id, Int32 n) in /src/%d/Shop.cs:line %d\n   at Acme.Shop.Api.<>c__DisplayClass%d_0.<<Run>b__%d>d.MoveNext() in /src/Api.cs:line %d\n--- End of stack trace from previous location ---\n   at Microsoft.AspNetCore.Routing.Go(HttpContext c)", head, place, n(99), n(900), n(40), n(9), n(900))
	case "ruby":
		return fmt.Sprintf("/app/releases/%d/app/models/bank.rb:%d:in `%s': %s\n\tfrom /usr/lib/ruby/gems/3.2.0/gems/puma/x.rb:%d:in `block in run'\n\tfrom /app/releases/%d/app/api.rb:%d:in `call'", n(99), n(99), place, head, n(99), n(99), n(99))
	case "php":
		return fmt.Sprintf("#0 /srv/r%d/src/Api.php(%d): App\\Bank->%s('%x', %d)\n#1 /srv/r%d/vendor/laravel/Router.php(%d): go()\n#2 /srv/r%d/public/index.php(%d): App\\Api->run()\n#3 {main}", n(99), n(99), place, n(1<<20), n(99), n(99), n(99), n(99), n(99))
	case "rust":
		return fmt.Sprintf("   0: std::backtrace::capture\n             at /rustc/%x/std/src/x.rs:%d:5\n   1: shop::bank::%s::h%016x\n             at ./src/bank.rs:%d:%d\n   2: shop::api::{{closure}}::h%016x\n             at ./src/api.rs:%d:9\n   3: tokio::runtime::task::h%016x", rng.Uint64(), n(99), place, rng.Uint64(), n(99), n(99), rng.Uint64(), n(99), rng.Uint64())
	}
	panic("no such language: " + language)
}
