# A sale by redis-rb. Usage: sale.rb PORT CUTTING_PORT
require "redis"
port, cutting = ARGV.map(&:to_i)

def check(what, found, wanted = true)
  abort "#{what}: #{found.inspect}, not #{wanted.inspect}" unless found == wanted
end

shop = Redis.new(port: port)
check "a receipt", shop.call("STOCK.RECEIVE", "tea", 100, "KEY", "po-rb") > 0
first = shop.call("STOCK.RESERVE", "order-rb", "tea", 2)
check "the same again", shop.call("STOCK.RESERVE", "order-rb", "tea", 2), first
begin
  number = Redis.new(port: cutting).call("STOCK.RESERVE", "cut-rb", "tea", 1)
  puts "sent again by itself"
rescue Redis::BaseConnectionError => reason
  puts "lost its connection (#{reason}) and was told so"
  number = Redis.new(port: port).call("STOCK.RESERVE", "cut-rb", "tea", 1)
end
check "after a lost answer", shop.call("STOCK.RESERVE", "cut-rb", "tea", 1), number
begin
  shop.pipelined do |line|
    line.call("STOCK.RESERVE", "p1-rb", "tea", 1)
    line.call("STOCK.RESERVE", "p2-rb", "tea", 9_007_199_254_740_991)
    line.call("STOCK.RESERVE", "p3-rb", "tea", 1)
  end
  abort "a pipeline's error was not raised"
rescue Redis::CommandError => refusal
  check "a pipeline's second answer", refusal.message.start_with?("INSUFFICIENT tea@main asked")
end
check "a pipeline's third answer", shop.call("STOCK.RESERVE", "p3-rb", "tea", 1), shop.call("STOCK.RESERVE", "p1-rb", "tea", 1) + 1
sold = shop.call("STOCK.COMMIT", "order-rb", "KEY", "pay-rb")
check "the same again", shop.call("STOCK.COMMIT", "order-rb", "KEY", "pay-rb"), sold
shop.call("STOCK.RECEIVE", "sand-rb", 9_007_199_254_740_991, "KEY", "sand-rb")
check "2^53 - 1", Hash[*shop.call("STOCK.GET", "sand-rb")]["on_hand"], 9_007_199_254_740_991
puts "sale complete"
