package triage

import "strings"

// atFrame reads what follows "at": a frame of Java, of JavaScript or of .NET.
func atFrame(s string) (frame, bool) {
	for _, jar := range [...]string{" ~[", " ["} { // logback names the JAR behind a frame
		if at := strings.Index(s, ")"+jar); at >= 0 {
			s = s[:at+1]
		}
	}
	open := strings.LastIndexByte(s, '(')
	if open > 0 && s[len(s)-1] == ')' && s[open-1] != ' ' && isJavaFile(s[open+1:len(s)-1]) {
		return javaFrame(s[:open]), true
	}
	if f, ok := nodeFrame(s); ok {
		return f, true
	}
	if open := strings.IndexByte(s, '('); open > 0 && s[open-1] != ' ' && strings.IndexByte(s[:open], ' ') < 0 {
		return frame{s[:open], !startsWithAny(s, "System.", "Microsoft.", "lambda_method", "MediatR.", "Npgsql.", "Grpc.", "Polly.", "Castle.", "Serilog.", "Newtonsoft.", "StackExchange.", "OpenTelemetry.")}, true
	}
	return frame{}, false
}

// isJavaFile reports whether a frame's parentheses hold what Java puts there.
func isJavaFile(s string) bool {
	switch s {
	case "Native Method", "Unknown Source", "<generated>":
		return true
	}
	name, _, _ := strings.Cut(s, ":")
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || strings.ContainsAny(name, "/\\ ,") {
		return false
	}
	switch name[dot:] {
	case ".java", ".kt", ".scala", ".groovy", ".clj":
		return true
	}
	return false
}

func javaFrame(s string) frame {
	module := s // a class loader's or a module's name ends with a slash; hidden classes have one behind a dollar
	if dollar := strings.IndexByte(s, '$'); dollar >= 0 {
		module = s[:dollar]
	}
	s = s[strings.LastIndexByte(module, '/')+1:]
	foreign := startsWithAny(s, "java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "groovy.", "clojure.",
		"org.springframework.", "org.apache.", "org.hibernate.", "org.eclipse.", "org.jboss.", "org.junit.", "org.postgresql.", "org.mariadb.", "org.slf4j.",
		"io.netty.", "io.grpc.", "io.opentelemetry.", "io.micrometer.", "io.vertx.", "io.quarkus.", "io.undertow.", "io.lettuce.", "io.reactivex.", "io.github.resilience4j.",
		"reactor.", "akka.", "okhttp3.", "okio.", "retrofit2.", "feign.", "redis.clients.", "ch.qos.", "rx.", "oracle.", "net.bytebuddy.", "net.sf.cglib.",
		"com.zaxxer.", "com.mysql.", "com.fasterxml.", "com.google.common.", "com.google.protobuf.", "com.mongodb.", "com.rabbitmq.", "com.netflix.hystrix.",
		"com.amazonaws.", "software.amazon.", "com.alibaba.druid.", "com.alibaba.dubbo.", "com.ibm.")
	return frame{s, !foreign && !strings.HasPrefix(s, "$Proxy")}
}

// nodeFrame reads a frame of JavaScript: "Object.charge (/app/src/psp.js:3:9)",
// "async /app/src/psp.js:3:9".
func nodeFrame(s string) (frame, bool) {
	s = strings.TrimPrefix(s, "async ")
	name, file := "", s
	if open := strings.LastIndex(s, " ("); open > 0 && s[len(s)-1] == ')' {
		name, file = s[:open], s[open+2:len(s)-1]
	}
	path, ok := withoutLine(file)
	switch {
	case file == "native" || file == "<anonymous>" || strings.HasPrefix(file, "index ") && name != "":
		return frame{name, false}, true
	case !ok || strings.ContainsAny(path, "()"):
		return frame{}, false
	}
	if at := strings.Index(name, " [as "); at >= 0 {
		name = name[:at]
	}
	name = strings.TrimPrefix(name, "new ")
	own := !strings.Contains(path, "node_modules") && !startsWithAny(path, "node:", "internal/") && strings.ContainsAny(path, "/\\")
	if name == "" || name == "<anonymous>" || name == "Object.<anonymous>" {
		return frame{shortPath(path), own}, true
	}
	return frame{name + " " + shortPath(path), own}, true
}

// withoutLine is a file without the line behind it, and its column.
func withoutLine(s string) (string, bool) {
	path, found := s, false
	for range 2 {
		colon := strings.LastIndexByte(path, ':')
		if colon <= 0 || colon+1 == len(path) || strings.Trim(path[colon+1:], "0123456789") != "" {
			break
		}
		path, found = path[:colon], true
	}
	return path, found
}

// shortPath is the end of a file's path: where a program is installed says
// nothing.
func shortPath(path string) string {
	if at := strings.IndexAny(path, "?#"); at >= 0 {
		path = path[:at]
	}
	slashes := 0
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == '\\' {
			if slashes++; slashes == 2 {
				return path[i+1:]
			}
		}
	}
	return strings.TrimLeft(path, "./\\")
}

// pythonFrame reads `File "/app/orders/views.py", line 12, in create`.
func pythonFrame(s string) (frame, bool) {
	path, rest, ok := strings.Cut(s[len(`File "`):], `"`)
	_, name, in := strings.Cut(rest, ", in ")
	if !ok || !strings.HasPrefix(rest, ", line ") {
		return frame{}, false
	}
	text := shortPath(path)
	if in {
		text += " " + name
	}
	return frame{text, !isForeignFile(path) && !strings.HasPrefix(path, "<")}, true
}

// phpFrame reads "#0 /app/src/Psp.php(12): App\Psp->charge('x')".
func phpFrame(s string) (frame, bool) {
	n := strings.IndexByte(s, ' ')
	if n < 2 || strings.Trim(s[1:n], "0123456789") != "" {
		return frame{}, false
	}
	file, call, ok := strings.Cut(s[n+1:], ": ")
	if !ok {
		return frame{}, false // #9 {main}
	}
	name, _, _ := strings.Cut(call, "(")
	if line := strings.LastIndexByte(file, '('); line > 0 {
		file = file[:line]
	}
	return frame{name, file != "[internal function]" && !isForeignFile(file)}, true
}

// rubyFrame reads "from /app/models/order.rb:12:in 'Order#pay'"; a trace's
// first line has the message behind it.
func rubyFrame(s string) (frame, bool) {
	file, name, ok := strings.Cut(strings.TrimPrefix(s, "from "), ":in ")
	if !ok || len(name) < 2 || strings.IndexByte("'`", name[0]) < 0 {
		return frame{}, false
	}
	path, ok := withoutLine(file)
	end := strings.IndexByte(name[1:], '\'')
	if !ok || end < 0 {
		return frame{}, false
	}
	name = strings.TrimPrefix(name[1:1+end], "block in ")
	return frame{shortPath(path) + " " + name, !isForeignFile(path) && !strings.HasPrefix(path, "<")}, true
}

// rustFrame reads "4: shop::psp::charge::h0123456789abcdef".
func rustFrame(s string) (frame, bool) {
	colon := strings.Index(s, ": ")
	if colon <= 0 || colon > 5 || strings.Trim(s[:colon], "0123456789") != "" {
		return frame{}, false
	}
	name := strings.TrimSpace(s[colon+2:])
	if strings.HasPrefix(name, "0x") {
		if _, after, ok := strings.Cut(name, " - "); ok {
			name = after
		}
	}
	if name == "" || !strings.Contains(name, "::") && strings.ContainsAny(name, " .(") {
		return frame{}, false
	}
	if hash := strings.LastIndex(name, "::h"); hash >= 0 && hexRun(name, hash+3) == len(name) && len(name)-hash >= 12 {
		name = name[:hash]
	}
	path := strings.TrimLeft(name, "<&")
	return frame{name, strings.Contains(name, "::") && !startsWithAny(path, "std::", "core::", "alloc::", "tokio::", "hyper::", "tower::", "axum::", "tonic::", "futures", "actix", "tracing::", "backtrace::", "anyhow::")}, true
}

// goFrame reads a line that tells the file of the function before it.
func goFrame(before, line string) (frame, bool) {
	if line == "" || line[0] != '\t' && line[0] != ' ' || !strings.Contains(line, ".go:") || before == "" || strings.HasPrefix(before, "at ") {
		return frame{}, false
	}
	name := strings.TrimSuffix(before, "[recovered]")
	if name[len(name)-1] == ')' {
		if open := strings.LastIndexByte(name, '('); open > 0 {
			name = name[:open]
		}
	}
	if strings.ContainsAny(name, " \t") && !strings.Contains(name, "[") || strings.HasPrefix(name, "created by") {
		return frame{}, false
	}
	own := !isForeignFile(strings.TrimSpace(line)) && !isGoLibrary(name)
	return frame{name, own}, true
}

// isGoLibrary reports whether a function is of Go's standard library or of a
// well-known framework.
func isGoLibrary(name string) bool {
	if name == "panic" {
		return true
	}
	path := name[:strings.LastIndexByte(name, '/')+1]
	dot := strings.IndexByte(name[len(path):], '.')
	if dot < 0 {
		return false
	}
	path += name[len(path) : len(path)+dot]
	if startsWithAny(path+"/", "google.golang.org/", "golang.org/x/", "go.opentelemetry.io/", "github.com/gin-gonic/", "github.com/labstack/echo/",
		"github.com/go-chi/", "github.com/gorilla/", "github.com/grpc-ecosystem/", "github.com/gofiber/", "github.com/valyala/", "github.com/pkg/errors/", "gorm.io/") {
		return true
	}
	first, _, _ := strings.Cut(path, "/")
	switch first {
	case "runtime", "net", "database", "encoding", "io", "os", "reflect", "sync", "testing", "context", "bufio", "crypto", "fmt", "errors", "log",
		"internal", "syscall", "strconv", "strings", "time", "bytes", "html", "text", "sort", "slices", "maps", "math", "regexp", "compress", "archive", "mime", "path", "unicode", "container", "hash":
		return true
	}
	return false
}

// isForeignFile reports whether a file is a library's or the runtime's.
func isForeignFile(path string) bool {
	for _, part := range [...]string{
		"/vendor/", "/pkg/mod/", "/go/src/", "/libexec/src/", "site-packages", "dist-packages", "lib/python", "lib64/python", "/gems/", "/lib/ruby/",
		"/rustc/", "/.cargo/registry/", "/.cargo/git/", "<frozen ", "<internal:",
	} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return strings.HasPrefix(path, "vendor/")
}

func startsWithAny(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
