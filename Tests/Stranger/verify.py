#!/usr/bin/env python3
"""A stranger's verifier: written from Format.md alone, with hashlib and liblz4.

Usage: verify.py LOG. Prints verdict, last_seq, head_hash and state_digest, one a line as name=value.
Exit: 0 proven, 1 violated, 65 damaged. `StrangerTests` compares it with the library and with tally-verify.
The comments name sections of the document. Slow and plain on purpose.
"""

import ctypes
import hashlib
import os
import re
import struct
import sys

MAX_QUANTITY = 2**53 - 1
MAX_FRAME = 16_843_008
MAX_PAYLOAD = 16_777_216
UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SEGMENT_HEADER = 144
FLOOR = 112
# Where a chain of frames ends: number of the next frame, last sequence number, hash, epoch.
NO_FRAME = (0, 0, bytes(32), 0)


class Damaged(Exception):
    pass


class Violated(Exception):
    pass


# --- Conventions


class Reader:
    def __init__(self, data, at=0):
        self.data = data
        self.at = at

    def take(self, n):
        if self.at + n > len(self.data):
            raise Damaged("ends too early")
        self.at += n
        return self.data[self.at - n : self.at]

    def u8(self):
        return self.take(1)[0]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if byte == 0 and shift:
                    raise Damaged("a varint that is not the shortest")
                return value
            shift += 7
            if shift >= 56:
                raise Damaged("a varint of more than eight bytes")


def unzigzag(value):
    return value >> 1 if value % 2 == 0 else -(value >> 1) - 1


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def check_name(name, maximum=64, minimum=1):
    if not minimum <= len(name) <= maximum:
        raise Violated(f"a name of {len(name)} bytes")
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        raise Violated("a name that is not UTF-8") from None
    if any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in text):
        raise Violated("a name with a control character")


# --- LZ4 frames, through the C library

lz4 = ctypes.CDLL("liblz4.so.1")
lz4.LZ4F_decompress.restype = ctypes.c_size_t
lz4.LZ4F_isError.argtypes = [ctypes.c_size_t]
lz4.LZ4F_decompress.argtypes = [
    ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t),
    ctypes.c_char_p, ctypes.POINTER(ctypes.c_size_t), ctypes.c_void_p,
]


def decompress(data):
    """The contents of the single LZ4 frame that `data` is."""
    context = ctypes.c_void_p()
    lz4.LZ4F_createDecompressionContext(ctypes.byref(context), 100)
    try:
        out = []
        produced = 0
        buffer = ctypes.create_string_buffer(1 << 20)
        while True:
            out_size = ctypes.c_size_t(len(buffer))
            in_size = ctypes.c_size_t(len(data))
            hint = lz4.LZ4F_decompress(context, buffer, out_size, data, in_size, None)
            if lz4.LZ4F_isError(hint):
                raise Damaged("no LZ4 frame")
            out.append(buffer.raw[: out_size.value])
            produced += out_size.value
            data = data[in_size.value :]
            if produced > MAX_PAYLOAD:
                raise Damaged("a payload that is too large")
            if hint == 0:
                break
            if out_size.value == 0 and in_size.value == 0:
                raise Damaged("an LZ4 frame that ends too early")
        if data:
            raise Damaged("bytes after the LZ4 frame")
        return b"".join(out)
    finally:
        lz4.LZ4F_freeDecompressionContext(context)


# --- Payload


def column(r, n, below=1 << 56):
    head = r.u8()
    width = head & 0x7F
    if width > 56 or (n == 0 and head != 0):
        raise Damaged("a column's head")
    base = r.varint() if head & 0x80 else 0
    packed = int.from_bytes(r.take((n * width + 7) // 8), "little")
    if packed >> (n * width):
        raise Damaged("a column's unused bits are not 0")
    values = [base + (packed >> (i * width) & ((1 << width) - 1)) for i in range(n)]
    if any(value >= below for value in values):
        raise Damaged("a column's value is too large")
    return values


def running(first, steps):
    values = [first]
    for step in steps:
        values.append(values[-1] + unzigzag(step))
    return values


def strings(r, n):
    mode = r.u8()
    if mode == 0:
        return [b""] * n
    if mode == 1:
        return [r.take(length) for length in column(r, n)]
    if mode == 2:
        texts = [r.take(16).hex() for _ in range(n)]
        return [f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}".encode() for t in texts]
    if mode == 3:
        prefix = r.take(r.varint())
        digits = column(r, n, 16)
        numbers = running(unzigzag(r.varint()), column(r, n - 1))
        for count, number in zip(digits, numbers):
            if count == 0 or not 0 <= number < 10**count:
                raise Damaged("a number that does not have its digits")
        return [prefix + str(number).zfill(count).encode() for count, number in zip(digits, numbers)]
    raise Damaged("an unknown mode of strings")


def lines(r, n):
    counts = column(r, n, 4097)
    total = sum(counts)
    if total > 1_048_576:
        raise Damaged("too many lines")
    items = column(r, total)
    quantities = column(r, total)
    pairs = list(zip(items, quantities))
    result = []
    for count in counts:
        result.append(pairs[:count])
        del pairs[:count]
    return result


def keys(r, n):
    names = strings(r, n)
    return [(name, r.take(16)) if name else None for name in names]


def references(r, n, first):
    return running(first + unzigzag(r.varint()), column(r, n - 1))


def events(payload, frame_first, frame_count):
    """The events of a payload as dictionaries."""
    r = Reader(payload)
    if r.varint() != len(payload) - r.at:
        raise Damaged("the payload's length")
    first, count, time = r.varint(), r.varint(), r.varint()
    if (first, count) != (frame_first, frame_count):
        raise Damaged("the payload does not agree with its frame")
    tags = column(r, count)
    steps = column(r, count)
    if steps[0] != 0 or tags[-1] % 2:
        raise Damaged("the first time step, or the end of the last step")
    rows = []
    for index in range(count):
        time += steps[index]
        rows.append({"seq": first + index, "time": time, "kind": tags[index] >> 1, "more": tags[index] & 1})
    for kind in range(0, 64):
        group = [row for row in rows if row["kind"] == kind]
        n = len(group)
        if n == 0:
            continue
        if kind == 1:
            parts = {"sku": strings(r, n), "location": strings(r, n)}
        elif kind in (2, 7):
            parts = {"lines": lines(r, n), "text": strings(r, n), "key": keys(r, n)}
        elif kind == 3:
            parts = {"id": strings(r, n), "lines": lines(r, n), "customer": strings(r, n), "ttl": column(r, n)}
        elif kind == 4:
            parts = {"of": references(r, n, first), "lines": lines(r, n), "key": keys(r, n)}
        elif kind == 5:
            parts = {
                "of": references(r, n, first), "lines": lines(r, n), "cause": column(r, n, 2), "key": keys(r, n)
            }
        elif kind == 6:
            parts = {"of": references(r, n, first)}
        elif kind == 8:
            parts = {
                "item": column(r, n), "form": column(r, n, 2), "change": column(r, n), "text": strings(r, n),
                "policy": column(r, n, 3), "key": keys(r, n),
            }
        elif kind == 9:
            parts = {"from": column(r, n), "to": column(r, n), "quantity": column(r, n), "key": keys(r, n)}
        elif kind == 10:
            parts = {"item": column(r, n), "limit": column(r, n), "key": keys(r, n)}
        elif kind == 11:
            parts = {"key": keys(r, n), "results": column(r, n, 8193)}
            column(r, sum(parts["results"]))
        else:
            raise Damaged(f"an unknown kind of event, {kind}")
        for name, values in parts.items():
            for row, value in zip(group, values):
                row[name] = value
    if r.at != len(payload):
        raise Damaged("bytes after the last group")
    return rows


# --- Segment files and frames


def segment_header(data, log, head):
    if len(data) < SEGMENT_HEADER:
        raise Damaged("a segment without a header")
    magic, size, label, version, reserved, log_id = struct.unpack_from("<II8sII16s", data)
    first, number, previous, epoch, segment_size, every = struct.unpack_from("<QQ32sQQQ", data, 40)
    if (magic, size, label) != (0x184D2A54, SEGMENT_HEADER - 8, b"TALLYSEG"):
        raise Damaged("no segment")
    if version != 1:
        raise Damaged(f"format version {version}; this program reads version 1")
    if sha256(data[:112]) != data[112:144] or reserved != 0:
        raise Damaged("a segment's header does not match its check")
    if log is not None and log_id != log:
        raise Damaged("a segment of another log")
    if max(segment_size, every) > MAX_QUANTITY:
        raise Damaged("a segment's settings are out of range")
    if (number, first - 1, previous, epoch) != head:
        raise Damaged("a segment that does not continue the one before it")
    return log_id


def frame_at(data, at, log):
    """(previous, head, first, count, payload, end) of the valid frame at `at`, or None."""
    if len(data) < at + 61:
        return None
    magic, size = struct.unpack_from("<II", data, at)
    if magic != 0x184D2A5F or not 53 <= size <= 79:
        return None
    r = Reader(data, at + 56)
    try:
        epoch, number, first, count, length = (r.varint() for _ in range(5))
    except Damaged:
        return None
    end = at + 8 + size + length
    if r.at != at + 8 + size or end > len(data) or count > 262_144 or (count == 0) != (length == 0):
        return None
    own = sha256(log, data[at : at + 40], data[at + 56 : end])
    if own[:16] != data[at + 40 : at + 56]:
        return None
    if epoch < 1 or number >= MAX_QUANTITY or not 1 <= first <= MAX_QUANTITY:
        return None
    return data[at + 8 : at + 40], (number + 1, first + count - 1, own, epoch), first, count, data[r.at : end], end


class Floor:
    """The floor file: what is known to have been acknowledged. Looked at once the log itself is found intact."""

    def __init__(self, directory):
        self.flaw = self.log = None
        # Without a floor anything may be the end; a frame with hash 0 stands before the first.
        self.head, self.epoch = NO_FRAME, 0
        self.seen, self.deposed = NO_FRAME, None
        try:
            with open(os.path.join(directory, "floor"), "rb") as file:
                data = file.read(FLOOR + 1)
        except FileNotFoundError:
            return
        if not data:
            return
        if len(data) != FLOOR or data[:8] != b"TALLYFLR" or sha256(data[:96])[:16] != data[96:]:
            self.flaw = "the floor does not match its check"
        elif struct.unpack_from("<II", data, 8) != (1, 0):
            self.flaw = "a floor of another format version, or with its reserved field in use"
        else:
            self.log, sequence, number, own, own_epoch, self.epoch = struct.unpack_from("<16sQQ32sQQ", data, 16)
            self.head = number, sequence, own, own_epoch
            if max(sequence, number, own_epoch, self.epoch) > MAX_QUANTITY:
                self.flaw = "a floor with numbers out of range"
            if self.head != NO_FRAME:
                self.seen = None

    def belongs_to(self, log):
        if self.log not in (None, log):
            self.flaw = "the floor is another log's"

    def see(self, head):
        if self.seen is not None and head[3] < self.epoch:
            self.deposed = self.deposed or f"a frame of epoch {head[3]} after the floor's, of epoch {self.epoch}"
        if head[2] == self.head[2]:
            self.seen = head

    def judge(self, last):
        if self.flaw:
            raise Damaged(self.flaw)
        if self.head[1] > last:
            raise Damaged(f"event {self.head[1]} was acknowledged, and the log ends at event {last}")
        if self.seen != self.head:
            raise Damaged("the acknowledged frame is not in the log, or not where the floor says")
        if self.deposed:
            raise Damaged(self.deposed)


def frames(directory, floor):
    """Every frame of the log in order; checks the chain. Yields (head, first, count, payload)."""
    folder = os.path.join(directory, "segments")
    names = sorted(n for n in os.listdir(folder) if len(n) == 24 and n.endswith(".lz4") and n[:20].isdigit())
    if not names or int(names[0][:20]) != 1:
        raise Damaged("the first segment is missing")
    log, head = None, NO_FRAME
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        if int(name[:20]) != head[1] + 1:
            raise Damaged(f"{name} does not begin with event {head[1] + 1}")
        log = segment_header(data, log, head)
        floor.belongs_to(log)
        at = SEGMENT_HEADER
        while frame := frame_at(data, at, log):
            previous, own, first, count, payload, end = frame
            if previous != head[2] or own[0] != head[0] + 1:
                raise Damaged(f"{name} at byte {at}: the chain is broken")
            floor.see(own)
            yield own, first, count, payload
            head, at = own, end
        if name != names[-1]:
            if at != len(data):
                raise Damaged(f"{name} at byte {at}: no frame in a sealed segment")
        # Torn tail or damage
        elif any(data[at:]):
            window = data[at : at + MAX_FRAME]
            place = window.find(struct.pack("<I", 0x184D2A5F), 1)
            while place >= 0:
                if frame_at(data, at + place, log):
                    raise Damaged(f"{name} at byte {at}: a valid frame follows at byte {at + place}")
                place = window.find(struct.pack("<I", 0x184D2A5F), place + 1)
            print("torn tail, never acknowledged", file=sys.stderr)


# --- What an event does


class Books:
    def __init__(self):
        self.last_sequence = 0
        self.last_time = 0
        self.items = []  # [sku, location, on hand, held, last change, limit + 1, limit since]
        self.numbers = {}
        self.open = {}  # sequence: id, customer, time, expires, flags, {item: [reserved, open]}
        self.closed = set()
        self.counts = {}
        self.names = set()

    def item(self, number):
        if number >= len(self.items):
            raise Violated("an unknown item")
        return self.items[number]

    def change(self, number, on_hand, held):
        item = self.item(number)
        item[2] += on_hand
        item[3] += held
        item[4] = self.last_sequence
        if not 0 <= item[3] <= item[2] <= MAX_QUANTITY:
            raise Violated(f"item {item[0]} has {item[2]} on hand and {item[3]} held")
        return item

    def claim(self, name):
        check_name(name)
        if name in self.names:
            raise Violated(f"the name {name} a second time")
        self.names.add(name)

    def due(self, time):
        return [(r["expires"], s) for s, r in self.open.items() if 0 < r["expires"] <= time]

    def fold(self, e):
        if e["seq"] != self.last_sequence + 1:
            raise Violated("a gap in the sequence")
        if not self.last_time <= e["time"] <= MAX_QUANTITY:
            raise Violated("time goes backwards")
        kind = e["kind"]
        if self.may_be_due(e["time"]):
            due = self.due(e["time"])
            if due and (kind != 6 or min(due)[1] != e["of"]):
                raise Violated("a due hold was not expired first")
        self.last_sequence, self.last_time = e["seq"], e["time"]
        if e.get("key"):
            self.claim(e["key"][0])
        seen = -1
        for number, quantity in e.get("lines", []):
            if number <= seen or not 1 <= quantity <= MAX_QUANTITY:
                raise Violated("lines out of order, or a quantity out of range")
            seen = number
        if "text" in e:
            check_name(e["text"], 256, 0)
        if kind == 1:
            self.register(e)
        elif kind in (2, 7):
            self.some_lines(e)
            for number, quantity in e["lines"]:
                self.change(number, quantity, 0)
        elif kind == 3:
            self.reserve(e)
        elif kind in (4, 5, 6):
            self.settle(e)
        elif kind == 8:
            if not (e["form"] == 1 or e["change"] != 0):
                raise Violated("an adjustment by nothing")
            self.change(e["item"], unzigzag(e["change"]), 0)
        elif kind == 9:
            if e["from"] == e["to"] or not 1 <= e["quantity"] <= MAX_QUANTITY:
                raise Violated("a transfer of nothing or to itself")
            self.change(e["from"], -e["quantity"], 0)
            self.change(e["to"], e["quantity"], 0)
        elif kind == 10:
            self.limit(e)

    def some_lines(self, e):
        if not e["lines"]:
            raise Violated("an event without lines")

    def register(self, e):
        check_name(e["sku"])
        check_name(e["location"])
        pair = (e["sku"], e["location"])
        if pair in self.numbers:
            raise Violated(f"{pair} is registered twice")
        self.numbers[pair] = len(self.items)
        self.items.append([e["sku"], e["location"], 0, 0, e["seq"], 0, 0])

    next_due = MAX_QUANTITY + 1

    def may_be_due(self, time):
        """A bound, so that not every event looks at every hold."""
        return self.next_due <= time

    def reserve(self, e):
        self.some_lines(e)
        self.claim(e["id"])
        if e["customer"]:
            check_name(e["customer"])
        expires = e["time"] + e["ttl"] if e["ttl"] else 0
        for number, quantity in e["lines"]:
            item = self.change(number, 0, quantity)
            if item[5]:
                if not e["customer"]:
                    raise Violated("a limited item without a customer")
                count = self.counts.get((number, e["customer"]), 0) + quantity
                if count > item[5] - 1:
                    raise Violated("a customer's limit")
                self.counts[number, e["customer"]] = count
        self.open[e["seq"]] = {
            "id": e["id"], "customer": e["customer"], "time": e["time"], "expires": expires, "flags": 0,
            "lines": {number: [quantity, quantity] for number, quantity in e["lines"]},
        }
        if expires > MAX_QUANTITY:
            raise Violated("an expiry that is no time")
        if expires:
            self.next_due = min(self.next_due, expires)

    def settle(self, e):
        sequence, kind = e["of"], e["kind"]
        if sequence not in self.open:
            raise Violated("settled twice" if sequence in self.closed else "an unknown reservation")
        reservation = self.open[sequence]
        held = reservation["lines"]
        settled = e.get("lines") or [(number, held[number][1]) for number in sorted(held) if held[number][1]]
        for number, quantity in settled:
            if number not in held or held[number][1] < quantity:
                raise Violated("settled beyond what is open")
            held[number][1] -= quantity
            item = self.change(number, -quantity if kind == 4 else 0, -quantity)
            if kind != 4 and item[5] and item[6] < sequence:
                pair = (number, reservation["customer"])
                self.counts[pair] = self.counts.get(pair, 0) - quantity
        if kind == 6 and not 0 < reservation["expires"] <= e["time"]:
            raise Violated("expired before its time")
        reservation["flags"] |= {4: 1, 5: 2, 6: 0}[kind]
        if not any(line[1] for line in held.values()):
            del self.open[sequence]
            self.closed.add(sequence)
            self.next_due = min((r["expires"] for r in self.open.values() if r["expires"]), default=MAX_QUANTITY + 1)

    def limit(self, e):
        item = self.change(e["item"], 0, 0)
        if e["limit"] == 0:
            item[6] = 0
            self.counts = {pair: count for pair, count in self.counts.items() if pair[0] != e["item"]}
        elif item[5] == 0:
            item[6] = e["seq"]
        item[5] = e["limit"]

    # --- State: canonical form and digest

    def canonical_form(self):
        def number(value):
            value &= 2**64 - 1
            out = bytearray()
            while value >= 0x80:
                out.append(value & 0x7F | 0x80)
                value >>= 7
            out.append(value)
            return bytes(out)

        def name(value):
            return bytes([len(value)]) + value

        out = [b"tallystick-state-2\n", number(self.last_sequence), number(self.last_time), number(len(self.items))]
        for sku, location, *numbers in self.items:
            out += [name(sku), name(location), *map(number, numbers)]
        out.append(number(len(self.open)))
        last_sequence = last_time = 0
        for sequence, r in sorted(self.open.items()):
            lines = sorted(r["lines"].items())
            uuid = UUID.fullmatch(r["id"])
            settled = any(reserved != still_open for _, (reserved, still_open) in lines)
            parts = r["flags"] | 4 * (r["expires"] > 0) | 8 * bool(r["customer"]) | 16 * bool(uuid)
            parts |= 32 * (len(lines) > 1) | 64 * settled
            out += [number(sequence - last_sequence), number(r["time"] - last_time), bytes([parts])]
            last_sequence, last_time = sequence, r["time"]
            out.append(bytes.fromhex(r["id"].decode().replace("-", "")) if uuid else name(r["id"]))
            if r["expires"]:
                out.append(number(r["expires"] - r["time"]))
            if r["customer"]:
                out.append(name(r["customer"]))
            if len(lines) > 1:
                out.append(number(len(lines)))
            for item, (reserved, still_open) in lines:
                out += [number(item), number(reserved)]
                if settled:
                    out.append(number(still_open))
        counts = sorted((pair, count) for pair, count in self.counts.items() if count > 0)
        out.append(number(len(counts)))
        for (item, customer), count in counts:
            out += [number(item), name(customer), number(count)]
        return b"".join(out)


def main(directory):
    books = Books()
    floor = Floor(directory)
    head = NO_FRAME
    try:
        for own, first, count, payload in frames(directory, floor):
            last_epoch, head = head[3], own
            if head[3] < last_epoch or first != books.last_sequence + 1:
                raise Violated("epochs or sequence numbers go backwards")
            if count:
                for event in events(decompress(payload), first, count):
                    books.fold(event)
        floor.judge(books.last_sequence)
        verdict, code = "proven", 0
    except Violated as error:
        print(f"after event {books.last_sequence}: {error}", file=sys.stderr)
        verdict, code = "violated", 1
    except Damaged as error:
        print(f"after event {books.last_sequence}: {error}", file=sys.stderr)
        verdict, code = "damaged", 65
    print(f"verdict={verdict}\nlast_seq={books.last_sequence}\nhead_hash={head[2].hex()}")
    print(f"state_digest={sha256(books.canonical_form()).hex()}")
    return code


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: verify.py LOG")
    sys.exit(main(sys.argv[1]))
