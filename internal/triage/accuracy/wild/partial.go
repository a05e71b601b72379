package wild

// partial are worlds of which not all is seen.
func partial() []World {
	causes := []Cause{at("debit", "bank", "/pay"), at("stock", "stock", "UPDATE stock"), at("missing", "shop", "GET user").expected()}
	scenes := []Scene{
		rising(`
S edge /orders 0 120 ! http.status_code=500 log='POST shop/orders: 500'
 C edge POST 1 115 ! http.status_code=500 peer.service=shop
  S shop /orders 2 110 ! http.status_code=500 log='order {n} failed: bank says no'
   C shop POST 3 100 ! http.status_code=500 peer.service=bank
    S bank /pay 5 90 ! @debit http.status_code=500 ex='AcmeError~no funds on {word}~java:Bank.debit' log='no funds on {word}~AcmeError~java:Bank.debit'`),
		steady(`
S edge /orders 0 120 ! http.status_code=500 log='POST shop/orders: 500'
 C edge POST 1 115 ! http.status_code=500 peer.service=shop
  S shop /orders 2 110 ! http.status_code=500 log='order {n} failed: cannot reserve'
   C shop PUT 3 100 ! http.status_code=500 peer.service=stock
    S stock /reserve 5 90 ! http.status_code=500
     C stock 'UPDATE stock' 6 50 ! @stock db.system=mysql ex='SQLError~Deadlock found at row {n}~java:Stock.take' log='Deadlock found at row {n}~SQLError~java:Stock.take'`),
		steady(`
S edge /user 0 120 http.status_code=404
 C edge GET 1 115 ! http.status_code=404 peer.service=shop
  S shop /user 2 110 http.status_code=404
   C shop 'GET user' 3 100 ! @missing http.status_code=404 peer.service=users
    S users /user 5 90 http.status_code=404`),
	}
	return []World{
		{Name: "whole", What: "all is seen: what follows, with nothing missing", Causes: causes, Scenes: scenes},
		{
			Name: "lost-roots", What: "a third of the traces lacks its first span", Headless: 0.33, Causes: causes, Scenes: scenes,
		},
		{
			Name: "lost-spans", What: "a twentieth of the spans is lost", Lose: 0.05, Causes: causes, Scenes: scenes,
			Beyond: "where the failing span itself is lost, the trace shows another",
		},
		{
			Name: "sampled", What: "a tenth of the traces has spans, all have logs", Unsampled: 0.9,
			Causes: causes[:2], Scenes: often(scenes[:2]), NoFlags: true,
		},
		{
			Name: "dark", What: "a service in the middle and one at the end leave no spans", Dark: []string{"shop", "bank"},
			Causes: []Cause{at("dark-end", "edge", "POST pay"), at("through", "stock", "UPDATE stock")},
			Scenes: []Scene{
				steady(`
S edge /pay 0 120 ! http.status_code=500
 C edge 'POST pay' 1 115 ! @dark-end http.status_code=500 peer.service=bank
  S bank /pay 2 110 ! http.status_code=500 log='no funds on {word}~AcmeError~java:Bank.debit'`),
				rising(`
S edge /orders 0 120 ! http.status_code=500
 C edge POST 1 115 ! http.status_code=500 peer.service=shop
  S shop /orders 2 110 ! http.status_code=500
   C shop PUT 3 100 ! http.status_code=500 peer.service=stock
    S stock /reserve 5 90 ! http.status_code=500
     C stock 'UPDATE stock' 6 50 ! @through db.system=mysql ex='SQLError~Deadlock found at row {n}~java:Stock.take'`),
			},
		},
		{
			Name: "one-version", What: "an error of one version only, on one host: what stands out is named",
			Causes: []Cause{at("flag", "shop", "/buy").stands("service.version=7")},
			Scenes: []Scene{
				since(`
S edge /buy 0 120 ! http.status_code=500
 C edge POST 1 115 ! http.status_code=500 peer.service=shop
  S shop /buy 2 110 ! @flag host=3 feature_flag.key=checkout feature_flag.variant={on|off} http.status_code=500 ex='FlagError~no variant {word}~java:Flags.get'`),
				steady(`
S edge /buy 0 120
 C edge POST 1 115 peer.service=shop
  S shop /buy 2 110 feature_flag.key=checkout feature_flag.variant={on|off}`),
			},
		},
	}
}

// often plays scenes eight times as often.
func often(scenes []Scene) []Scene {
	var list []Scene
	for range 8 {
		list = append(list, scenes...)
	}
	return list
}
