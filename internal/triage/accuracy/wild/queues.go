package wild

// queues are worlds in which work goes on after the answer.
func queues() []World {
	return []World{
		{
			Name: "messaging", What: "producers and consumers in one trace, a broker that refuses, a dead letter, redelivery that helps or does not",
			Causes: []Cause{
				at("poison", "worker", "handle order"), at("broker", "shop", "orders publish"), at("redelivered", "mailer", "mails process"), at("helped", "biller", "bills process").absorbed(),
			},
			Scenes: []Scene{
				rising(`
S shop /orders 0 50 http.status_code=202
 P shop 'orders publish' 10 5 messaging.system=kafka messaging.destination.name=orders
  Q worker 'orders process' 100 50 ! messaging.system=kafka messaging.destination.name=orders
   I worker 'handle order' 101 40 ! @poison ex='ParseError~bad order {uuid}~java:Worker.parse'
   P worker 'orders-dlq publish' 145 2 messaging.destination.name=orders-dlq
    Q reaper 'orders-dlq process' 300 5`),
				steady(`
S shop /orders 0 50 ! http.status_code=500
 P shop 'orders publish' 10 30 ! @broker messaging.system=kafka messaging.destination.name=orders ex='org.apache.kafka.common.errors.TimeoutException~Topic orders not present in metadata after {n} ms.~java:Bus.send'`),
				steady(`
S shop /mail 0 50 http.status_code=202
 P shop 'mails publish' 10 5 messaging.destination.name=mails
  Q mailer 'mails process' 100 50 ! @redelivered messaging.destination.name=mails ex='SmtpError~{word} refused~python:send'
  Q mailer 'mails process' 1100 50 ! @redelivered messaging.destination.name=mails ex='SmtpError~{word} refused~python:send'
  Q mailer 'mails process' 3100 50 ! @redelivered messaging.destination.name=mails ex='SmtpError~{word} refused~python:send'`),
				steady(`
S shop /bill 0 50 http.status_code=202
 P shop 'bills publish' 10 5 messaging.destination.name=bills
  Q biller 'bills process' 100 50 ! @helped messaging.destination.name=bills ex='LockError~bill {n} is locked~python:bill'
  Q biller 'bills process' 1100 50 messaging.destination.name=bills`),
			},
		},
		{
			Name: "batches", What: "a batch consumer without a parent, of whose messages some fail; a scheduled job; an import that goes on",
			Causes: []Cause{at("one-item", "batch", "process item"), at("job", "cron", "nightly report"), at("row", "cron", "import row").absorbed()},
			Scenes: []Scene{
				steady(`
Q batch 'events receive' 0 200 ! messaging.batch.message_count=3 says='1 of 3 failed'
 I batch 'process item' 1 30
 I batch 'process item' 40 30 ! @one-item ex='ItemError~item {uuid} has no price~net:Item.Price'
 I batch 'process item' 80 30`),
				rising(`
I cron 'nightly report' 0 900 ! @job ex='FileNotFoundError~[Errno 2] No such file or directory: "/data/{word}/{n}.csv"~python:report'`),
				steady(`
I cron import 0 900
 I cron 'import row' 1 3 ! @row ex='RowError~row {n}: {word} is no date~python:row'
 I cron 'import row' 10 3
 I cron 'import row' 20 3 ! @row ex='RowError~row {n}: {word} is no date~python:row'`),
			},
		},
		{
			Name: "afterwards", What: "workers that go on after the answer and fail; self-calls within one service",
			Causes: []Cause{at("async", "shop", "send receipt"), at("self", "shop", "GET /internal/price"), at("pool", "shop", "warm cache").absorbed()},
			Scenes: []Scene{
				steady(`
S shop /orders 0 50 http.status_code=201
 I shop 'save order' 1 20
 I shop 'send receipt' 80 200 ! @async ex='MailError~no route to {word}~java:Mail.send'`),
				rising(`
S shop /quote 0 100 ! http.status_code=500
 C shop GET 1 90 ! http.status_code=500 server.address=localhost url.full='http://localhost/internal/price?{n}'
  S shop 'GET /internal/price' 2 80 ! @self http.status_code=500 ex='PriceError~no price for {word}~java:Price.get'`),
				steady(`
S shop /home 0 100 http.status_code=200
 I shop 'warm cache' 1 200 ! @pool ex='RejectedError~pool is full ({n} waiting)~java:Cache.warm'`),
			},
		},
	}
}
