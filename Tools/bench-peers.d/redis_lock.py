"""The sale with a lock, as many shops do it: SET NX PX with a random token, get, decrement, and release by comparing the token
(https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/, "a single instance"). 50 connections in one event loop."""
import os
import random
import selectors
import socket
import time
from dataclasses import dataclass

RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
# A shopper who does not get the lock waits for a random moment, as that page advises: seconds at most.
PAUSE = 0.004


@dataclass
class Result:
    lock_tries: int
    seconds: float
    busy: float  # of a core, this client


def words(*parts):
    """A command in Redis's protocol."""
    encoded = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in encoded)


def shopper(number, ids, tries, ended):
    """Yields a request and the replies to wait for, or seconds to sleep; is sent the replies' lines."""
    release = None
    while not ended():
        token = b"%d-%d" % (number, random.getrandbits(62))
        tries[0] += 1
        if (yield words("SET", "lock:hot", token, "NX", "PX", 10_000), 1)[0] != b"+OK":
            yield random.random() * PAUSE, 0
            continue
        order = f"order:{random.randrange(ids)}"
        known, available = yield words("EXISTS", order) + words("GET", "stock:0"), 2
        if known == b":0" and int(available) >= 1:
            # Both or neither, should the server end between them.
            yield words("MULTI") + words("SET", order, 1) + words("DECRBY", "stock:0", 1) + words("EXEC"), 6
        yield words("EVAL", RELEASE, 1, "lock:hot", token), 1


def lines(buffer):
    """The complete replies in the buffer, one line each; a bulk string is its content, an array its elements and its head."""
    found, at = [], 0
    while (end := buffer.find(b"\r\n", at)) >= 0:
        line = bytes(buffer[at:end])
        if line[:1] == b"-":
            raise RuntimeError(f"Redis answered {line.decode()}")
        if line[:1] == b"$" and line != b"$-1":
            size = int(line[1:])
            if len(buffer) < end + 4 + size:
                break
            line, end = bytes(buffer[end + 2:end + 2 + size]), end + 2 + size
        found.append(line)
        at = end + 2
    return found, at


def sell(path, clients, ids, seconds):
    tries = [0]
    start = time.perf_counter()
    cpu = time.process_time()
    ended = lambda: time.perf_counter() - start >= seconds
    selector = selectors.EpollSelector()
    asleep = []  # (when, connection)

    class Connection:
        def __init__(self, number):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(path)
            self.buffer = bytearray()
            self.shopper = shopper(number, ids, tries, ended)
            self.awaited = 0
            self.got = []
            selector.register(self.socket, selectors.EVENT_READ, self)

        def advance(self, replies):
            nonlocal open_connections
            try:
                request, self.awaited = self.shopper.send(replies)
            except StopIteration:
                selector.unregister(self.socket)
                self.socket.close()
                open_connections -= 1
                return
            if self.awaited:
                self.socket.sendall(request)
            else:
                asleep.append((time.perf_counter() + request, self))

        def read(self):
            self.buffer += self.socket.recv(65536)
            found, used = lines(self.buffer)
            del self.buffer[:used]
            self.got += found
            if len(self.got) >= self.awaited:
                replies, self.got = self.got, []
                self.advance(replies)

    open_connections = clients
    for connection in [Connection(number) for number in range(clients)]:
        connection.advance(None)
    while open_connections:
        now = time.perf_counter()
        awake = [entry for entry in asleep if entry[0] <= now]
        asleep[:] = [entry for entry in asleep if entry[0] > now]
        for _, connection in awake:
            connection.advance(None)
        wait = max(0, min((when for when, _ in asleep), default=now + 1) - time.perf_counter())
        for key, _ in selector.select(wait):
            key.data.read()
    elapsed = time.perf_counter() - start
    return Result(tries[0], elapsed, (time.process_time() - cpu) / elapsed)
