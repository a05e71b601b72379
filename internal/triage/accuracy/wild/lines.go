package wild

// lines are worlds in which logs tell what spans do not.
func lines() []World {
	return []World{
		{
			Name: "log-only", What: "no span fails: errors in logs of traces that went well, and of none",
			Causes: []Cause{at("audit", "shop", "").logOnly(), at("job", "cron", "").logOnly(), at("metrics", "shop", "").logOnly()},
			Scenes: []Scene{
				steady(`S shop /orders 0 100 @audit log='audit entry {uuid} was not written~AuditError~java:Audit.write'`),
				rising(`I cron tick 0 100 @job lone='cannot rotate /var/log/{word}.{n}: permission denied'`),
				steady(`S shop /feed 0 100 @metrics bare='metrics push to {ip} failed after {n}ms'`),
			},
		},
		{
			Name: "wrapped-logs", What: "one failure that three loggers tell, each in its words, of failing traces and of none",
			Causes: []Cause{at("pay", "bank", "/pay"), at("tick", "cron", "").logOnly()},
			Scenes: []Scene{
				rising(`
S shop /orders 0 100 ! http.status_code=500 log='request {uuid} ended with 500' log='OrderController: order failed~OrderFailed~java:Shop.order'
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! @pay http.status_code=500 log='card of {who} refused~CardError~java:Bank.charge' log='PaymentService.pay threw~CardError~java:Bank.charge' log='unhandled exception for /pay~CardError~java:Bank.charge'`),
				steady(`
I cron tick 0 100 @tick bare='cannot read {word}.csv~FileError~java:Cron.read' bare='job import threw~FileError~java:Cron.read' bare='run {n} ended with an error'`),
			},
		},
		{
			Name: "no-status", What: "spans whose status is never set: all is in the logs, which name their traces",
			Causes: []Cause{at("debit", "bank", "").logOnly(), at("disk", "stock", "").logOnly()},
			Scenes: []Scene{
				rising(`
S shop /orders 0 100 http.status_code=500
 C shop POST 1 95 http.status_code=500
  S bank /pay 2 90 @debit http.status_code=500 log='no funds on {word}~AcmeError~java:Bank.debit'`),
				steady(`
S shop /stock 0 100 http.status_code=500
 C shop POST 1 95 http.status_code=500
  S stock /reserve 2 90 @disk http.status_code=500 log='write {hex}: no space left on device'`),
			},
		},
		{
			Name: "bare-logs", What: "failing traces whose logs name the trace and no span",
			Causes: []Cause{at("debit", "bank", "/pay"), at("credit", "bank", "/pay")},
			Beyond: "spans without a word, of one operation: only the traces' logs tell the causes apart",
			Scenes: []Scene{
				rising(`
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! @debit http.status_code=500 bare='no funds on {word}~AcmeError~java:Bank.debit'`),
				steady(`
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! @credit http.status_code=500 bare='card {n} expired~AcmeError~java:Bank.credit'`),
			},
		},
	}
}
