"""A sale by coredis. Usage: sale_coredis.py PORT CUTTING_PORT"""
import asyncio
import sys

import coredis

PORT, CUTTING = int(sys.argv[1]), int(sys.argv[2])
LARGEST = 2**53 - 1


def check(what, found, wanted=True):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, not {wanted!r}")


async def ask(client, *words):
    return await client.create_request(words[0].encode(), *words[1:], callback=lambda answer: answer)


async def main():
    async with coredis.Redis(port=PORT) as shop:
        check("a receipt", await ask(shop, "STOCK.RECEIVE", "tea", 100, "KEY", "po") > 0)
        first = await ask(shop, "STOCK.RESERVE", "order", "tea", 2)
        check("the same again", await ask(shop, "STOCK.RESERVE", "order", "tea", 2), first)
        try:
            async with coredis.Redis(port=CUTTING) as cut:
                number = await ask(cut, "STOCK.RESERVE", "cut-order", "tea", 1)
            print("sent again by itself")
        except BaseException as reason:
            print(f"lost its connection ({reason!r}) and was told so")
            number = await ask(shop, "STOCK.RESERVE", "cut-order", "tea", 1)
        check("after a lost answer", await ask(shop, "STOCK.RESERVE", "cut-order", "tea", 1), number)
        results = await asyncio.gather(
            ask(shop, "STOCK.RESERVE", "p1", "tea", 1), ask(shop, "STOCK.RESERVE", "p2", "tea", LARGEST),
            ask(shop, "STOCK.RESERVE", "p3", "tea", 1), return_exceptions=True)
        check("a pipeline's third answer", results[2], results[0] + 1)
        check("a pipeline's second answer", str(results[1]).startswith("INSUFFICIENT tea@main asked"))
        sold = await ask(shop, "STOCK.COMMIT", "order", "KEY", "pay")
        check("the same again", await ask(shop, "STOCK.COMMIT", "order", "KEY", "pay"), sold)
        await ask(shop, "STOCK.RECEIVE", "sand", LARGEST, "KEY", "sand")
        check("2^53 - 1", (await ask(shop, "STOCK.GET", "sand"))[b"on_hand"], LARGEST)
    print("sale complete")


asyncio.run(main())
