package wild

// spoken are worlds in which messages alone tell what failed.
func spoken() []World {
	pay := func(c, rest string) string {
		return `
S shop /orders 0 100 ! http.status_code=500
 C shop POST 1 95 ! http.status_code=500 peer.service=bank
  S bank /pay 2 90 ! ` + c + ` http.status_code=500 ` + rest
	}
	return []World{
		{
			Name: "ids", What: "status messages with IDs, URLs, SQL, JSON, addresses and names",
			Causes: []Cause{at("url", "bank", "/pay"), at("sql", "bank", "/pay"), at("json", "bank", "/pay"), at("name", "bank", "/pay"), at("file", "bank", "/pay")},
			Scenes: []Scene{
				steady(pay("@url", `says='cannot fetch https://cdn{n}.acme.com/{hex}/{word}.json?sig={hex}'`)),
				rising(pay("@sql", `says='ERROR: duplicate key value violates unique constraint "orders_pk" Detail: Key (id)=({n}) already exists.'`)),
				steady(pay("@json", `says='unexpected token in {o}"id":"{uuid}","items":[{n},{n}],"who":"{who}"{c}'`)),
				steady(pay("@name", `says='no account for {who} at branch {word}'`)),
				since(pay("@file", `says='open /var/spool/{word}/{uuid}.tmp: no space left on device'`)),
			},
		},
		{
			Name: "thousands", What: "every message another: names, words and IDs everywhere, one cause each",
			Causes: []Cause{at("greeting", "bank", "/pay"), at("parse", "bank", "/refund")},
			Scenes: []Scene{
				steady(pay("@greeting", `says='customer {who} ({word}.{word}@{word}.com) of {word} was refused by {word}'`)),
				rising(`S bank /refund 2 90 ! @parse http.status_code=500 ex='ParseError~cannot parse "{word} {word} {n}" at {word}'`),
			},
		},
		{
			Name: "reasons", What: "messages that differ in one plain word of a few, without frames",
			Causes: []Cause{at("refused", "bank", "/pay"), at("mode", "bank", "/refund")},
			Scenes: []Scene{
				steady(pay("@refused", `says='payment refused, reason={limit|fraud|stolen}'`)),
				steady(`S bank /refund 2 90 ! @mode http.status_code=500 ex='ModeError~bank is in mode {night|drain|audit}, try again~java:Bank.refund'`),
			},
		},
		{
			Name: "twowords", What: "two causes of one class whose messages differ in plain words",
			Causes: []Cause{at("disk", "bank", "/pay"), at("lock", "bank", "/pay"), at("cash", "bank", "/pay")},
			Scenes: []Scene{
				steady(pay("@disk", `ex='IOError~disk is full on {ip}'`)),
				rising(pay("@lock", `ex='IOError~cannot lock account {n} within 5s'`)),
				steady(pay("@cash", `ex='IOError~out of cash, {n} missing'`)),
			},
		},
		{
			Name: "languages", What: "messages in other languages and scripts",
			Causes: []Cause{at("deutsch", "bank", "/pay"), at("zhongwen", "bank", "/pay"), at("russki", "bank", "/pay"), at("nihongo", "bank", "/pay")},
			Scenes: []Scene{
				steady(pay("@deutsch", `says='Der Auftrag {n} von „{who}“ konnte nicht gespeichert werden: Datenträger voll'`)),
				steady(pay("@zhongwen", `says='订单 {n} 支付失败：余额不足'`)),
				rising(pay("@russki", `says='Ошибка подключения к серверу {ip}: время ожидания истекло'`)),
				steady(pay("@nihongo", `says='注文番号{n}の在庫がありません'`)),
			},
		},
		{
			Name: "lines", What: "messages of several lines, and very long ones",
			Causes: []Cause{at("several", "bank", "/pay"), at("long", "bank", "/pay"), at("blank", "bank", "/pay"), at("python", "bank", "/pay")},
			Scenes: []Scene{
				steady(pay("@several", `says='validation failed:\n - field {word} is missing\n - field {word} is too long ({n})\n'`)),
				steady(pay("@long", `says='cannot reserve: {long}'`)),
				rising(pay("@blank", `says='\n\n   backend said no {n}\n{word}'`)),
				steady(pay("@python", `says='Traceback (most recent call last):\n  File "/srv/x.py", line {n}, in run\n    go({n})\nValueError: bad amount {n}'`)),
			},
		},
		{
			Name: "logs-only-words", What: "spans fail without a word; what failed stands in their logs, in two classes of words",
			Causes: []Cause{at("disk", "bank", "/pay"), at("net", "bank", "/pay")}, LoseLogs: 0.1,
			Beyond: "a trace whose one telling line is lost can be either's",
			Scenes: []Scene{
				steady(pay("@disk", `log='cannot write journal {n}: disk is full'`)),
				rising(pay("@net", `log='no route to settlement host {ip}'`)),
			},
		},
		{
			Name: "same-words", What: "the same error in two services, in two operations of one, and through many entries",
			Causes: []Cause{at("bank", "bank", "/pay"), at("bank-refund", "bank", "/refund"), at("mail", "mail", "/send"), at("config", "config", "/get")},
			Scenes: []Scene{
				steady(pay("@bank", `ex='PoolError~no connection left in pool main ({n} in use)~java:Pool.take'`)),
				steady(`S bank /refund 2 90 ! @bank-refund http.status_code=500 ex='PoolError~no connection left in pool main ({n} in use)~java:Pool.take'`),
				rising(`S mail /send 2 90 ! @mail http.status_code=500 ex='PoolError~no connection left in pool main ({n} in use)~java:Pool.take'`),
				steady(`
S shop /{orders|cart|search|login|logout|help|feed|wishlist} 0 100 ! http.status_code=500
 C shop GET 1 95 ! http.status_code=500 peer.service=config
  S config /get 2 90 ! @config http.status_code=500 ex='ConfigError~cannot read {word}.yaml~java:Config.read'`),
			},
		},
	}
}
