package wild

// shapes are worlds in which what looks like a failure is none, or is another.
func shapes() []World {
	return []World{
		{
			Name: "caught", What: "inner spans failing beneath a server that answers; exception events on spans that did not fail",
			Causes: []Cause{at("caught", "shop", "parse coupon").absorbed(), at("real", "shop", "charge"), at("both", "shop", "load profile").absorbed()},
			Scenes: []Scene{
				steady(`
S shop /orders 0 100 ok http.status_code=200
 I shop 'parse coupon' 1 9 ! @caught ex='CouponError~no such coupon {word}~node:parse'`),
				rising(`
S shop /orders 0 100 ! http.status_code=500 ex='CardError~{word} declined~node:charge'
 I shop 'parse coupon' 1 9 ex='CouponError~no such coupon {word}~node:parse'
 I shop charge 20 50 ! @real ex='CardError~{word} declined~node:charge'`),
				steady(`
S shop /home 0 100 http.status_code=200 ex='Ignored~whatever~node:x'
 I shop 'load profile' 1 9 ! @both says='profile of {who} is too old'`),
				steady(`
S shop /feed 0 100 http.status_code=200 ex='Ignored~whatever~node:x'`),
			},
		},
		{
			Name: "two-faults", What: "two causes in one trace, and each alone",
			Beyond: "of two calls that failed one after the other, either may be what the caller failed for",
			Causes: []Cause{at("stock", "stock", "/reserve"), at("mail", "mail", "/send"), at("ads", "ads", "/ads").torn()},
			Scenes: []Scene{
				steady(`
S shop /orders 0 200 ! http.status_code=500
 C shop 'GET ads' 1 10 ! http.status_code=500 peer.service=ads
  S ads /ads 2 8 ! @ads http.status_code=500 says='no ad for {who}'
 C shop 'POST stock' 20 50 ! http.status_code=500 peer.service=stock
  S stock /reserve 22 40 ! @stock http.status_code=500 ex='StockError~{n} left~net:Stock.Take'`),
				steady(`
S shop /orders 0 200
 C shop 'GET ads' 1 10 ! http.status_code=500 peer.service=ads
  S ads /ads 2 8 ! @ads http.status_code=500 says='no ad for {who}'`),
				steady(`
S shop /orders 0 200 ! http.status_code=500
 C shop 'POST stock' 20 50 ! http.status_code=500 peer.service=stock
  S stock /reserve 22 40 ! @stock http.status_code=500 ex='StockError~{n} left~net:Stock.Take'
 C shop 'POST mail' 80 50 ! http.status_code=500 peer.service=mail
  S mail /send 82 40 ! @mail http.status_code=500 ex='MailError~{word} is down~net:Mail.Send'`),
			},
		},
		{
			Name: "mesh", What: "a sidecar between all services: proxies' spans beside the services' own, with their flags as messages",
			Causes: []Cause{at("app", "cart", "/cart"), at("no-upstream", "shop-proxy", "fx egress")},
			Scenes: []Scene{
				rising(`
S shop-proxy ingress 0 120 ! http.status_code=500 response_flags=-
 S shop /buy 1 118 ! http.status_code=500
  C shop GET 2 110 ! http.status_code=500 peer.service=cart
   C shop-proxy 'cart egress' 3 105 ! http.status_code=500 upstream_cluster=cart peer.address={ip}
    S cart-proxy ingress 4 100 ! http.status_code=500
     S cart /cart 5 90 ! @app http.status_code=500 ex='CartError~cart {uuid} is gone~go:(*Cart).get'`),
				steady(`
S shop-proxy ingress 0 120 ! http.status_code=500
 S shop /fx 1 118 ! http.status_code=500
  C shop GET 2 110 ! http.status_code=503 peer.service=fx
   C shop-proxy 'fx egress' 3 105 ! @no-upstream http.status_code=503 response_flags=UH upstream_cluster=fx says='no healthy upstream'`),
			},
		},
	}
}
