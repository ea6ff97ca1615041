"""A sale by a Python client. Usage: sale.py redis2|redis3|valkey PORT CUTTING_PORT"""
import sys

LIBRARY, PORT, CUTTING = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
LARGEST = 2**53 - 1


def check(what, found, wanted=True):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, not {wanted!r}")


def field(answer, name):
    """A field of a map, or of an array of names and values."""
    pairs = answer.items() if isinstance(answer, dict) else zip(answer[::2], answer[1::2])
    return {bytes_of(key): value for key, value in pairs}[name]


def bytes_of(text):
    return text if isinstance(text, bytes) else text.encode()


def sell(connect, pipeline, error, dropped):
    shop = connect(PORT)
    check("a receipt", shop("STOCK.RECEIVE", "tea", 100, "KEY", f"po-{LIBRARY}") > 0)
    order = f"order-{LIBRARY}"
    first = shop("STOCK.RESERVE", order, "tea", 2, "TTL", 900000)
    check("the same again", shop("STOCK.RESERVE", order, "tea", 2, "TTL", 900000), first)

    cut = connect(CUTTING)
    try:
        number = cut("STOCK.RESERVE", f"cut-{LIBRARY}", "tea", 1)
        print("sent again by itself")
    except dropped as reason:
        print(f"lost its connection ({reason}) and was told so")
        number = connect(PORT)("STOCK.RESERVE", f"cut-{LIBRARY}", "tea", 1)
    check("after a lost answer", shop("STOCK.RESERVE", f"cut-{LIBRARY}", "tea", 1), number)

    results = pipeline(PORT, [
        ("STOCK.RESERVE", f"p1-{LIBRARY}", "tea", 1), ("STOCK.RESERVE", f"p2-{LIBRARY}", "tea", LARGEST),
        ("STOCK.RESERVE", f"p3-{LIBRARY}", "tea", 1)])
    check("a pipeline's third answer", results[2], results[0] + 1)
    check("a pipeline's second answer", str(results[1]).startswith("INSUFFICIENT tea@main asked"))

    try:
        shop("STOCK.COMMIT", order)
        sys.exit("a commit without a key was taken")
    except error as refusal:
        check("a missing key", str(refusal).startswith("KEY "))
    sold = shop("STOCK.COMMIT", order, "KEY", f"pay-{LIBRARY}")
    check("the same again", shop("STOCK.COMMIT", order, "KEY", f"pay-{LIBRARY}"), sold)
    shop("STOCK.RECEIVE", f"sand-{LIBRARY}", LARGEST, "KEY", f"sand-{LIBRARY}")
    check("2^53 - 1", field(shop("STOCK.GET", f"sand-{LIBRARY}"), b"on_hand"), LARGEST)
    check("where it stands", bytes_of(field(shop("STOCK.SHOW", order), b"state")), b"committed")


def sync(module, **options):
    def connect(port):
        return module.Redis(port=port, **options).execute_command

    def pipeline(port, commands):
        line = module.Redis(port=port, **options).pipeline(transaction=False)
        for command in commands:
            line.execute_command(*command)
        return line.execute(raise_on_error=False)

    sell(connect, pipeline, module.ResponseError, module.ConnectionError)


match LIBRARY:
    case "redis2" | "redis3":
        import redis
        sync(redis, protocol=int(LIBRARY[-1]))
    case "valkey":
        import valkey
        sync(valkey)
print("sale complete")
