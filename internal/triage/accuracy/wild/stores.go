package wild

// stores are worlds of databases and caches.
func stores() []World {
	return []World{
		{
			Name: "databases", What: "connection refused, pool exhausted, deadlock, statement timeout, and two databases of one service",
			Causes: []Cause{
				at("refused", "shop", "SELECT orders"), at("pool", "shop", "getConnection"), at("deadlock", "shop", "UPDATE stock"), at("timeout", "shop", "SELECT report"), at("other-store", "shop", "find carts"),
			},
			Scenes: []Scene{
				rising(`
S shop /orders 0 100 ! http.status_code=500
 C shop 'SELECT orders' 1 5 ! @refused db.system=postgresql db.name=orders server.address=db{n} ex='org.postgresql.util.PSQLException~Connection to {ip}:5432 refused. Check that the hostname and port are correct.~caused:Orders.load'`),
				steady(`
S shop /orders 0 30100 ! http.status_code=500
 I shop getConnection 1 30000 ! @pool ex='java.sql.SQLTransientConnectionException~HikariPool-{1|2|3} - Connection is not available, request timed out after {n}ms.~caused:Orders.connect'`),
				steady(`
S shop /buy 0 100 ! http.status_code=500
 C shop 'UPDATE stock' 1 50 ! @deadlock db.system=mysql db.statement='UPDATE stock SET n = n - {n} WHERE id = {n}' says='Deadlock found when trying to get lock; try restarting transaction'`),
				steady(`
S shop /report 0 5100 ! http.status_code=500
 C shop 'SELECT report' 1 5000 ! @timeout db.system=mysql says='Query execution was interrupted, maximum statement execution time exceeded'`),
				since(`
S shop /cart 0 100 ! http.status_code=500
 C shop 'find carts' 1 50 ! @other-store db.system=mongodb db.name=carts ex='MongoServerSelectionError~connect ECONNREFUSED {ip}:27017~node:Carts.find'`),
			},
		},
		{
			Name: "caches", What: "a cache that fails, and the database that answers instead or fails as well",
			Causes: []Cause{at("cache", "shop", "GET session").absorbed(), at("behind", "shop", "SELECT users"), at("inner", "shop", "decode price").absorbed()},
			Scenes: []Scene{
				steady(`
S shop /me 0 100 http.status_code=200
 C shop 'GET session' 1 5 ! @cache db.system=redis says='dial tcp {ip}:6379: i/o timeout'
 C shop 'SELECT sessions' 10 50 db.system=postgresql`),
				rising(`
S shop /users 0 100 ! http.status_code=500
 C shop 'GET user' 1 5 db.system=redis
 C shop 'SELECT users' 10 50 ! @behind db.system=postgresql says='pq: relation "users_{n}" does not exist'`),
				steady(`
S shop /price 0 100 http.status_code=200
 I shop 'decode price' 1 5 ! @inner ex='FormatError~{word} is no price~go:decode'`),
			},
		},
	}
}
