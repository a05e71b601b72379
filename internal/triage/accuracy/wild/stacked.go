package wild

// stacked are worlds in which stacks tell what failed.
func stacked() []World {
	var list []World
	for _, language := range []string{"java", "spring", "caused", "python", "go", "node", "net", "ruby", "php", "rust"} {
		place := map[string]string{"python": "", "go": "(*Bank)."}[language]
		frame := func(name string) string {
			if language == "java" || language == "spring" || language == "caused" {
				return language + ":Bank." + name
			}
			return language + ":" + place + name
		}
		list = append(list, World{
			Name: "stacks-" + language, What: "two faults of one operation and class, told apart by " + language + "'s stacks; messages of any words",
			Causes: []Cause{at("debit", "bank", "/pay"), at("credit", "bank", "/pay"), at("other-class", "bank", "/pay"), at("logged", "bank", "audit")},
			Scenes: []Scene{
				rising(`
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! @debit http.status_code=500 ex='AcmeError~{who} has no {word} in {word} {n}~` + frame("debit") + `'`),
				steady(`
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! @credit http.status_code=500 ex='AcmeError~{who} has no {word} in {word} {n}~` + frame("credit") + `'`),
				steady(`
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! @other-class http.status_code=500 ex='OtherError~{word}~` + frame("debit") + `'`),
				since(`
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! http.status_code=500
   I bank audit 3 50 ! @logged log='audit of {uuid} failed~AuditError~` + frame("audit") + `'`),
			},
		})
	}
	return append(list,
		World{
			Name: "rerecorded", What: "the exception recorded on the innermost span and again, wrapped and logged, on each above it",
			Causes: []Cause{at("inner", "bank", "charge"), at("middle", "bank", "book")},
			Scenes: []Scene{
				rising(`
S shop /orders 0 100 ! ex='OrderFailed~order {#n}: bank: charge: card {#n2} expired~java:Shop.order' log='order {#n} failed~OrderFailed~java:Shop.order'
 C shop POST 1 95 ! ex='OrderFailed~bank: charge: card {#n2} expired~java:Shop.order' peer.service=bank
  S bank /pay 2 90 ! ex='CardError~charge: card {#n2} expired~java:Bank.charge' log='charge: card {#n2} expired~CardError~java:Bank.charge'
   I bank book 3 80 ! ex='CardError~card {#n2} expired~java:Bank.charge'
    I bank charge 4 70 ! @inner ex='CardError~card {#n2} expired~java:Bank.charge' log='card {#n2} expired~CardError~java:Bank.charge'`),
				steady(`
S shop /orders 0 100 ! ex='OrderFailed~order {#n}: bank: no book for {#who}~java:Shop.order' log='order {#n} failed~OrderFailed~java:Shop.order'
 C shop POST 1 95 ! ex='OrderFailed~bank: no book for {#who}~java:Shop.order' peer.service=bank
  S bank /pay 2 90 ! ex='BookError~no book for {#who}~java:Bank.book'
   I bank book 3 80 ! @middle ex='BookError~no book for {#who}~java:Bank.book'`),
			},
		},
		World{
			Name: "stack-in-log", What: "spans without a word, the stack in one log line of two, a tenth of the lines lost", LoseLogs: 0.1,
			Causes: []Cause{at("debit", "bank", "/pay"), at("credit", "bank", "/refund")},
			Scenes: []Scene{
				rising(`
S shop /orders 0 100 ! http.status_code=500 log='POST bank: 500'
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! @debit http.status_code=500 log='unhandled error in request {uuid}' log='payment of {who} failed~AcmeError~go:(*Bank).debit'`),
				steady(`
S shop /refunds 0 100 ! http.status_code=500 log='POST bank: 500'
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /refund 2 90 ! @credit http.status_code=500 log='unhandled error in request {uuid}' log='refund of {who} failed~AcmeError~go:(*Bank).credit'`),
			},
		},
	)
}
