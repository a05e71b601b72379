package wild

// protocols are worlds that differ in how calls are told.
func protocols() []World {
	return []World{
		{
			Name: "grpc-old", What: "gRPC with codes by number, servers unset for what the client did wrong",
			Causes: []Cause{
				at("internal", "ledger", "ledger.Ledger/Post"), at("gone", "api", "fx.Rates/Get"),
				at("missing", "users", "store.Users/Find").expected(), at("invalid", "api", "ledger.Ledger/Check").expected(),
				at("full", "api", "mail.Mail/Send"),
			},
			Scenes: []Scene{
				rising(`
S api shop.Api/Buy 0 100 ! rpc.system=grpc rpc.grpc.status_code=13 says='post: internal'
 C api ledger.Ledger/Post 2 90 ! rpc.grpc.status_code=13 says='rpc error: code = Internal desc = entry {#n} is locked'
  S ledger ledger.Ledger/Post 4 80 ! @internal rpc.grpc.status_code=13 says='entry {#n} is locked'
   C ledger 'SELECT entries' 6 20 db.system=postgresql`),
				steady(`
S api shop.Api/Quote 0 100 ! rpc.grpc.status_code=14 says='no rates'
 C api fx.Rates/Get 2 9 ! @gone rpc.grpc.status_code=14 rpc.service=fx.Rates net.peer.name=fx says='connection error: desc = "transport: dial tcp {ip}:50051: connect: connection refused"'`),
				steady(`
S api shop.Api/Who 0 100 rpc.grpc.status_code=5
 C api users.Users/Get 2 90 ! rpc.grpc.status_code=5 says='user {#n} not found'
  S users users.Users/Get 4 80 rpc.grpc.status_code=5
   C users store.Users/Find 6 60 ! @missing rpc.grpc.status_code=5 says='user {#n} not found'
    S store store.Users/Find 8 40 rpc.grpc.status_code=5`),
				steady(`
S api shop.Api/Check 0 100 rpc.grpc.status_code=3
 C api ledger.Ledger/Check 2 90 ! @invalid rpc.grpc.status_code=3 says='amount {n} is too large'
  S ledger ledger.Ledger/Check 4 80 rpc.grpc.status_code=3`),
				since(`
S api shop.Api/Notify 0 100 ! rpc.grpc.status_code=13 says='cannot notify'
 C api mail.Mail/Send 2 90 ! @full rpc.grpc.status_code=8 says='quota of {n} mails used up'
  S mail mail.Mail/Send 4 80 rpc.grpc.status_code=8`),
			},
		},
		{
			Name: "grpc-new", What: "gRPC with codes by name or as text, error.type, and no messages",
			Causes: []Cause{
				at("internal", "ledger", "ledger.Ledger/Post"), at("unknown", "risk", "risk.Risk/Score"),
				at("missing", "api", "users.Users/Get").expected(), at("denied", "api", "ledger.Ledger/Close").expected(), at("deadline", "api", "fx.Rates/Get"),
			},
			Scenes: []Scene{
				steady(`
S api shop.Api/Buy 0 100 ! rpc.response.status_code=INTERNAL error.type=INTERNAL
 C api ledger.Ledger/Post 2 90 ! rpc.response.status_code=INTERNAL error.type=INTERNAL
  S ledger ledger.Ledger/Post 4 80 ! @internal rpc.response.status_code=INTERNAL error.type=INTERNAL`),
				rising(`
S api shop.Api/Buy 0 100 ! rpc.response.status_code=UNKNOWN error.type=UNKNOWN
 C api risk.Risk/Score 2 90 ! rpc.response.status_code=UNKNOWN error.type=UNKNOWN
  S risk risk.Risk/Score 4 80 ! @unknown rpc.response.status_code="2" error.type=UNKNOWN`),
				steady(`
S api shop.Api/Who 0 100 rpc.response.status_code=NOT_FOUND
 C api users.Users/Get 2 90 ! @missing rpc.response.status_code=NOT_FOUND error.type=NOT_FOUND
  S users users.Users/Get 4 80 rpc.response.status_code=NOT_FOUND`),
				steady(`
S api shop.Api/Close 0 100 rpc.grpc.status_code="7"
 C api ledger.Ledger/Close 2 90 ! @denied rpc.grpc.status_code="7" says='not yours'
  S ledger ledger.Ledger/Close 4 80 rpc.grpc.status_code="7"`),
				since(`
S api shop.Api/Quote 0 3000 ! rpc.response.status_code=DEADLINE_EXCEEDED error.type=DEADLINE_EXCEEDED
 C api fx.Rates/Get 2 2990 ! @deadline rpc.response.status_code=DEADLINE_EXCEEDED error.type=DEADLINE_EXCEEDED server.address=fx`),
			},
		},
		{
			Name: "otelhttp", What: "HTTP as Go's instrumentation tells it: 4xx unset on the server, error on the client",
			Causes: []Cause{
				at("crash", "stock", "POST /reserve"), at("missing", "web", "HTTP GET").expected(), at("refused", "web", "HTTP POST"),
				at("conflict", "web", "HTTP PUT").expected(), at("bad-gateway", "edge", "GET /"),
			},
			Scenes: []Scene{
				rising(`
S web 'POST /orders' 0 100 ! http.response.status_code=500 http.route=/orders
 C web 'HTTP POST' 2 90 ! http.response.status_code=500 error.type="500" url.full='http://stock:8080/reserve?order={n}' server.address=stock
  S stock 'POST /reserve' 4 80 ! @crash http.response.status_code=500 error.type="500"`),
				steady(`
S web 'GET /orders/:id' 0 100 http.response.status_code=404
 C web 'HTTP GET' 2 90 ! @missing http.response.status_code=404 error.type="404" url.full='http://stock:8080/orders/{n}' server.address=stock
  S stock 'GET /orders/:id' 4 80 http.response.status_code=404`),
				steady(`
S web 'POST /mail' 0 100 ! http.response.status_code=500
 C web 'HTTP POST' 2 9 ! @refused error.type=*net.OpError says='Post "http://mail:8080/send/{uuid}": dial tcp {ip}:8080: connect: connection refused' server.address=mail`),
				steady(`
S web 'PUT /orders/:id' 0 100 http.response.status_code=409
 C web 'HTTP PUT' 2 90 ! @conflict http.response.status_code=409 error.type="409" url.full='http://stock:8080/orders/{n}' server.address=stock
  S stock 'PUT /orders/:id' 4 80 http.response.status_code=409`),
				since(`
S edge 'GET /' 0 100 ! @bad-gateway http.response.status_code=502 error.type="502"`),
			},
		},
		{
			Name: "http-old", What: "HTTP by the older names, operations with IDs in them, URLs as messages",
			Causes: []Cause{
				at("crash", "stock", "/items/<*>/reserve"), at("missing", "web", "GET").expected(), at("broken", "web", "/pages/<*>"),
			},
			Scenes: []Scene{
				rising(`
S web '/orders/{n}' 0 100 ! http.status_code=500 http.url='http://web/orders/{n}'
 C web POST 2 90 ! http.status_code=500 http.url='http://stock:8080/items/{n}/reserve' says='HTTP 500 from http://stock:8080/items/{n}/reserve'
  S stock '/items/{n}/reserve' 4 80 ! @crash http.status_code=500`),
				steady(`
S web '/orders/{n}' 0 100 http.status_code=404
 C web GET 2 90 ! @missing http.status_code=404 http.url='http://stock/items/{n}' says='HTTP 404 from http://stock/items/{n}'
  S stock '/items/{n}' 4 80 http.status_code=404`),
				steady(`
S web '/pages/{uuid}' 0 100 ! @broken http.status_code=500 says='template: page_{hex}.html:{n}: unexpected EOF'`),
			},
		},
		{
			Name: "spring", What: "Spring: the exception on the controller, and again on every span above it",
			Causes: []Cause{
				at("npe", "cart", "CartController.add"), at("db", "cart", "SELECT shop"), at("valid", "cart", "CartController.check").expected(),
			},
			Scenes: []Scene{
				rising(`
S gw 'POST /cart' 0 100 ! http.status_code=500 ex='org.springframework.web.client.HttpServerErrorException~500 : {n} from cart~spring:Gateway.forward'
 C gw POST 2 90 ! http.status_code=500 ex='org.springframework.web.client.HttpServerErrorException~500 : {n} from cart~spring:Gateway.forward'
  S cart 'POST /cart' 4 80 ! http.status_code=500 ex='java.lang.NullPointerException~Cannot invoke "Item.price()" because "item{#n}" is null~spring:Cart.add'
   I cart CartController.add 5 70 ! @npe ex='java.lang.NullPointerException~Cannot invoke "Item.price()" because "item{#n}" is null~spring:Cart.add'`),
				steady(`
S gw 'GET /cart' 0 100 ! http.status_code=500 ex='org.springframework.web.client.HttpServerErrorException~500 : {n} from cart~spring:Gateway.forward'
 C gw GET 2 90 ! http.status_code=500
  S cart 'GET /cart' 4 80 ! http.status_code=500 ex='org.springframework.dao.DataAccessException~could not execute [select c from Cart c where c.id={#n}]~caused:Cart.load'
   I cart CartController.get 5 70 ! ex='org.springframework.dao.DataAccessException~could not execute [select c from Cart c where c.id={#n}]~caused:Cart.load'
    C cart 'SELECT shop' 6 60 ! @db db.system=postgresql db.name=shop ex='org.postgresql.util.PSQLException~This connection has been closed.~caused:Cart.load'`),
				steady(`
S cart 'POST /check' 0 100 http.status_code=400
 I cart CartController.check 5 70 ! @valid ex='org.springframework.web.bind.MethodArgumentNotValidException~Validation failed for argument [0]: field "qty": rejected value [{n}]~spring:Cart.check'`),
			},
		},
		{
			Name: "express", What: "Express: middleware spans, the error on some of them, error.type the status",
			Causes: []Cause{at("type-error", "api", "request handler - /pay"), at("range-error", "api", "request handler - /refund"), at("unhandled", "api", "middleware - session")},
			Scenes: []Scene{
				rising(`
S api 'POST /pay' 0 100 ! http.response.status_code=500 error.type="500"
 I api 'middleware - json' 1 2
 I api 'request handler - /pay' 5 80 ! @type-error ex='TypeError~Cannot read properties of undefined (reading "id{word}")~node:Bank.pay' says='Cannot read properties of undefined'`),
				steady(`
S api 'POST /refund' 0 100 ! http.response.status_code=500 error.type="500"
 I api 'middleware - json' 1 2
 I api 'request handler - /refund' 5 80 ! @range-error ex='RangeError~Invalid array length {n}~node:Bank.refund'`),
				steady(`
S api 'POST /{pay|refund}' 0 100 ! http.response.status_code=500 error.type="500"
 I api 'middleware - session' 1 9 ! @unhandled ex='Error~Redis is loading the dataset in memory~node:Session.load'`),
			},
		},
		{
			Name: "refusals", What: "429 from a limiter, 401 between services that becomes a 500, users that hang up, 403",
			Causes: []Cause{
				at("limited", "web", "GET quota").expected(), at("token", "web", "GET profile"), at("hung-up", "search", "query").expected(),
				at("forbidden", "web", "DELETE item").expected(),
			},
			Scenes: []Scene{
				steady(`
S web /feed 0 100 http.response.status_code=429
 C web 'GET quota' 2 9 ! @limited http.response.status_code=429 error.type="429" server.address=limiter says='429 Too Many Requests, retry in {n}ms'
  S limiter /quota 3 5 http.response.status_code=429`),
				rising(`
S web /me 0 100 ! http.response.status_code=500 error.type="500"
 C web 'GET profile' 2 9 ! @token http.response.status_code=401 error.type="401" server.address=profile says='token {hex} expired'
  S profile /profile 3 5 http.response.status_code=401`),
				steady(`
S web /search 0 100 ! http.response.status_code=499 says='context canceled'
 C web 'GET query' 2 97 ! error.type=context.Canceled says='Get "http://search/q?id={n}": context canceled'
  S search /q 3 94 ! http.response.status_code=499 says='context canceled'
   I search query 4 92 ! @hung-up says='context canceled'`),
				steady(`
S web /item 0 100 http.response.status_code=403
 C web 'DELETE item' 2 9 ! @forbidden http.response.status_code=403 error.type="403" server.address=items
  S items /item 3 5 http.response.status_code=403`),
			},
		},
	}
}
