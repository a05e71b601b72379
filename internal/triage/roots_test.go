package triage_test

import (
	"testing"
)

func TestRoots(t *testing.T) {
	tests := []struct{ name, trace, want string }{
		{"nothing failed", `
S gateway /orders 0 100 http.status_code=404`, ``},
		{"a failure climbs through its callers", `
S gateway /orders 0 100 ! http.status_code=500
 C gateway POST 1 98 ! http.status_code=500
  S order /orders 2 95 ! http.status_code=500
   I order save 5 50 ! ex=SQLError|duplicate_key`, `
failed order save class="SQLError" detail="duplicate key" traces=1 gateway:/orders=1`},
		{"a fallback absorbs it", `
S gateway /orders 0 100 http.status_code=200
 I gateway recommend 1 98 ! ex=Boom|no`, `
failed gateway recommend class="Boom" detail="no" traces=1 absorbed=1`},
		{"a retry that helped absorbs all attempts", `
S order /orders 0 100
 C order pay 1 10 ! error.type=503 peer.service=psp
 C order pay 12 10 ! error.type=503 peer.service=psp
 C order pay 25 10 peer.service=psp`, `
unseen order pay class="503" callee="psp" traces=1 absorbed=1 spans=2`},
		{"the last attempt carries on", `
S order /orders 0 100 ! http.status_code=503
 C order pay 1 10 ! error.type=503 peer.service=psp
 C order pay 12 10 ! error.type=503 peer.service=psp`, `
unseen order pay class="503" callee="psp" traces=1 spans=2 order:/orders=1`},
		{"a retry healed one failure, and another one came", `
S order /orders 0 100 http.status_code=402
 C order pay 1 10 ! error.type=503 peer.service=psp
 C order pay 12 10 ! error.type=402 http.status_code=402 peer.service=psp`, `
unseen order pay class="503" callee="psp" traces=1 absorbed=1
expected unseen order pay class="402" callee="psp" traces=1 order:/orders=1`},
		{"after a retry that helped, the caller fails by itself", `
S order /orders 0 100 ! ex=Own|fault
 C order pay 1 10 ! error.type=503 peer.service=psp
 C order pay 12 10 peer.service=psp`, `
failed order /orders class="Own" detail="fault" traces=1 order:/orders=1
unseen order pay class="503" callee="psp" traces=1 absorbed=1`},
		{"calls side by side are no retries", `
S order /orders 0 100 ! http.status_code=500
 C order item 1 10 ! error.type=500 peer.service=items
 C order item 2 30 peer.service=items
 C order item 3 30 peer.service=items`, `
unseen order item class="500" callee="items" traces=1 order:/orders=1`},
		{"calls to others under one name are no retries", `
S order /orders 0 100 ! http.status_code=500
 C order POST 1 10 ! error.type=500 peer.service=stock
 C order POST 20 30 peer.service=mail`, `
unseen order POST class="500" callee="stock" traces=1 order:/orders=1`},
		{"many retries", `
S order /orders 0 500 http.status_code=402
 C order pay 1 10 ! error.type=503 peer.service=psp
 C order pay 21 10 ! error.type=503 peer.service=psp
 C order pay 41 10 ! error.type=503 peer.service=psp
 C order pay 61 10 ! error.type=503 peer.service=psp
 C order pay 81 10 ! error.type=503 peer.service=psp
 C order pay 101 10 ! error.type=503 peer.service=psp
 C order pay 121 10 ! error.type=503 peer.service=psp
 C order pay 141 10 ! error.type=503 peer.service=psp
 C order pay 161 10 ! error.type=503 peer.service=psp
 C order pay 181 10 ! error.type=402 peer.service=psp`, `
unseen order pay class="503" callee="psp" traces=1 absorbed=1 spans=9
expected unseen order pay class="402" callee="psp" traces=1 order:/orders=1`},
		{"two causes in one trace", `
S order /orders 0 100 ! http.status_code=500
 C order stock 1 10 ! error.type=500 peer.service=stock
 C order pay 2 30 ! error.type=500 peer.service=psp`, `
unseen order pay class="500" callee="psp" traces=1 order:/orders=1
unseen order stock class="500" callee="stock" traces=1 order:/orders=1`},
		{"a lost caller is where the way ends", `
~
 S order /orders 0 100 ! http.status_code=500
  I order save 1 9 ! ex=E|e`, `
failed order save class="E" detail="e" traces=1 order:/orders=1`},
		{"a lost callee, of which children are left", `
S gateway /orders 0 100 ! http.status_code=500
 C gateway POST 1 98 ! http.status_code=500 peer.service=order
  ~
   I order check 3 1
   I order save 5 50 ! ex=E|e`, `
failed order save class="E" detail="e" traces=1 gateway:/orders=1`},
		{"two callees got lost, and nobody knows which is which", `
S gateway /orders 0 100 ! http.status_code=500
 C gateway POST 1 98 ! http.status_code=500 peer.service=order
  ~
   I order save 5 50 ! ex=E|e
 C gateway PUT 1 98 peer.service=order
  ~
   I order save 5 50`, `
failed order save class="E" detail="e" traces=1 order:save=1
unseen gateway POST class="500" callee="order" traces=1 gateway:/orders=1`},
		{"not a retry but the next of several", `
I batch run 0 100 ! ex=BatchError|1_of_2:_no_disk
 I batch item 1 10 ! ex=E|no_disk
 I batch item 12 10`, `
failed batch item class="E" detail="no disk" traces=1 batch:run=1`},
		{"of a series one item failed", `
Q batch receive 0 100 ! says=1_of_3_failed
 I batch item 1 10
 I batch item 12 10 ! ex=E|no_price
 I batch item 25 10`, `
failed batch item class="E" detail="no price" traces=1 batch:receive=1`},
		{"a service in between leaves no spans", `
S edge /orders 0 100 ! http.status_code=500
 C edge POST 1 98 ! http.status_code=500 peer.service=shop
  ~
   S stock /reserve 5 50 ! ex=E|e`, `
failed stock /reserve class="E" detail="e" traces=1 edge:/orders=1`},
		{"two calls to services that leave no spans", `
S edge /orders 0 100 ! http.status_code=500
 C edge POST 1 98 ! http.status_code=500 peer.service=shop
  ~
   S stock /reserve 5 50 ! ex=E|e
 C edge PUT 1 98 ! http.status_code=500 peer.service=mail`, `
failed stock /reserve class="E" detail="e" traces=1 stock:/reserve=1
unseen edge PUT class="500" callee="mail" traces=1 edge:/orders=1
unseen edge POST class="500" callee="shop" traces=1 edge:/orders=1`},
		{"what lasts longer than the call was not made by it", `
S edge /orders 0 100 ! http.status_code=500
 C edge POST 1 9 ! error.type=refused peer.service=shop
  ~
   S stock /reserve 5 50 ! ex=E|e`, `
failed stock /reserve class="E" detail="e" traces=1 stock:/reserve=1
unseen edge POST class="refused" callee="shop" traces=1 edge:/orders=1`},
		{"a caller that has its own reason", `
S edge /orders 0 100 ! ex=Own|fault
 ~
  S stock /reserve 5 50 ! ex=E|e`, `
failed stock /reserve class="E" detail="e" traces=1 stock:/reserve=1
failed edge /orders class="Own" detail="fault" traces=1 edge:/orders=1`},
		{"a server that sets no status", `
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 http.status_code=500`, `
failed bank /pay class="500" traces=1 shop:/orders=1`},
		{"a server that sets no status, of a caller that says nothing", `
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 peer.service=bank
  S bank /pay 2 90 http.status_code=500`, `
failed shop /orders class="500" traces=1 shop:/orders=1`},
		{"a consumer is an entry", `
S order /orders 0 10
 P order publish 1 1
  Q worker process 50 100 !
   I worker mail 51 20 ! ex=E|e`, `
failed worker mail class="E" detail="e" traces=1 worker:process=1`},
		{"what begins well after its caller ended is an entry", `
S order /orders 0 10
 I order later 20 100 ! ex=E|e`, `
failed order later class="E" detail="e" traces=1 order:later=1`},
		{"the entry is the topmost server", `
I cron tick 0 100 !
 C cron POST 0 100 ! error.type=500
  S order /orders 1 98 ! http.status_code=500`, `
failed order /orders class="500" traces=1 order:/orders=1`},
		{"a database is a callee that is not seen", `
S order /orders 0 100 ! http.status_code=500
 C order SELECT 1 9 ! db.system.name=postgresql db.namespace=shop ex=PSQLException|gone`, `
unseen order SELECT class="PSQLException" callee="postgresql shop" detail="gone" traces=1 order:/orders=1`},
		{"an address is no callee's name when there is another", `
C order SELECT 1 9 ! server.address=10.0.0.7 db.system=mysql error.type=x`, `
unseen order SELECT class="x" callee="mysql" traces=1 order:SELECT=1`},
		{"IDs are no part of an operation", `
S order /orders/123456/items 1 9 ! http.status_code=500`, `
failed order /orders/<*>/items class="500" traces=1 order:/orders/<*>/items=1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, []string{tt.trace}, tt.want) })
	}
}

func TestSlow(t *testing.T) {
	tests := []struct{ name, trace, want string }{
		{"a caller gave up on its callee", `
S order /orders 0 500 ! http.status_code=504
 C order POST 10 400 ! error.type=context.deadlineExceededError
  S stock /reserve 900 700
   C stock UPDATE 910 600 db.system=postgresql`, `
slow stock /reserve class="slow" traces=1 order:/orders=1`},
		{"the callee was done in time", `
S order /orders 0 500 ! http.status_code=504
 C order POST 10 400 ! error.type=timeout
  S stock /reserve 50 300`, `
failed order POST class="timeout" traces=1 order:/orders=1`},
		{"another error of the caller's", `
C order POST 10 400 ! error.type=tls_handshake
 S stock /reserve 50 700`, `
failed order POST class="tls_handshake" traces=1 order:POST=1`},
		{"the client did not notice", `
S order /orders 0 500 ! http.status_code=504
 I order reserve 10 400 ! ex=TimeoutException|took_too_long
  C order POST 10 390
   S stock /reserve 900 700`, `
slow stock /reserve class="slow" traces=1 order:/orders=1`},
		{"the callee failed because its caller had gone", `
S order /orders 0 500 ! http.status_code=504
 C order POST 10 400 ! error.type=timeout
  S stock /reserve 900 405 ! rpc.grpc.status_code=1
   C stock UPDATE 910 390 ! says=context_canceled db.system=postgresql`, `
slow stock /reserve class="slow" traces=1 order:/orders=1`},
		{"the callee failed by itself", `
S order /orders 0 500 ! http.status_code=504
 C order POST 10 400 ! error.type=timeout
  S stock /reserve 900 405 ! http.status_code=500
   C stock UPDATE 910 390 ! error.type=deadlock db.system=postgresql`, `
unseen stock UPDATE class="deadlock" callee="postgresql" traces=1 order:/orders=1`},
		{"the callee itself waited", `
S order /orders 0 500 ! http.status_code=504
 C order POST 10 400 ! error.type=timeout
  S stock /reserve 900 700
   I stock check 901 690
    C stock POST 910 680 ! error.type=timeout
     S shelf /count 3 900`, `
slow shelf /count class="slow" traces=1 spans=2 order:/orders=1`},
		{"the callee's own statement timed out", `
S order /orders 0 500 ! http.status_code=504
 C order POST 10 400 ! error.type=timeout
  S stock /reserve 12 390 ! http.status_code=504
   C stock UPDATE 14 385 ! says=canceling_statement_due_to_statement_timeout db.system=postgresql`, `
unseen stock UPDATE callee="postgresql" detail="canceling statement due to statement timeout" traces=1 order:/orders=1`},
		{"the callee had waited, but not for long", `
S order /orders 0 500 ! http.status_code=504
 C order POST 10 400 ! error.type=timeout
  S stock /reserve 900 700
   C stock POST 910 50 ! error.type=timeout
    S shelf /count 3 90`, `
slow stock /reserve class="slow" traces=1 order:/orders=1
slow shelf /count class="slow" traces=1 absorbed=1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, []string{tt.trace}, tt.want) })
	}
}

func TestExpected(t *testing.T) {
	tests := []struct{ name, trace, want string }{
		{"a server answers 404, and the client is marked", `
S gateway /orders 0 100 http.status_code=404
 C gateway GET 1 90 ! http.status_code=404
  S order /orders 2 80 http.status_code=404`, `
expected failed gateway GET class="404" traces=1 gateway:/orders=1`},
		{"an exception whose server answers 409", `
S order /orders 2 80 http.status_code=409
 I order check 3 10 ! ex=OutOfStock|none_left`, `
expected failed order check class="OutOfStock" detail="none left" traces=1 order:/orders=1`},
		{"a refusal that becomes a server's own failure", `
S gateway /orders 0 100 ! http.status_code=500
 C gateway GET 1 90 ! http.status_code=404 peer.service=order`, `
unseen gateway GET class="404" callee="order" traces=1 gateway:/orders=1`},
		{"gRPC, by number", `
S order Get 0 100 rpc.grpc.status_code=5
 C order Find 1 90 ! rpc.grpc.status_code=5 peer.service=store`, `
expected unseen order Find class="NOT_FOUND" callee="store" traces=1 order:Get=1`},
		{"gRPC, by name", `
C order Find 1 90 ! rpc.response.status_code=PERMISSION_DENIED peer.service=store`, `
expected unseen order Find class="PERMISSION_DENIED" callee="store" traces=1 order:Find=1`},
		{"gRPC, unavailable", `
C order Find 1 90 ! rpc.grpc.status_code=14 peer.service=store`, `
unseen order Find class="UNAVAILABLE" callee="store" traces=1 order:Find=1`},
		{"the caller hung up", `
S order /orders 2 80 ! error.type=CANCELLED`, `
expected failed order /orders class="CANCELLED" traces=1 order:/orders=1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, []string{tt.trace}, tt.want) })
	}
}

func TestGroups(t *testing.T) {
	tests := []struct {
		name   string
		traces []string
		want   string
	}{
		{"the same frames, whatever is said", []string{
			`S pay /pay 0 9 ! ex=E|insufficient_funds|Psp.charge`, `S pay /pay 5 9 ! ex=E|card_expired|Psp.charge`,
		}, `failed pay /pay class="E" frames="com.shop.Psp.charge" detail="card expired" traces=2 pay:/pay=2`},
		{"other frames", []string{`S pay /pay 0 9 ! ex=E|m|Psp.charge`, `S pay /pay 5 9 ! ex=E|m|Bank.debit`}, `
failed pay /pay class="E" frames="com.shop.Bank.debit" detail="m" traces=1 pay:/pay=1
failed pay /pay class="E" frames="com.shop.Psp.charge" detail="m" traces=1 pay:/pay=1`},
		{"a lost stack, and the same said", []string{
			`S pay /pay 0 9 ! ex=E|m|Psp.charge`, `S pay /pay 1 9 ! ex=E|other|Bank.debit`, `S pay /pay 5 9 ! ex=E|m`,
		}, `
failed pay /pay class="E" frames="com.shop.Psp.charge" detail="m" traces=2 pay:/pay=2
failed pay /pay class="E" frames="com.shop.Bank.debit" detail="other" traces=1 pay:/pay=1`},
		{"nothing said, and one detail only", []string{`S pay /pay 0 9 ! ex=E|m|Psp.charge`, `S pay /pay 5 9 ! ex=E`}, `
failed pay /pay class="E" frames="com.shop.Psp.charge" detail="m" traces=2 pay:/pay=2`},
		{"nothing said, and several details", []string{`S pay /pay 0 9 ! ex=E|m`, `S pay /pay 1 9 ! ex=E|other_thing`, `S pay /pay 5 9 ! ex=E`}, `
failed pay /pay class="E" traces=1 pay:/pay=1
failed pay /pay class="E" detail="other thing" traces=1 pay:/pay=1
failed pay /pay class="E" detail="m" traces=1 pay:/pay=1`},
		{"a callee with many addresses", []string{
			`C pay POST 0 9 ! error.type=503 server.address=10.0.0.1`, `C pay POST 0 9 ! error.type=503 server.address=10.0.0.2`,
		}, `unseen pay POST class="503" traces=2 pay:POST=2`},
		{"a callee of many pods", []string{
			`C pay POST 0 9 ! error.type=503 server.address=bank-7d9f8c6b5d-x2x9z`, `C pay POST 0 9 ! error.type=503 server.address=bank-bcdfghjkl-bcdfg`,
		}, `unseen pay POST class="503" callee="bank-<*>-<*>" traces=2 pay:POST=2`},
		{"two callees with names of their own", []string{
			`C pay POST 0 9 ! error.type=503 peer.service=bank1`, `C pay POST 5 9 ! error.type=503 peer.service=bank2`,
		}, `
unseen pay POST class="503" callee="bank2" traces=1 pay:POST=1
unseen pay POST class="503" callee="bank1" traces=1 pay:POST=1`},
		{"what was before the window is only counted", []string{`S pay /pay 0 9 ! ex=E|m`, `S pay /pay -3700000 9 ! ex=E|m`, `S pay /old -3700000 9 ! ex=E|m`}, `
failed pay /pay class="E" detail="m" traces=1 before=1 pay:/pay=1`},
		{"those that reach an entry stand before absorbed ones", []string{
			`S pay /pay 0 9 ! ex=E|m`,
			"S order /o 0 9\n I order x 0 5 ! ex=E|m", "S order /o 0 9\n I order x 0 5 ! ex=E|m",
		}, `
failed pay /pay class="E" detail="m" traces=1 pay:/pay=1
failed order x class="E" detail="m" traces=2 absorbed=2`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { check(t, tt.traces, tt.want) })
	}
}
