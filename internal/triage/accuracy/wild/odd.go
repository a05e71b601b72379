package wild

// odd are worlds whose instrumentation does what no convention asks for.
func odd() []World {
	return []World{
		{
			Name: "odd-classes", What: "classes with counters, with words and numbers in them, wrapped in proxies",
			Causes: []Cause{at("proxy", "shop", "/proxy"), at("words", "shop", "/words"), at("anonymous", "shop", "/anonymous"), at("pointer", "shop", "/pointer")},
			Scenes: []Scene{
				steady(`S shop /proxy 0 9 ! @proxy http.status_code=500 ex='com.acme.Cart$$EnhancerBySpringCGLIB$${short}.Broken~cart {n} is broken'`),
				rising(`S shop /words 0 9 ! @words http.status_code=500 error.type='timed out after {n}ms waiting for {uuid}'`),
				steady(`S shop /anonymous 0 9 ! @anonymous http.status_code=500 ex='com.acme.Cart$Lambda${n}/0x{hex}~cart {n} is broken'`),
				steady(`S shop /pointer 0 9 ! @pointer http.status_code=500 error.type=0x{hex}`),
			},
		},
		{
			Name: "odd-operations", What: "operations with queries, numbers, IDs and names of queues in them",
			Causes: []Cause{
				at("query", "shop", "GET /users"), at("number", "shop", "order <*>"), at("queue", "shop", "reply.<*> publish"), at("whole", "shop", "http://pay/cards/<*>"), at("statement", "shop", "SELECT name FROM users WHERE id = <*>"),
			},
			Scenes: []Scene{
				steady(`S shop 'GET /users?id={n}&tab={word}' 0 9 ! @query http.status_code=500`),
				rising(`I shop 'order 1{n}{n}' 0 9 ! @number ex='OrderError~no'`),
				steady(`P shop 'reply.{uuid} publish' 0 9 ! @queue error.type=closed messaging.destination.name=replies`),
				steady(`C shop 'http://pay/cards/{uuid}' 0 9 ! @whole error.type=500 peer.service=pay`),
				steady(`C shop 'SELECT name FROM users WHERE id = 10{n}' 0 9 ! @statement error.type=deadlock db.system=mysql`),
			},
		},
		{
			Name: "odd-status", What: "servers that set no status though they answer 500, beneath clients that do",
			Causes: []Cause{at("http", "bank", "/pay"), at("grpc", "ledger", "ledger.Ledger/Post"), at("inner", "bank", "debit")},
			Scenes: []Scene{
				steady(`
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 @http http.status_code=500`),
				rising(`
S shop /books 0 100 http.status_code=500
 C shop ledger.Ledger/Post 1 95 ! rpc.grpc.status_code=13 peer.service=ledger
  S ledger ledger.Ledger/Post 2 90 @grpc rpc.grpc.status_code=13`),
				steady(`
S shop /debits 0 100 http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /debit 2 90 http.status_code=500
   I bank debit 3 80 ! @inner ex='DebitError~no {word}~rust:debit'`),
			},
		},
		{
			Name: "odd-hosts", What: "callees by the names of their pods, addresses in names, and ports",
			Causes: []Cause{at("pods", "shop", "GET cart"), at("names", "shop", "GET price"), at("ports", "shop", "GET tax")},
			Scenes: []Scene{
				steady(`C shop 'GET cart' 0 9 ! @pods error.type=ECONNRESET server.address=cart-{pod} says='read ECONNRESET'`),
				rising(`C shop 'GET price' 0 9 ! @names error.type=ECONNRESET server.address=ip-10-{1|2|3}-{4|5|6}-{7|8|9}.ec2.internal says='read ECONNRESET'`),
				steady(`C shop 'GET tax' 0 9 ! @ports error.type=ECONNRESET url.full='http://{ip}:{n}/tax?q={word}' says='read ECONNRESET'`),
			},
		},
		{
			Name: "graphql", What: "one server operation for all that is asked: fields that fail beneath an answer of 200, and a query that fails whole",
			Causes: []Cause{at("field", "graph", "resolve User.avatar").absorbed(), at("list", "graph", "resolve Cart.items").absorbed(), at("whole", "graph", "parse query"), at("denied", "graph", "resolve Admin.stats").expected()},
			Scenes: []Scene{
				steady(`
S graph 'POST /graphql' 0 100 http.response.status_code=200
 I graph 'resolve User.name' 1 5
 I graph 'resolve User.avatar' 7 20 ! @field ex='AvatarError~no avatar for {who}~node:avatar'`),
				steady(`
S graph 'POST /graphql' 0 100 http.response.status_code=200
 I graph 'resolve Cart.items' 7 20 ! @list ex='ItemError~item {n} is gone~node:items'
 I graph 'resolve Cart.items' 30 20 ! @list ex='ItemError~item {n} is gone~node:items'`),
				rising(`
S graph 'POST /graphql' 0 100 ! http.response.status_code=500
 I graph 'parse query' 1 5 ! @whole ex='GraphQLError~Syntax Error: Unexpected Name "{word}".~node:parse'`),
				steady(`
S graph 'POST /graphql' 0 100 http.response.status_code=403
 I graph 'resolve Admin.stats' 1 5 ! @denied ex='ForbiddenError~{who} is no admin~node:stats'`),
			},
		},
		{
			Name: "one-callee-many", What: "a dead service that five operations of three services call; each operation is its own, and retries are none",
			Causes: []Cause{at("a1", "a", "GET key"), at("a2", "a", "PUT key"), at("b1", "b", "GET key"), at("c1", "c", "GET key")},
			Scenes: []Scene{
				rising(`
S a /read 0 50 ! http.status_code=503
 C a 'GET key' 1 2 ! @a1 error.type=ECONNREFUSED peer.service=vault says='connect ECONNREFUSED {ip}:{n}'`),
				rising(`
S a /write 0 50 ! http.status_code=503
 C a 'PUT key' 1 2 ! @a2 error.type=ECONNREFUSED peer.service=vault says='connect ECONNREFUSED {ip}:{n}'`),
				rising(`
S b /read 0 50 ! http.status_code=503
 C b 'GET key' 1 2 ! @b1 error.type=ECONNREFUSED peer.service=vault says='connect ECONNREFUSED {ip}:{n}'
 C b 'GET key' 9 2 ! @b1 error.type=ECONNREFUSED peer.service=vault says='connect ECONNREFUSED {ip}:{n}'`),
				rising(`
I c tick 0 50 !
 C c 'GET key' 1 2 ! @c1 error.type=ECONNREFUSED peer.service=vault says='connect ECONNREFUSED {ip}:{n}'`),
			},
		},
	}
}
