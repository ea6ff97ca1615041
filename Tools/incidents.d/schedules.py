"""What happened, step by step. Each schedule plays on the real servers of the field and then on Tallystick, and returns
how both ended and what the verifier said. A schedule that does not break the field's technique is a failure: the peers'
behaviour would have changed."""

import time

from servers import RefusedByServer, Wire

INCIDENTS = []


def incident(technique):
    def register(play):
        class Incident:
            __doc__ = play.__doc__
            __name__ = play.__name__

        made = Incident
        made.__name__ = play.__name__
        made.technique = technique
        made.play = staticmethod(play)
        INCIDENTS.append(made)
        return play

    return register


def broke(is_broken, what):
    if not is_broken:
        raise SystemExit(f"incidents: it did not happen this time: {what}")


def refused(ask):
    """The words of a refusal, or None if it was not refused."""
    try:
        ask()
    except RefusedByServer as refusal:
        return str(refusal)
    return None


def level(shop, sku="bottle"):
    words = shop("STOCK.GET", sku)
    return dict(zip(words[::2], words[1::2]))


def stocked(stage, units, sku="bottle"):
    server = stage.tallystick()
    shop = server.connect()
    shop("STOCK.RECEIVE", sku, units, "KEY", "delivery-1")
    return server, shop


# --- SQL


@incident("check, then update in SQL")
def check_then_update(stage):
    """Two buyers read the same stock, and each writes what it was less one."""
    server = stage.postgres()
    ann, ben = server.session(), server.session()
    ann("CREATE TABLE stock (sku text PRIMARY KEY, left_over int); INSERT INTO stock VALUES ('bottle', 1)")
    ann("BEGIN"), ben("BEGIN")
    seen = [int(buyer("SELECT left_over FROM stock WHERE sku = 'bottle'")) for buyer in (ann, ben)]
    stage.tell(f"both buyers read {seen[0]} left and are told that they may buy")
    ann("UPDATE stock SET left_over = 0 WHERE sku = 'bottle'"), ann("COMMIT")
    ben("UPDATE stock SET left_over = 0 WHERE sku = 'bottle'"), ben("COMMIT")
    left = int(ann("SELECT left_over FROM stock"))
    broke(seen == [1, 1] and left == 0, "both reads saw one bottle")
    ours, verdict = two_buyers(stage, 1)
    return "2 orders were confirmed, 1 bottle was there; the table says 0 and looks right", ours, verdict


def two_buyers(stage, units):
    server, shop = stocked(stage, units)
    ann, ben = server.connect(), server.connect()
    for buyer, name in ((ann, "ann-1"), (ben, "ben-1")):
        buyer.send("STOCK.RESERVE", name, "bottle", 1)
    answers = []
    for buyer in (ann, ben):
        words = refused(lambda buyer=buyer: buyer.answer())
        answers.append("held" if words is None else words)
    stage.tell(f"the same two at once: {answers[0]}; {answers[1]}")
    left = level(shop)
    verdict = server.verdict()
    return f"held {left['held']} of {left['on_hand']}", verdict


@incident("version column")
def optimistic_hot_item(stage):
    """Optimistic locking under a hot item: most buyers fail although stock is left."""
    server = stage.postgres()
    buyers = [server.session() for _ in range(8)]
    buyers[0]("CREATE TABLE stock (sku text PRIMARY KEY, left_over int, version int); INSERT INTO stock VALUES ('bottle', 100, 0)")
    sold = 0
    for _ in range(10):
        versions = [buyer("SELECT version FROM stock WHERE sku = 'bottle'") for buyer in buyers]
        for buyer, version in zip(buyers, versions):
            changed = buyer(
                "UPDATE stock SET left_over = left_over - 1, version = version + 1"
                f" WHERE sku = 'bottle' AND version = {version} RETURNING 1")
            sold += changed == "1"
    left = int(buyers[0]("SELECT left_over FROM stock"))
    broke(sold == 10 and left == 90, f"{sold} sold")
    ours, shop = stocked(stage, 100)
    clients = [ours.connect() for _ in range(8)]
    held = 0
    for turn in range(10):
        for number, client in enumerate(clients):
            client.send("STOCK.RESERVE", f"order-{turn}-{number}", "bottle", 1)
        held += sum(refused(client.answer) is None for client in clients)
    return (f"80 buyers tried, {sold} bought, {80 - sold} were told to try again, and {left} bottles were left",
            f"80 tried, {held} hold one; {level(shop)['available']} are left", ours.verdict())


@incident("temporary table")
def half_a_cart(stage):
    """A cart goes through a temporary table line by line, and what fails half-way stays half done."""
    server = stage.postgres()
    shop = server.session()
    shop("CREATE TABLE stock (sku text PRIMARY KEY, left_over int CHECK (left_over >= 0));"
         " INSERT INTO stock VALUES ('bottle', 5), ('glass', 0)")
    shop("CREATE TEMPORARY TABLE cart (sku text, wanted int); INSERT INTO cart VALUES ('bottle', 2), ('glass', 1)")
    shop("CREATE PROCEDURE buy() LANGUAGE plpgsql AS $$ DECLARE line record; BEGIN"
         " FOR line IN SELECT * FROM cart ORDER BY sku LOOP"
         " UPDATE stock SET left_over = left_over - line.wanted WHERE sku = line.sku; COMMIT; END LOOP; END $$")
    error = shop("CALL buy()")
    left = shop("SELECT left_over FROM stock WHERE sku = 'bottle'")
    stage.tell(f"the second line fails: {error}")
    broke(left == "3" and "ERROR" in error, f"{left} bottles left")
    ours = stage.tallystick()
    client = ours.connect()
    client("STOCK.RECEIVE", "bottle", 5, "KEY", "delivery-1"), client("STOCK.REGISTER", "glass")
    words = refused(lambda: client("STOCK.RESERVE", "cart-1", "bottle", 2, "glass", 1))
    stage.tell(f"the cart is refused whole: {words}")
    available = level(client)["available"]
    return "the order failed, and 2 bottles are gone from stock", f"{available} bottles are available as before", ours.verdict()


# --- Redis


@incident("lock with a time limit")
def lock_expires(stage):
    """A lock of 10 s (here 0.2 s) expires while its holder is slow; its late release frees the next one's lock."""
    server = stage.redis()
    ann, ben, eve = (server.connect() for _ in range(3))
    ann("SET", "stock", 100)
    broke(ann("SET", "lock", "1", "NX", "PX", 200) == "OK", "the lock")
    seen = int(ann("GET", "stock"))
    time.sleep(0.3)
    got = ben("SET", "lock", "1", "NX", "PX", 60_000)
    stage.tell(f"ann reads {seen} and is slow; her lock expires, and ben gets it: {got}")
    ben_saw = int(ben("GET", "stock"))
    ann("DEL", "lock")
    third = eve("SET", "lock", "1", "NX", "PX", 60_000)
    stage.tell(f"ann's late release frees ben's lock: eve gets it too: {third}")
    sold = 0
    for buyer, wanted, saw in ((ann, 100, seen), (ben, 100, ben_saw)):
        if saw >= wanted:
            buyer("SET", "stock", saw - wanted)
            sold += wanted
    broke(sold == 200 and got == third == "OK", f"{sold} sold")
    ours, shop = stocked(stage, 100)
    slow, quick = ours.connect(), ours.connect()
    slow("STOCK.RESERVE", "ann-1", "bottle", 100, "TTL", 60_000)
    words = refused(lambda: quick("STOCK.RESERVE", "ben-1", "bottle", 100))
    stage.tell(f"ann holds 100, ben is told: {words}")
    slow("STOCK.COMMIT", "ann-1", "KEY", "pay-ann")
    left = level(shop)["on_hand"]
    return f"{sold} bottles were sold of 100", f"100 sold, {left} on hand", ours.verdict()


@incident("lock without an owner's token")
def lock_without_owner(stage):
    """Whoever calls unlock frees the lock, whose ever it is."""
    server = stage.redis()
    ann, ben, eve = (server.connect() for _ in range(3))
    ann("SET", "stock", 1)
    ann("SET", "lock", "1", "NX")
    refused_lock = ben("SET", "lock", "1", "NX")
    ben("DEL", "lock")
    got = eve("SET", "lock", "1", "NX")
    stage.tell(f"ben does not get the lock ({refused_lock}), and his clean-up deletes ann's; eve gets it: {got}")
    seen = [int(buyer("GET", "stock")) for buyer in (ann, eve)]
    for buyer in (ann, eve):
        buyer("DECR", "stock")
    left = int(ann("GET", "stock"))
    broke(seen == [1, 1] and left == -1, f"stock {left}")
    ours, verdict = two_buyers(stage, 1)
    return f"2 bottles were sold of 1: stock is {left}", ours, verdict


@incident("lock without a time limit")
def lock_kept_by_the_dead(stage):
    """A lock's holder crashes, and nobody can buy any more."""
    server = stage.redis()
    ann, ben = server.connect(), server.connect()
    ann("SET", "stock", 5)
    ann("SET", "lock", "ann", "NX")
    ann.close()
    tries = [ben("SET", "lock", "ben", "NX") for _ in range(50)]
    broke(tries == [None] * 50, "the lock was free")
    ours, shop = stocked(stage, 5)
    dead, alive = ours.connect(), ours.connect()
    dead("STOCK.RESERVE", "ann-1", "bottle", 1, "TTL", 60_000)
    dead.close()
    alive("STOCK.RESERVE", "ben-1", "bottle", 1)
    left = level(shop)["available"]
    return "50 tries, no sale, 5 bottles in stock, until somebody deletes the key", f"ben holds his; {left} are left, and ann's come back by themselves", ours.verdict()


@incident("lock queue")
def lost_queue_token(stage):
    """Buyers queue for one token in a list; its holder crashes, and the token with it."""
    server = stage.redis()
    ann, ben = server.connect(), server.connect()
    ann("SET", "stock", 5), ann("LPUSH", "turn", "token")
    taken = ann("RPOP", "turn")
    ann.close()
    waited = ben("BRPOP", "turn", 1)
    broke(taken == "token" and waited is None, "the token was there")
    ours, shop = stocked(stage, 5)
    dead, alive = ours.connect(), ours.connect()
    dead.send("STOCK.RESERVE", "ann-1", "bottle", 1)
    dead.close()
    alive("STOCK.RESERVE", "ben-1", "bottle", 1)
    left = level(shop)["available"]
    return "the token is gone: everybody waits for ever, with 5 bottles in stock", f"ben holds his, {left} are left; there is no turn to lose", ours.verdict()


@incident("lock with token and watchdog")
def failover_of_the_lock(stage):
    """A watchdog renews the lock, the primary fails before its replica has heard of it: two hold it."""
    primary = stage.redis()
    wire = stage.started(Wire(primary.port))
    replica = stage.redis("--replicaof", f"127.0.0.1 {wire.port}")
    told = replica.connect()
    end = time.monotonic() + 30
    while "master_link_status:up" not in told("INFO", "replication"):
        broke(time.monotonic() < end, "the replica follows")
        time.sleep(0.05)
    ann = primary.connect()
    ann("SET", "stock", 1), ann("WAIT", 1, 5_000)
    wire.is_cut = True
    got = ann("SET", "lock", "ann", "NX", "PX", 60_000)
    primary.kill()
    told("REPLICAOF", "NO", "ONE")
    ben = replica.connect()
    second = ben("SET", "lock", "ben", "NX", "PX", 60_000)
    stage.tell(f"ann has the lock of the old primary ({got}), ben that of the new one ({second})")
    seen = [1, int(ben("GET", "stock"))]
    broke(got == second == "OK" and seen[1] == 1, "the lock was replicated")
    ours, shop = stocked(stage, 1)
    buyer = ours.connect()
    buyer("STOCK.RESERVE", "ann-1", "bottle", 1)
    ours.kill()
    ours.start()
    again = ours.connect()
    words = refused(lambda: again("STOCK.RESERVE", "ben-1", "bottle", 1))
    stage.tell(f"the server is killed after ann's answer, and started again; ben: {words}")
    repeated = again("STOCK.RESERVE", "ann-1", "bottle", 1)
    return "both hold it, both see 1 bottle, both sell it", f"ann's hold stands (asked again: event {repeated})", ours.verdict()


@incident("pre-stocked Redis")
def deductions_lost_in_a_crash(stage):
    """Stock is kept in Redis and written down now and then; a crash forgets the last deductions."""
    server = stage.redis("--save", "3600 1", "--appendonly", "no")
    shop = server.connect()
    shop("SET", "stock", 100), shop("SAVE")
    for _ in range(30):
        shop("DECR", "stock")
    before = int(shop("GET", "stock"))
    server.kill()
    server.start()
    after = int(server.connect()("GET", "stock"))
    stage.tell(f"30 orders are in the database; Redis said {before} before the crash, and says {after} after it")
    broke((before, after) == (70, 100), f"{before}, {after}")
    ours, client = stocked(stage, 100)
    for number in range(30):
        client("STOCK.RESERVE", f"order-{number}", "bottle", 1)
    ours.kill()
    ours.start()
    left = level(ours.connect())["available"]
    return "130 bottles will be sold of 100", f"the same crash: {left} are available, 30 are held", ours.verdict()


@incident("transactional messages")
def delivered_twice(stage):
    """A consumer deducts and crashes before it acknowledges: the message comes again."""
    server = stage.redis()
    queue = server.connect()
    queue("SET", "stock", 10)
    queue("XGROUP", "CREATE", "orders", "workers", "$", "MKSTREAM")
    queue("XADD", "orders", "*", "order", "order-1", "bottles", 3)
    first = queue("XREADGROUP", "GROUP", "workers", "one", "COUNT", 1, "STREAMS", "orders", ">")
    queue("DECRBY", "stock", 3)
    again = queue("XAUTOCLAIM", "orders", "workers", "two", 0, "0")
    queue("DECRBY", "stock", 3)
    left = int(queue("GET", "stock"))
    broke(first and len(again[1]) == 1 and left == 4, f"{left} left")
    ours, shop = stocked(stage, 10)
    one = shop("STOCK.RESERVE", "order-1", "bottle", 3)
    two = shop("STOCK.RESERVE", "order-1", "bottle", 3)
    stage.tell(f"delivered twice: event {one}, and event {two} again")
    left_here = level(shop)["available"]
    return f"one order of 3 took 6: {left} left of 10", f"it took 3: {left_here} left of 10", ours.verdict()


@incident("atomic script or DECR")
def retry_after_timeout(stage):
    """The answer is lost on the way, the client asks again, and the server deducts again."""
    server = stage.redis()
    script = "local s = tonumber(redis.call('GET', KEYS[1])) if s >= 2 then return redis.call('DECRBY', KEYS[1], 2) end return -1"
    shop = server.connect()
    shop("SET", "stock", 10)
    lost = server.connect()
    lost.send("EVAL", script, 1, "stock")
    end = time.monotonic() + 10
    while int(shop("GET", "stock")) == 10 and time.monotonic() < end:
        time.sleep(0.01)
    lost.close()
    server.connect()("EVAL", script, 1, "stock")
    left = int(shop("GET", "stock"))
    broke(left == 6, f"{left} left")
    ours, client = stocked(stage, 10)
    cut = ours.connect()
    cut.send("STOCK.RESERVE", "order-1", "bottle", 2)
    end = time.monotonic() + 10
    while level(client)["held"] == 0 and time.monotonic() < end:
        time.sleep(0.01)
    cut.close()
    ours.connect()("STOCK.RESERVE", "order-1", "bottle", 2)
    held = level(client)["held"]
    return f"one order of 2 took 4: {left} left of 10", f"it holds {held}", ours.verdict()


@incident("pre-deduction without an end")
def nobody_pays(stage):
    """Stock is deducted when the order is placed; nobody pays, and nobody gives it back."""
    server = stage.redis()
    shop = server.connect()
    shop("SET", "stock", 3)
    for _ in range(3):
        shop("DECR", "stock")
    left = int(shop("GET", "stock"))
    broke(left == 0, f"{left} left")
    ours, client = stocked(stage, 3)
    for number in range(3):
        client("STOCK.RESERVE", f"idle-{number}", "bottle", 1, "TTL", 200)
    words = refused(lambda: client("STOCK.RESERVE", "buyer-1", "bottle", 1))
    stage.tell(f"at first: {words}")
    time.sleep(0.4)
    client("STOCK.RESERVE", "buyer-2", "bottle", 1)
    state = level(client)
    return "sold out, with 3 bottles on the shelf and no order paid", f"after 0.2 s the holds expired: {state['held']} held, {state['available']} available", ours.verdict()
