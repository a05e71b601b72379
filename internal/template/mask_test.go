package template

import (
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ kind, message, want string }{
		{"number", "took 15 of 1,234.5 and -3 or +4", "took <*> of <*> and <*> or <*>"},
		{"unit glued", "took 15ms for 3.5GB, 20% left", "took <*> for <*> left"},
		{"unit apart", "sent 5 KB in 3 ms again", "sent <*> in <*> again"},
		{"hex", "at 0x7ffe12 and deadbeef01", "at <*> and <*>"},
		{"uuid", "job 6ba7b810-9dad-11d1-80b4-00c04fd430c8 lost", "job <*> lost"},
		{"ipv4", "from 10.0.0.1 to 10.0.0.2:8080.", "from <*> to <*>."},
		{"ipv6", "from fe80::1 to [2001:db8::ff00:42:8329]:443", "from <*> to [<*>]:<*>"},
		{"mac", "card aa:bb:cc:dd:ee:ff down", "card <*> down"},
		{"host", "lookup db.prod.svc.cluster.local: no such host", "lookup <*>: no such host"},
		{"host and port", "dial redis:6379 or order-db:5432 or localhost:99", "dial <*> or <*> or <*>"},
		{"url", "calling http://a.b/c?d=e,f(g) failed", "calling <*>,f(g) failed"},
		{"url in a sentence", `see "https://a.b/c".`, `see "<*>".`},
		{"mail", "no account jane.doe@example.com here", "no account <*> here"},
		{"path", "open /etc/app/conf.d: permission denied", "open <*>: permission denied"},
		{"path of Windows", `open C:\Users\x.txt failed`, "open <*> failed"},
		{"no path", "read and/or write", "read and/or write"},
		{"time", "at 2026-01-02T03:04:05.123Z done", "at <*> done"},
		{"date in words", "since Mon, 02 Jan 2026 15:04:05 +0000 down", "since <*> down"},
		{"month first", "since Jan 2 15:04:05 down", "since <*> down"},
		{"quoted word", `user 'alice' has no "role" or ` + "`key`", "user '<*>' has no \"<*>\" or `<*>`"},
		{"quoted sentence", `said "it broke" twice`, `said "it broke" twice`},
		{"apostrophe", "can't open users' file", "can't open users' file"},
		{"message of a key", `msg="failed" user="bob"`, `msg="failed" user="<*>"`},
		{"value of a key", "a=5 b=true c=word d: null", "a=<*> b=<*> c=word d: <*>"},
		{"ID", "order ORD-17, block blk_-123", "order <*>, block <*>"},
		{"base64", "token eyJhbGciOiJIUzI1NiJ9== bad", "token <*>== bad"},
		{"version", "needs v1.2.3-rc1", "needs <*>"},
		{"name with a digit", "x509: Http2Exception in org.apache.log4j.Foo", "x509: Http2Exception in org.apache.log4j.Foo"},
		{"source line", "at Foo.run(Foo.java:42)", "at Foo.run(Foo.java:<*>)"},
		{"class", "java.lang.IllegalStateException: closed", "java.lang.IllegalStateException: closed"},
		{"list", "ids [a, b, c] and [] of [x]", "ids [<*>] and [<*>] of [x]"},
		{"list of numbers", "ids 1, 2, 3 left", "ids <*> left"},
		{"list with keys", "[node=a, up] x", "[node=a, up] x"},
		{"json", `got {"a":{"b":"}"}} back`, "got {<*>} back"},
		{"json alone", `{"level":"error","code":5}`, `{"level":"<*>","code":<*>}`},
		{"sql", "failed [select a, b from c where d=?]; then", "failed [<*>]; then"},
		{"no sql", "update of order failed, select another", "update of order failed, select another"},
		{"spaces", "  a\t b  c ", "a b c"},
		{"first line", "a b\n\tat c", "a b"},
		{"empty", "", ""},
	} {
		t.Run(c.kind, func(t *testing.T) {
			var m masker
			if got := shown(string(m.mask(c.message))); got != c.want {
				t.Errorf("%q became\n%q, want\n%q", c.message, got, c.want)
			}
		})
	}
}

func TestMaskEndsSomewhere(t *testing.T) {
	var m masker
	for _, c := range []struct{ name, message, want string }{
		{"many words", strings.Repeat("word ", 400), strings.Repeat("word ", mostWords) + "<*>"},
		{"many bytes", strings.Repeat("longishword ", 400)[:2049], ""},
		{"one word", strings.Repeat("x", 1<<20), "<*>"},
	} {
		got := shown(string(m.mask(c.message)))
		if c.want != "" && got != c.want || len(got) > mostBytes+8 || !strings.HasSuffix(got, "<*>") {
			t.Errorf("%s: became %d bytes: %.90q", c.name, len(got), got)
		}
	}
}

func TestMaskDoesNotAllocate(t *testing.T) {
	var m Miner
	for _, s := range mixed10() {
		m.Add(s)
	}
	if n := testing.AllocsPerRun(100, func() {
		for _, s := range mixed10() {
			m.Add(s)
		}
	}); n > 0 {
		t.Errorf("adding known forms allocates %v times", n)
	}
}

// mixed10 are messages as services write them.
func mixed10() [10]string {
	return [10]string{
		"dial tcp 10.2.3.4:5432: connect: connection refused",
		"Order ORD-17231 failed at 2026-01-02T03:04:05.123Z after 12.5 ms: card_expired",
		`level=error msg="request failed" method=GET path=/api/v1/orders/17 status=503 duration=1.2s request_id=6ba7b810-9dad-11d1-80b4-00c04fd430c8`,
		"java.lang.NullPointerException: Cannot invoke \"com.acme.Order.getId()\" because \"order\" is null",
		"rpc error: code = DeadlineExceeded desc = context deadline exceeded",
		"HikariPool-1 - Connection is not available, request timed out after 30000ms.",
		"Payment pay_81acf5e0d1 for order ORD-5 declined: insufficient_funds",
		`Unexpected response from inventory: {"code":17,"message":"no stock"}`,
		"Failed to send mail to jane.doe@example.com: 550 mailbox unavailable",
		"ERROR: deadlock detected DETAIL: Process 1811 waits for ShareLock on transaction 98213; blocked by process 1812.",
	}
}
