"""The flash sale that every peer holds, and what makes an answer right.

A reservation of one piece is: check the stock, deduct, and record the order's id, so that the same id asked again deducts
nothing. The ids of every peer are random numbers below 2^31 (redis-benchmark draws none larger); the few that repeat
in a run are answered, deducted once, and not counted: rates are reservations accepted a second, not tries a second."""
from dataclasses import asdict, dataclass, field

from process import Failure

CLIENTS = 50
IDS = 2**31 - 1
SKUS = 100_000
STOCK = 1_000_000_000  # a SKU: never sold out while the clock runs

# The rehearsal before the clock: more shoppers than stock, and many retries, at once.
REHEARSAL_STOCK = 300
REHEARSAL_IDS = 1_000
REHEARSAL_TRIES = 60  # a client

SHAPES = {1: "one hot SKU", 1_000: "1,000 SKUs", SKUS: "100,000 SKUs"}


@dataclass
class Figure:
    peer: str
    what: str
    call: str  # how the sale reaches the peer
    durable: bool
    skus: int
    accepted: int
    rate: float  # accepted reservations a second
    note: str = ""
    bare: float = 0.0  # µs of a bare 4 KiB write + fdatasync, around this very measurement
    steady: bool = True
    detail: dict = field(default_factory=dict)

    def as_json(self):
        return {**asdict(self), "shape": SHAPES[self.skus]}


class Impossible(Failure):
    """An answer that no right inventory gives."""


def check(what, orders, deducted, lowest):
    """Never oversold, and exactly what is recorded is deducted."""
    if lowest < 0:
        raise Impossible(f"{what} oversold: {-lowest} more than there was")
    if orders != deducted:
        raise Impossible(f"{what} recorded {orders} orders and deducted {deducted}")
    if orders == 0:
        raise Impossible(f"{what} accepted no order at all")


def check_rehearsal(what, orders, deducted, lowest, sells_out=True):
    check(what, orders, deducted, lowest)
    if orders > REHEARSAL_STOCK or (sells_out and orders < REHEARSAL_STOCK):
        raise Impossible(f"{what} sold {orders} of {REHEARSAL_STOCK} pieces to a crowd that wanted more")
