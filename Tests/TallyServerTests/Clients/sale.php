<?php
// A sale by phpredis. Usage: sale.php PORT CUTTING_PORT
[, $port, $cutting] = $argv;

function check($what, $found, $wanted = true) {
    if ($found !== $wanted) { echo "$what: " . var_export($found, true) . ", not " . var_export($wanted, true) . "\n"; exit(1); }
}
function connected($port) {
    $redis = new Redis();
    $redis->connect("127.0.0.1", (int) $port, 20);
    $redis->setOption(Redis::OPT_READ_TIMEOUT, 20);
    return $redis;
}

$shop = connected($port);
check("a receipt", $shop->rawCommand("STOCK.RECEIVE", "tea", "100", "KEY", "po-php") > 0);
$first = $shop->rawCommand("STOCK.RESERVE", "order-php", "tea", "2");
check("the same again", $shop->rawCommand("STOCK.RESERVE", "order-php", "tea", "2"), $first);
try {
    $number = connected($cutting)->rawCommand("STOCK.RESERVE", "cut-php", "tea", "1");
    echo $number === false ? "lost its connection and answers false\n" : "sent again by itself\n";
} catch (RedisException $reason) {
    echo "lost its connection ({$reason->getMessage()}) and was told so\n";
    $number = false;
}
if ($number === false) { $number = connected($port)->rawCommand("STOCK.RESERVE", "cut-php", "tea", "1"); }
check("after a lost answer", $shop->rawCommand("STOCK.RESERVE", "cut-php", "tea", "1"), $number);
try {
    $shop->rawCommand("STOCK.RESERVE", "p2-php", "tea", "9007199254740991");
    echo "an error was not raised\n";
    exit(1);
} catch (RedisException $refusal) {
    check("an error", str_starts_with($refusal->getMessage(), "INSUFFICIENT tea@main asked"));
}
$line = $shop->pipeline();
foreach (["p1-php" => "1", "p3-php" => "1"] as $order => $quantity) { $line->rawCommand("STOCK.RESERVE", $order, "tea", $quantity); }
$results = $line->exec();
check("a pipeline's second answer", $results[1], $results[0] + 1);
$sold = $shop->rawCommand("STOCK.COMMIT", "order-php", "KEY", "pay-php");
check("the same again", $shop->rawCommand("STOCK.COMMIT", "order-php", "KEY", "pay-php"), $sold);
$shop->rawCommand("STOCK.RECEIVE", "sand-php", "9007199254740991", "KEY", "sand-php");
$level = $shop->rawCommand("STOCK.GET", "sand-php");
check("2^53 - 1", $level[array_search("on_hand", $level) + 1], 9007199254740991);
echo "sale complete\n";
