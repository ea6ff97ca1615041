-- KEYS[1] the order's key, ARGV[1] a random number that chooses the SKU, ARGV[2] the number of SKUs, ARGV[3] the quantity.
-- A shop would name the SKU's key in KEYS; redis-benchmark has one range of random numbers only, hence the remainder.
-- Redis runs a script alone, and appends all its writes to the file as one transaction.
local stock = 'stock:' .. ARGV[1] % ARGV[2]
local quantity = tonumber(ARGV[3])
local available = tonumber(redis.call('GET', stock) or 0)
if available < quantity then
  if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end -- a retry keeps its answer when all is sold
  return -1
end
if not redis.call('SET', KEYS[1], ARGV[3], 'NX') then return 0 end
redis.call('DECRBY', stock, quantity)
return 1
