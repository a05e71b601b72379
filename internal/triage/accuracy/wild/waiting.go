package wild

import (
	"fmt"
	"strings"
	"time"
)

// waiting are worlds in which callers wait, try again and give up.
func waiting() []World {
	return []World{
		{
			Name: "cascade", What: "timeouts over four services; the deepest is slow, fails late as cancelled, or answers anyhow",
			Causes: []Cause{at("slow", "d", "/d"), at("late-cancelled", "z", "/z"), at("broken-pipe", "y", "/y"), at("slow-database", "c", "SELECT c")},
			Scenes: []Scene{
				rising(`
S a /a 0 1000 ! http.status_code=504 error.type="504"
 C a GET 5 990 ! error.type=timeout says='Get "http://b/{n}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  S b /b 10 1200 ! http.status_code=504 error.type="504"
   C b GET 15 1190 ! error.type=timeout says='context deadline exceeded'
    S c /c 20 1400 ! http.status_code=504 error.type="504"
     C c GET 25 1390 ! error.type=timeout says='context deadline exceeded'
      S d /d 30 3000 @slow http.status_code=200`),
				steady(`
S a /a2 0 1000 ! http.status_code=504 error.type="504"
 C a GET 5 990 ! error.type=timeout says='context deadline exceeded'
  S z /z 10 1005 ! @late-cancelled error.type=CANCELLED says='context canceled'
   I z work 15 995 ! says='context canceled'`),
				steady(`
S a /a3 0 1000 ! http.status_code=504 error.type="504"
 C a GET 5 990 ! error.type=java.net.SocketTimeoutException ex='java.net.SocketTimeoutException~Read timed out~java:Client.get'
  S y /y 10 2500 ! @broken-pipe http.status_code=200 ex='org.apache.catalina.connector.ClientAbortException~java.io.IOException: Broken pipe~java:Y.write'`),
				steady(`
S a /a4 0 1000 ! http.status_code=504 error.type="504"
 C a GET 5 990 ! error.type=timeout says='context deadline exceeded'
  S c /c4 10 980 ! http.status_code=504 says='query: context deadline exceeded'
   C c 'SELECT c' 15 970 ! @slow-database db.system=postgresql db.name=c error.type=timeout says='canceling statement due to statement timeout'`),
			},
		},
		{
			Name: "retries", What: "retries with growing pauses, in the caller and in the caller's caller, that help or do not",
			Causes: []Cause{at("flaky", "rates", "/rates").absorbed(), at("dead", "bank", "/debit"), at("twice", "mail", "/send"), at("gone", "shop", "GET fx")},
			Scenes: []Scene{
				steady(`
S shop /quote 0 500
 C shop 'GET rates' 1 50 ! http.status_code=503 peer.service=rates http.resend_count=0
  S rates /rates 2 40 ! @flaky http.status_code=503 says='warming up, {n} left'
 C shop 'GET rates' 100 50 ! http.status_code=503 peer.service=rates http.resend_count=1
  S rates /rates 102 40 ! @flaky http.status_code=503 says='warming up, {n} left'
 C shop 'GET rates' 300 50 peer.service=rates http.resend_count=2
  S rates /rates 302 40`),
				rising(`
S shop /orders 0 900 ! http.status_code=500
 C shop 'POST pay' 1 400 ! http.status_code=500 peer.service=pay
  S pay /pay 2 390 ! http.status_code=500
   C pay 'POST debit' 5 50 ! http.status_code=500 peer.service=bank
    S bank /debit 7 40 ! @dead http.status_code=500 ex='Boom~ledger {hex} is broken~java:Bank.debit'
   C pay 'POST debit' 150 50 ! http.status_code=500 peer.service=bank
    S bank /debit 157 40 ! @dead http.status_code=500 ex='Boom~ledger {hex} is broken~java:Bank.debit'
 C shop 'POST pay' 450 400 ! http.status_code=500 peer.service=pay
  S pay /pay 452 390 ! http.status_code=500
   C pay 'POST debit' 455 50 ! http.status_code=500 peer.service=bank
    S bank /debit 457 40 ! @dead http.status_code=500 ex='Boom~ledger {hex} is broken~java:Bank.debit'
   C pay 'POST debit' 650 50 ! http.status_code=500 peer.service=bank
    S bank /debit 657 40 ! @dead http.status_code=500 ex='Boom~ledger {hex} is broken~java:Bank.debit'`),
				steady(`
S shop /notify 0 900 ! http.status_code=500 says='mail failed after 2 attempts'
 I shop retry 1 890 ! says='gave up after 2 attempts'
  I shop 'attempt 1' 1 100 ! says='attempt 1: 500'
   C shop POST 2 90 ! http.status_code=500 peer.service=mail
    S mail /send 3 80 ! @twice http.status_code=500 ex='SmtpError~421 {word} too busy~python:send'
  I shop 'attempt 2' 400 100 ! says='attempt 2: 500'
   C shop POST 402 90 ! http.status_code=500 peer.service=mail
    S mail /send 403 80 ! @twice http.status_code=500 ex='SmtpError~421 {word} too busy~python:send'`),
				steady(`
S shop /fx 0 900 ! http.status_code=500
 C shop 'GET fx' 2 1 ! @gone error.type=ECONNREFUSED server.address=fx says='connect ECONNREFUSED {ip}:443'
 C shop 'GET fx' 52 1 ! @gone error.type=ECONNREFUSED server.address=fx says='connect ECONNREFUSED {ip}:443'
 C shop 'GET fx' 252 1 ! @gone error.type=ECONNREFUSED server.address=fx says='connect ECONNREFUSED {ip}:443'`),
			},
		},
		{
			Name: "breaker", What: "a circuit breaker: the callee fails, then calls fail at once without it, and fallbacks help",
			Causes: []Cause{at("callee", "recs", "/recs"), at("open", "shop", "recommend"), at("fallback", "shop", "personalise").absorbed()},
			Scenes: []Scene{
				steady(`
S shop /home 0 100 ! http.status_code=500
 I shop recommend 1 90 ! says='recs: 500'
  C shop GET 2 80 ! http.status_code=500 peer.service=recs
   S recs /recs 3 70 ! @callee http.status_code=500 ex='ModelError~model {hex} is not loaded~python:load'`),
				since(`
S shop /home 0 100 ! http.status_code=500
 I shop recommend 1 1 ! @open ex='io.github.resilience4j.circuitbreaker.CallNotPermittedException~CircuitBreaker "recs" is OPEN and does not permit further calls~java:Recs.get'`),
				steady(`
S shop /home 0 100 http.status_code=200
 I shop personalise 1 1 ! @fallback ex='io.github.resilience4j.circuitbreaker.CallNotPermittedException~CircuitBreaker "taste" is OPEN and does not permit further calls~java:Taste.get'`),
			},
		},
		{
			Name: "hedged", What: "hedged calls side by side, of which one is cancelled or fails; a fan-out of fifty, of which one fails",
			Causes: []Cause{at("loser", "shop", "GET price").expected().absorbed(), at("one-replica", "price", "/price7").absorbed(), at("one-of-fifty", "shard", "/shard")},
			Scenes: []Scene{
				steady(`
S shop /price 0 100
 C shop 'GET price' 1 40 peer.service=price
  S price /price 2 30
 C shop 'GET price' 5 36 ! @loser error.type=CANCELLED peer.service=price says='context canceled'`),
				steady(`
S shop /price 0 100
 C shop 'GET price7' 1 40 peer.service=price
  S price /price7 2 30
 C shop 'GET price7' 5 16 ! http.status_code=500 peer.service=price
  S price /price7 7 12 ! @one-replica http.status_code=500 says='replica {n} is behind'`),
				rising("\nS shop /search 0 100 ! http.status_code=500\n" + fanOut()),
			},
		},
		{
			Name: "clocks", What: "hosts' clocks off by up to ten seconds: timeouts, retries and failures as ever", Skew: 10 * time.Second,
			Causes: skewedCauses(), Scenes: skewedScenes(),
		},
		{
			Name: "clocks-hour", What: "the same, off by up to an hour", Skew: time.Hour, NoFlags: true,
			Causes: skewedCauses(), Scenes: skewedScenes(),
		},
	}
}

// fanOut is fifty calls at once; the thirtieth fails.
func fanOut() string {
	var b strings.Builder
	for i := range 50 {
		mark, status, begins := "", "200", ""
		if i == 29 {
			mark, status, begins = "! ", "500", "! @one-of-fifty ex='ShardError~segment {n} is corrupt~go:(*Shard).read' "
		}
		fmt.Fprintf(&b, " C shop 'GET shard' 2 80 %shttp.status_code=%s peer.service=shard\n", mark, status)
		fmt.Fprintf(&b, "  S shard /shard 3 70 %shttp.status_code=%s\n", begins, status)
	}
	return b.String()
}

func skewedCauses() []Cause {
	return []Cause{at("fails", "bank", "/pay"), at("slow", "stock", "/reserve"), at("retried", "rates", "/rates").absorbed(), at("later", "worker", "process")}
}

func skewedScenes() []Scene {
	return []Scene{
		rising(`
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! @fails http.status_code=500 ex='AcmeError~no {word}~java:Bank.pay'`),
		steady(`
S shop /stock 0 500 ! http.status_code=504
 C shop POST 10 400 ! error.type=timeout peer.service=stock
  S stock /reserve 12 700 @slow`),
		steady(`
S shop /quote 0 500
 C shop 'GET rates' 1 50 ! http.status_code=503 peer.service=rates
  S rates /rates 2 40 ! @retried http.status_code=503 says='warming up'
 C shop 'GET rates' 100 50 peer.service=rates
  S rates /rates 102 40`),
		steady(`
S shop /mail 0 50
 P shop 'send orders' 10 5 messaging.destination.name=orders
  Q worker process 100 50 ! @later messaging.destination.name=orders ex='MailError~no {word}~java:Mail.send'`),
	}
}
