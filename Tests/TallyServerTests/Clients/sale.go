// A sale by redigo. Usage: sale PORT CUTTING_PORT
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/gomodule/redigo/redis"
)

func fail(what string, found, wanted interface{}) {
	fmt.Fprintf(os.Stderr, "%s: %v, not %v\n", what, found, wanted)
	os.Exit(1)
}

func check(what string, found, wanted interface{}) {
	if fmt.Sprint(found) != fmt.Sprint(wanted) {
		fail(what, found, wanted)
	}
}

func connect(port string) redis.Conn {
	shop, err := redis.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		fail("a connection", err, "open")
	}
	return shop
}

// The answer's number.
func must(shop redis.Conn, name string, words ...interface{}) int64 {
	number, err := redis.Int64(shop.Do(name, words...))
	if err != nil {
		fail(name, err, "done")
	}
	return number
}

func firstWord(err error) string {
	if err == nil {
		return ""
	}
	return strings.Fields(err.Error())[0]
}

func main() {
	const largest = int64(1)<<53 - 1
	shop := connect(os.Args[1])
	must(shop, "STOCK.RECEIVE", "tea", 100, "KEY", "po-go")
	first := must(shop, "STOCK.RESERVE", "order-go", "tea", 2, "TTL", 900000)
	check("the same again", must(shop, "STOCK.RESERVE", "order-go", "tea", 2, "TTL", 900000), first)

	number, err := redis.Int64(connect(os.Args[2]).Do("STOCK.RESERVE", "cut-go", "tea", 1))
	if err != nil {
		fmt.Println("lost its connection and was told so:", err)
		number = must(shop, "STOCK.RESERVE", "cut-go", "tea", 1)
	}
	check("after a lost answer", must(shop, "STOCK.RESERVE", "cut-go", "tea", 1), number)

	shop.Send("STOCK.RESERVE", "p1-go", "tea", 1)
	shop.Send("STOCK.RESERVE", "p2-go", "tea", largest)
	shop.Send("STOCK.RESERVE", "p3-go", "tea", 1)
	shop.Flush()
	one, _ := redis.Int64(shop.Receive())
	_, refusal := shop.Receive()
	three, _ := redis.Int64(shop.Receive())
	check("a pipeline's third answer", three, one+1)
	check("a pipeline's second answer", firstWord(refusal), "INSUFFICIENT")

	_, refusal = shop.Do("STOCK.COMMIT", "order-go")
	check("a missing key", firstWord(refusal), "KEY")
	sold := must(shop, "STOCK.COMMIT", "order-go", "KEY", "pay-go")
	check("the same again", must(shop, "STOCK.COMMIT", "order-go", "KEY", "pay-go"), sold)
	must(shop, "STOCK.RECEIVE", "sand-go", largest, "KEY", "sand-go")
	level, _ := redis.Values(shop.Do("STOCK.GET", "sand-go"))
	for index := 0; index+1 < len(level); index += 2 {
		if name, _ := redis.String(level[index], nil); name == "on_hand" {
			check("2^53 - 1", level[index+1], largest)
		}
	}
	shown, _ := redis.String(shop.Do("STOCK.SHOW", "order-go", "JSON"))
	check("where it stands", strings.Contains(shown, `"state":"committed"`), true)
	fmt.Println("sale complete")
}
