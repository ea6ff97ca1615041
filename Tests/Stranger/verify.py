#!/usr/bin/env python3
"""A stranger's verifier: written from Format.md alone, with hashlib and liblz4.

Usage: verify.py LOG... Prints of each log, one a line as name=value: log, verdict, last_seq, head_hash, state_digest
(of a log that breaks no rule), torn_bytes, and, if it breaks a rule, the first by name (rule) and event (rule_seq).
Exit, by the worst of the logs: 0 proven, 1 violated or inconsistent, 65 damaged. `StrangerTests` and
`ForgeriesAndTheStrangerTests` compare it with the library and with tally-verify. The comments name sections of the
document. Slow and plain on purpose.
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
MAX_LZ4 = 16_842_921
SEARCH_BUDGET = 16 * MAX_FRAME
MAX_LINES = 1_048_576
KINDS = [*range(1, 20), *range(24, 30)]
UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SEGMENT_HEADER = 144
FLOOR = 112
# Where a chain of frames ends: number of the next frame, last sequence number, hash, epoch.
NO_FRAME = (0, 0, bytes(32), 0)


class Damaged(Exception):
    pass


class Inconsistent(Exception):
    pass


class Violated(Exception):
    def __init__(self, rule, message):
        super().__init__(message)
        self.rule = rule


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


def check_name(name, minimum=1):
    """Lengths above 64 or 256 bytes are the decoder's to refuse."""
    if len(name) < minimum:
        raise Violated("name-form", "an empty name")
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        raise Violated("name-form", "a name that is not UTF-8") from None
    if any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in text):
        raise Violated("name-form", "a name with a control character")


# --- LZ4 frames, through the C library

lz4 = ctypes.CDLL("liblz4.so.1")
lz4.LZ4F_decompress.restype = ctypes.c_size_t
lz4.LZ4F_isError.argtypes = [ctypes.c_size_t]
lz4.LZ4F_decompress.argtypes = [
    ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t),
    ctypes.c_char_p, ctypes.POINTER(ctypes.c_size_t), ctypes.c_void_p,
]


buffer = ctypes.create_string_buffer(1 << 20)


def decompress(data, most):
    """The contents of the single LZ4 frame that `data` is."""
    if len(data) < 5 or data[:4] != b"\x04\x22\x4d\x18":
        raise Damaged("no LZ4 frame")
    if data[4] & 0x20 == 0 or data[4] & 0x01:
        raise Damaged("an LZ4 frame with linked blocks or a dictionary")
    context = ctypes.c_void_p()
    lz4.LZ4F_createDecompressionContext(ctypes.byref(context), 100)
    try:
        out = []
        produced = 0
        while True:
            out_size = ctypes.c_size_t(len(buffer))
            in_size = ctypes.c_size_t(len(data))
            hint = lz4.LZ4F_decompress(context, buffer, out_size, data, in_size, None)
            if lz4.LZ4F_isError(hint):
                raise Damaged("no LZ4 frame")
            out.append(ctypes.string_at(buffer, out_size.value))
            produced += out_size.value
            data = data[in_size.value :]
            if produced > most:
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


def strings(r, n, most=64):
    mode = r.u8()
    if mode == 0:
        return [b""] * n
    if mode == 1:
        return [r.take(length) for length in column(r, n, most + 1)]
    if mode == 2:
        texts = [r.take(16).hex() for _ in range(n)]
        return [f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}".encode() for t in texts]
    if mode == 3:
        length = r.varint()
        if length >= most:
            raise Damaged("a prefix that is too long")
        prefix = r.take(length)
        digits = column(r, n, min(15, most - length) + 1)
        numbers = running(unzigzag(r.varint()), column(r, n - 1))
        for count, number in zip(digits, numbers):
            if count == 0 or not 0 <= number < 10**count:
                raise Damaged("a number that does not have its digits")
        return [prefix + str(number).zfill(count).encode() for count, number in zip(digits, numbers)]
    raise Damaged("an unknown mode of strings")


def lines(r, n, least, budget):
    """`budget`: a list with the number of lines that the frame may still have."""
    counts = column(r, n, 4097)
    if min(counts) < least:
        raise Damaged("an event without lines")
    budget[0] -= sum(counts)
    if budget[0] < 0:
        raise Damaged("too many lines")
    items = column(r, sum(counts), 1 << 32)
    pairs = list(zip(items, column(r, sum(counts))))
    result = []
    at = 0
    for count in counts:
        result.append(pairs[at : at + count])
        at += count
    return result


def keys(r, n):
    names = strings(r, n)
    return [(name, r.take(16)) if name else None for name in names]


def references(r, n, first):
    values = running(first + unzigzag(r.varint()), column(r, n - 1))
    if not all(1 <= value <= MAX_QUANTITY for value in values):
        raise Damaged("a reference to no event")
    return values


def results(r, sequences):
    counts = column(r, len(sequences), 8193)
    if min(counts) < 1 or sum(counts) > MAX_LINES:
        raise Damaged("a batch without results, or too many")
    values = iter(column(r, sum(counts)))
    found = []
    for sequence, count in zip(sequences, counts):
        answers = [(sequence - (value >> 1), value & 1 == 1) for value in (next(values) for _ in range(count))]
        if any(result < 1 for result, _ in answers):
            raise Damaged("a batch's result before the first event")
        found.append(answers)
    return found


def moved_holds(r, sequences, budget):
    counts = column(r, len(sequences), 100_001)
    budget[0] -= sum(counts)
    if budget[0] < 0:
        raise Damaged("too many lines")
    steps, quantities = column(r, sum(counts)), column(r, sum(counts))
    found = []
    at = 0
    for sequence, count in zip(sequences, counts):
        holds = [(sequence - steps[i], quantities[i]) for i in range(at, at + count)]
        if any(reservation < 1 for reservation, _ in holds):
            raise Damaged("a hold before the first event")
        found.append(holds)
        at += count
    return found


def group(r, kind, sequences, first, budget):
    """The parts of the events of a kind, by name."""
    n = len(sequences)
    if kind == 1:
        return {"sku": strings(r, n), "location": strings(r, n)}
    if kind in (2, 7):
        return {"lines": lines(r, n, 1, budget), "text": strings(r, n, 256), "key": keys(r, n)}
    if kind == 3:
        return {
            "id": strings(r, n), "lines": lines(r, n, 1, budget), "customer": strings(r, n),
            "ttl": column(r, n, MAX_QUANTITY + 1),
        }
    if kind == 17:
        return {
            "id": strings(r, n), "lines": lines(r, n, 1, budget), "customer": strings(r, n),
            "ttl": column(r, n, MAX_QUANTITY + 1), "wait": column(r, n, MAX_QUANTITY + 1),
        }
    if kind == 4:
        return {"of": references(r, n, first), "lines": lines(r, n, 0, budget), "key": keys(r, n)}
    if kind == 5:
        return {
            "of": references(r, n, first), "lines": lines(r, n, 0, budget), "cause": column(r, n, 2),
            "key": keys(r, n),
        }
    if kind in (6, 18):
        return {"of": references(r, n, first)}
    if kind == 8:
        return {
            "item": column(r, n, 1 << 32), "form": column(r, n, 2), "change": [unzigzag(v) for v in column(r, n)],
            "text": strings(r, n, 256), "policy": column(r, n, 5), "key": keys(r, n),
        }
    if kind == 9:
        return {
            "from": column(r, n, 1 << 32), "to": column(r, n, 1 << 32), "quantity": column(r, n), "key": keys(r, n)
        }
    if kind == 10:
        return {"item": column(r, n, 1 << 32), "limit": column(r, n, MAX_QUANTITY + 2), "key": keys(r, n)}
    if kind == 11:
        return {"key": keys(r, n), "results": results(r, sequences)}
    if kind == 12:
        return {"of": references(r, n, first), "ttl": column(r, n, MAX_QUANTITY + 1), "key": keys(r, n)}
    if kind == 16:
        return {
            "of": references(r, n, first), "id": strings(r, n), "customer": strings(r, n), "lines": lines(r, n, 1, budget),
            "text": strings(r, n, 256), "key": keys(r, n),
        }
    if kind == 19:
        return {
            "of": references(r, n, first), "id": strings(r, n), "customer": strings(r, n),
            "made": column(r, n, MAX_QUANTITY + 1), "lines": lines(r, n, 1, budget),
            "ttl": column(r, n, MAX_QUANTITY + 1), "key": keys(r, n),
        }
    if kind == 24:
        return {"item": column(r, n, 1 << 32), "floor": column(r, n, MAX_QUANTITY + 1), "key": keys(r, n)}
    if kind == 25:
        return {"item": column(r, n, 1 << 32), "parts": lines(r, n, 0, budget), "key": keys(r, n)}
    if kind == 26:
        return {"item": column(r, n, 1 << 32), "places": lines(r, n, 0, budget), "key": keys(r, n)}
    if kind == 27:
        return {"consumer": strings(r, n), "position": column(r, n, MAX_QUANTITY + 1)}
    if kind == 28:
        return {"consumer": strings(r, n)}
    if kind == 29:
        return {
            "item": column(r, n, (1 << 32) + 1), "cause": column(r, n, 2), "asks": column(r, n, MAX_QUANTITY + 1),
            "units": column(r, n, MAX_QUANTITY + 1), "delay": [unzigzag(v) for v in column(r, n)],
        }
    if kind in (13, 14):
        return {"of": references(r, n, first), "lines": lines(r, n, 1, budget), "key": keys(r, n)}
    return {
        "from": column(r, n, 1 << 32), "to": column(r, n, 1 << 32), "quantity": column(r, n), "all": column(r, n, 2),
        "holds": moved_holds(r, sequences, budget), "key": keys(r, n),
    }


def supplement_rows(r, rows, kinds):
    """The rows that a part behind the last group is about, all of these kinds."""
    n = r.varint()
    if not 1 <= n <= len(rows):
        raise Damaged("a part of too many rows, or of none")
    at = 0
    found = []
    for index, step in enumerate(column(r, n, len(rows))):
        at += step
        if index > 0 and step == 0 or at >= len(rows) or rows[at]["kind"] not in kinds:
            raise Damaged("a part of another kind of row")
        found.append(rows[at])
    return found


def supplements(r, rows, budget):
    """What may follow the last group: effective times, and what reservations asked for."""
    last = 0
    while r.at != len(r.data):
        number = r.u8()
        if number <= last or number not in (1, 2):
            raise Damaged("unknown bytes after the last group")
        last = number
        if number == 1:
            of = supplement_rows(r, rows, (2, 7, 8, 9, 16))
            name, values = "effective", column(r, len(of), MAX_QUANTITY + 1)
        else:
            of = supplement_rows(r, rows, (3, 17))
            name, values = "asked", lines(r, len(of), 1, budget)
        for row, value in zip(of, values):
            row[name] = value


def events(payload, frame_first, frame_count):
    """The events of a payload as dictionaries."""
    r = Reader(payload)
    if r.varint() != len(payload) - r.at:
        raise Damaged("the payload's length")
    first, count, time = r.varint(), r.varint(), r.varint()
    if (first, count) != (frame_first, frame_count):
        raise Damaged("the payload does not agree with its frame")
    tags = column(r, count, 64)
    steps = column(r, count)
    if any(tag >> 1 not in KINDS for tag in tags):
        raise Damaged("an unknown kind of event")
    if steps[0] != 0 or tags[-1] % 2:
        raise Damaged("the first time step, or the end of the last step")
    if time + sum(steps) > MAX_QUANTITY:
        raise Damaged("a time is too large")
    rows = []
    for index in range(count):
        time += steps[index]
        rows.append({"seq": first + index, "time": time, "kind": tags[index] >> 1, "more": tags[index] & 1})
    budget = [MAX_LINES]
    for kind in KINDS:
        own = [row for row in rows if row["kind"] == kind]
        if not own:
            continue
        for name, values in group(r, kind, [row["seq"] for row in own], first, budget).items():
            for row, value in zip(own, values):
                row[name] = value
    supplements(r, rows, budget)
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
    if sha256(data[:112]) != data[112:144] or reserved > 3:
        raise Damaged("a segment's header does not match its check")
    if log is not None and log_id != log:
        raise Damaged("a segment of another log")
    if max(segment_size, every) > MAX_QUANTITY:
        raise Damaged("a segment's settings are out of range")
    if (number, first - 1, previous, epoch) != head:
        raise Damaged("a segment that does not continue the one before it")
    return log_id


def extent_at(data, at):
    """(epoch, number, first, count, payload's place, end) that a frame's header at `at` claims, or None."""
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
    end = r.at + length
    if r.at != at + 8 + size or end > len(data) or count > 262_144 or (count == 0) != (length == 0):
        return None
    if length > MAX_LZ4 or epoch < 1 or number >= MAX_QUANTITY or not 1 <= first <= MAX_QUANTITY:
        return None
    return epoch, number, first, count, r.at, end


def frame_at(data, at, log):
    """(previous, head, first, count, payload, end) of the valid frame at `at`, or None."""
    extent = extent_at(data, at)
    if extent is None:
        return None
    epoch, number, first, count, place, end = extent
    own = sha256(log, data[at : at + 40], data[at + 56 : end])
    if own[:16] != data[at + 40 : at + 56]:
        return None
    return data[at + 8 : at + 40], (number + 1, first + count - 1, own, epoch), first, count, data[place:end], end


def torn_bytes(data, at, log):
    """Torn tail or damage: how many bytes from `at` on are a frame that was never acknowledged."""
    window = data[at : at + MAX_FRAME]
    mark = struct.pack("<I", 0x184D2A5F)
    budget = SEARCH_BUDGET
    place = window.find(mark, 1)
    while place >= 0:
        extent = extent_at(data, at + place)
        if extent:
            budget -= extent[-1] - at - place
            if budget < 0:
                raise Damaged(f"at byte {at}: too much that looks like frames follows")
            if frame_at(data, at + place, log):
                raise Damaged(f"at byte {at}: a valid frame follows at byte {at + place}")
        place = window.find(mark, place + 1)
    return len(window.rstrip(b"\0"))


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


def numbered(directory, folder, suffix):
    """The names of 20 digits in a folder, with their numbers, ascending."""
    try:
        names = os.listdir(os.path.join(directory, folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    pattern = re.compile(r"([0-9]{20})" + re.escape(suffix))
    found = [(int(m[1]), name) for name in names if (m := pattern.fullmatch(name)) and int(m[1]) < 2**64]
    return sorted(found)


def frames(directory, log):
    """Every frame of the log in order; checks the chain. Yields (head, place, first, count, payload)."""
    segments = numbered(directory, "segments", ".lz4")
    if not segments or segments[0][0] != 1:
        raise Damaged("the first segment is missing")
    head = NO_FRAME
    for number, name in segments:
        with open(os.path.join(directory, "segments", name), "rb") as file:
            data = file.read()
        if number != head[1] + 1:
            raise Damaged(f"{name} does not begin with event {head[1] + 1}")
        log.id = segment_header(data, log.id, head)
        at = SEGMENT_HEADER
        while frame := frame_at(data, at, log.id):
            previous, own, first, count, payload, end = frame
            if previous != head[2] or own[0] != head[0] + 1:
                raise Damaged(f"{name} at byte {at}: the chain is broken")
            yield own, (number, at), first, count, payload
            head, at = own, end
        if name != segments[-1][1]:
            if at != len(data):
                raise Damaged(f"{name} at byte {at}: no frame in a sealed segment")
        else:
            log.torn = torn_bytes(data, at, log.id)


# --- Snapshot files


def snapshot(directory, number, name):
    """(sequence, head, place, state digest, log) of a snapshot file; Damaged if its bytes fail their checks."""
    with open(os.path.join(directory, "snapshots", name), "rb") as file:
        data = file.read()
    if len(data) < 192 or struct.unpack_from("<II8s", data) != (0x184D2A50, 184, b"TALLYSNP"):
        raise Damaged("no snapshot")
    if struct.unpack_from("<II", data, 16) != (3, 0) or sha256(data[:160]) != data[160:192]:
        raise Damaged("a snapshot's header")
    fields = struct.unpack_from("<16sQQQ32sQQQ32sQ", data, 24)
    log, sequence, last, next_frame, own, epoch, segment, at, digest, length = fields
    if max(sequence, last, next_frame, epoch, segment, at) > MAX_QUANTITY or length > 1 << 36:
        raise Damaged("a snapshot with numbers out of range")
    if next_frame == 0 and sequence > 0:
        raise Damaged("a snapshot of an event in no frame")
    compressed = len(data) - 192
    if length > max(1 << 24, 64 * compressed) or compressed > length + length // 256 + 1024:
        raise Damaged("a snapshot that compresses too well, or too badly")
    state = decompress(data[192:], length)
    if len(state) != length or sha256(state) != digest:
        raise Damaged("a snapshot's state does not match its digest")
    return sequence, (next_frame, last, own, epoch), (segment, at), digest, log


class Snapshots:
    """What snapshots say of the log, compared with what the replay sees."""

    def __init__(self, directory):
        self.told = {}
        self.seen = {}
        for number, name in numbered(directory, "snapshots", ".snapshot"):
            try:
                self.told[number] = snapshot(directory, number, name)
            except Damaged as error:
                print(f"{name}: {error}", file=sys.stderr)
        self.stops = {told[0] for told in self.told.values()}

    def look(self, sequence, head, place, books):
        if sequence in self.stops:
            digest = None if books.broken else sha256(books.canonical_form())
            self.seen[sequence] = head, place, books.step.is_open, digest

    def judge(self, log, has_ended):
        for number, (sequence, head, place, digest, own_log) in self.told.items():
            if sequence != number or own_log != log:
                raise Inconsistent(f"snapshot {number} has another's name, or is of another log")
            if sequence not in self.seen:
                if has_ended:
                    raise Inconsistent(f"snapshot {number} is of no event of the log")
                continue
            seen_head, seen_place, is_open, seen_digest = self.seen[sequence]
            if is_open or (sequence > 0 and (head, place) != (seen_head, seen_place)):
                raise Inconsistent(f"snapshot {number} is of another frame or inside a step")
            if seen_digest not in (None, digest):
                raise Inconsistent(f"snapshot {number} is of another state")


# --- The form of a step


class Step:
    """What the events of a step, so far, lead one to expect."""

    def __init__(self):
        self.is_open = False
        self.time = 0
        self.registered = set()
        self.released = []  # (reservation, did it leave nothing open, nothing of its one item, {item: quantity})
        self.commands = []
        self.contents = []
        self.keys = 0

    def judge(self, e, books):
        """Before the event is folded; `books` are of before it."""
        kind, by_adjust = e["kind"], e["kind"] == 5 and e["cause"] == 1
        if self.is_open and e["time"] != self.time:
            self.refuse("one step, two times")
        self.time = e["time"]
        self.keys += bool(e.get("key"))
        if kind != 1 and self.registered and not self.registered <= stocked(e):
            self.refuse("an item is registered, and no stock moves into it")
        if kind not in (5, 8) and self.released or kind == 5 and not by_adjust and self.released:
            self.refuse("a release for an adjust that does not come")
        if kind == 1:
            self.registered.add(len(books.items))
        else:
            self.registered = set()
        if by_adjust and e["key"]:
            self.refuse("a release for an adjust has a key")
        if kind in (6, 18) and (self.is_open or e["more"]):
            self.refuse("an expiry, or a filling, is a step of its own")
        if kind in (27, 28) and (self.is_open or e["more"]):
            self.refuse("what a consumer has handled is a step of its own")
        if kind == 29 and (self.is_open or e["more"]):
            self.refuse("what was refused is told in a step of its own")
        if kind == 8:
            self.judge_releases(e, books)
        if kind == 11:
            self.judge_batch(e, books)
        elif kind not in (1, 6, 18, 27, 28, 29) and not by_adjust:
            self.commands.append(e["seq"])
            self.contents.append(content(e, books))
            if e.get("key") and self.contents[-1] is not None and sha256(self.contents[-1])[:16] != e["key"][1]:
                raise Violated("key-content", "a key's digest is of something else")

    def end(self, e):
        """After the event is folded."""
        if e["kind"] == 5 and e["cause"] == 1 and not e["more"]:
            self.refuse("a release for an adjust that does not come")
        if e["kind"] == 8:
            self.released = []
        self.is_open = bool(e["more"])
        if self.is_open:
            return
        # Registrations alone are a register's.
        if self.registered and (e["kind"] != 1 or self.commands):
            self.refuse("an item is registered, and no stock moves into it")
        if e["kind"] != 11 and len(self.commands) > 1 and self.keys:
            self.refuse("a command of several has a key")
        if len(self.commands) > 8192:
            self.refuse("a step of too many commands")
        self.__init__()

    def refuse(self, message):
        raise Violated("step-form", message)

    def judge_releases(self, e, books):
        item, policy = e["item"], e["policy"]
        if not self.released or item >= len(books.items):
            return
        if policy == 0:
            self.refuse("releases without a policy")
        trims = policy > 2
        if not all((len(lines) == 1 if trims else whole) and item in lines for _, whole, _, lines in self.released):
            self.refuse("a release in part, or of what does not hold the item")
        if trims and not all(all_of_item for _, _, all_of_item, _ in self.released[:-1]):
            self.refuse("a part of a hold, and another after it")
        released = [reservation for reservation, _, _, _ in self.released]
        if released != sorted(released, reverse=policy % 2 == 1):
            self.refuse("releases in the wrong order")
        last = released[-1]
        for sequence, reservation in books.open.items():
            comes_before = sequence > last if policy % 2 == 1 else sequence < last
            if comes_before and reservation["lines"].get(item, (0, 0))[1] > 0:
                self.refuse(f"reservation {sequence} comes before {last}")
        given = self.released[-1][3][item]
        left = books.items[item][2] - books.items[item][3] + e["change"]
        if left - given >= 0:
            self.refuse("a release without need")
        if trims and left != 0:
            self.refuse("more or less released than is missing")

    def judge_batch(self, e, books):
        if not e["key"] or self.keys > 1 or e["more"]:
            self.refuse("a batch without key, with another's key, or not at the end of its step")
        if [sequence for sequence, is_repeat in e["results"] if not is_repeat] != self.commands:
            self.refuse("results that are not the step's commands")
        if any(is_repeat and sequence not in books.repeatable for sequence, is_repeat in e["results"]):
            self.refuse("a repeat of what no command repeats")
        if any(is_repeat for _, is_repeat in e["results"]) or None in self.contents:
            return
        whole = struct.pack("<BI", 11, len(self.contents)) + b"".join(self.contents)
        if sha256(whole)[:16] != e["key"][1]:
            raise Violated("key-content", "a batch's digest is of something else")


def stocked(e):
    """The items that an event moves stock into, or gives a recipe."""
    if e["kind"] == 25:
        return {e["item"]}
    if e["kind"] in (2, 7):
        return {number for number, _ in e["lines"]}
    return {e["to"]} if e["kind"] in (9, 15) else set()


# --- Content of a command


def content(e, books):
    """What the command of an event asked; None where it names what there is not. `books` are of before the event."""

    def string(value):
        return struct.pack("<H", len(value)) + value

    def item(number):
        return string(books.items[number][0]) + string(books.items[number][1])

    def several(lines):
        named = sorted((books.items[number][:2], number, quantity) for number, quantity in lines)
        return struct.pack("<I", len(named)) + b"".join(item(n) + struct.pack("<Q", q) for _, n, q in named)

    kind = e["kind"]
    dated = struct.pack("<BQ", 128, e["effective"]) if "effective" in e else b""
    told = e.get("lines", []) + e.get("asked", []) + e.get("parts", []) + e.get("places", [])
    named = [number for number, _ in told] + [e[part] for part in ("item", "from", "to") if part in e]
    if any(number >= len(books.items) for number in named) or "of" in e and kind not in (16, 19) and e["of"] not in books.open:
        return None
    out = bytes([3 if kind == 17 else kind])
    if kind in (2, 7):
        return out + several(e["lines"]) + string(e["text"]) + dated
    if kind in (3, 17):
        asked = e.get("asked", e["lines"])
        return out + string(e["id"]) + several(asked) + string(e["customer"]) + struct.pack("<Q", e["ttl"])
    if kind in (4, 5):
        out += string(books.open[e["of"]]["id"])
        return out + (b"\1" + several(e["lines"]) if e["lines"] else b"\0")
    if kind == 16:
        return out + string(e["id"]) + several(e["lines"]) + string(e["text"]) + dated
    if kind == 19:
        return out + string(e["id"]) + struct.pack("<Q", e["ttl"])
    if kind == 12:
        return out + string(books.open[e["of"]]["id"]) + struct.pack("<Q", e["ttl"])
    if kind in (13, 14):
        return out + string(books.open[e["of"]]["id"]) + several(e["lines"])
    if kind == 8:
        amount = e["change"] + (books.items[e["item"]][2] if e["form"] == 1 else 0)
        out += item(e["item"]) + struct.pack("<Bq", e["form"], amount) + string(e["text"]) + bytes([e["policy"]])
        return out + dated
    if kind == 24:
        return out + item(e["item"]) + struct.pack("<Q", e["floor"])
    if kind == 25:
        return out + item(e["item"]) + several(e["parts"])
    if kind == 26:
        order = sorted(e["places"], key=lambda place: place[1])
        locations = b"".join(string(books.items[number][1]) for number, _ in order)
        return out + string(books.items[e["item"]][0]) + struct.pack("<I", len(order)) + locations
    if kind in (9, 15):
        sku, source = books.items[e["from"]][:2]
        out += string(sku) + string(source) + string(books.items[e["to"]][1]) + struct.pack("<Q", e["quantity"])
        if kind == 9:
            return out + dated
        if any(reservation not in books.open for reservation, _ in e["holds"]):
            return None
        if e["all"]:
            return out + b"\1"
        ids = sorted(books.open[reservation]["id"] for reservation, _ in e["holds"])
        return out + b"\0" + struct.pack("<I", len(ids)) + b"".join(map(string, ids))
    return out + item(e["item"]) + struct.pack("<Q", e["limit"])


# --- What an event does


class Books:
    def __init__(self):
        self.last_sequence = 0
        self.last_time = 0
        self.items = []  # [sku, location, on hand, held, last change, limit + 1, limit since]
        self.numbers = {}
        self.floors = {}  # above 0
        self.recipes = {}  # of items that have one: [has it stock of its own, parts]
        self.preferences = {}  # of SKUs that have one: item numbers in order
        self.consumers = {}  # name: (position, the event that said so)
        self.of_consumers = (0, 0)  # the last event about consumers, and the last before about anything else
        self.open = {}  # sequence: id, customer, time, expires, flags, {item: [reserved, open]}
        self.closed = {}  # sequence: the reservation as it was
        self.sales = {}  # of every reservation: id, customer, {item: sold and not come back}
        self.waiting = set()  # those of `open` who stand in line
        self.counts = {}
        self.names = set()
        self.repeatable = set()  # what a command of a batch may be a repeat of
        self.step = Step()
        self.broken = None  # (rule, event) of the first rule that is broken; nothing is folded from there on

    def change(self, number, on_hand, held):
        if number >= len(self.items):
            raise Violated("unknown-item", "an unknown item")
        item = self.items[number]
        item[2] += on_hand
        item[3] += held
        item[4] = self.last_sequence
        if on_hand > 0 and item[2] > 0 and number in self.recipes:
            self.recipes[number][0] = 1
        if item[3] < 0:
            raise Violated("negative-held", f"item {item[0]} has {item[3]} held")
        if item[2] < 0:
            raise Violated("negative-on-hand", f"item {item[0]} has {item[2]} on hand")
        if item[3] > item[2]:
            raise Violated("oversold", f"item {item[0]} has {item[2]} on hand and {item[3]} held")
        if item[2] > MAX_QUANTITY:
            raise Violated("overflow", f"item {item[0]} has {item[2]} on hand")
        return item

    def claim(self, name):
        check_name(name)
        if name in self.names:
            raise Violated("id-reused", f"the name {name} a second time")
        self.names.add(name)

    def due(self, time):
        return [(r["expires"], s) for s, r in self.open.items() if 0 < r["expires"] <= time]

    def wanted(self, number, before=MAX_QUANTITY):
        """What those in line want of an item; of those before an event only."""
        return sum(self.open[s]["lines"].get(number, (0, 0))[0] for s in self.waiting if s < before)

    def available(self, number):
        return self.items[number][2] - self.items[number][3] - self.floors.get(number, 0)

    def can_be_filled(self, sequence):
        return all(
            self.available(number) - self.wanted(number, sequence) >= reserved
            for number, (reserved, _) in self.open[sequence]["lines"].items()
        )

    def next_in_line(self):
        return next((sequence for sequence in sorted(self.waiting) if self.can_be_filled(sequence)), None)

    def judge_line(self, e):
        """Who can be filled is filled before anything else happens."""
        if not self.waiting or self.step.is_open:
            return
        if e["kind"] in (6, 18) and e["time"] == self.last_time:
            return
        if self.next_in_line() is not None:
            raise Violated("filling-late", "somebody in line could have been filled")

    def fold(self, e):
        kind = e["kind"]
        if e["time"] < self.last_time:
            raise Violated("time-backwards", "time goes backwards")
        if kind != 6 and self.may_be_due(e["time"]) and self.due(e["time"]):
            raise Violated("expiry-late", "a due hold was not expired first")
        self.judge_line(e)
        self.last_sequence, self.last_time = e["seq"], e["time"]
        if e.get("key"):
            self.claim(e["key"][0])
        if kind in (2, 3, 7, 17):
            self.check_lines(e)
        self.step.judge(e, self)
        if "text" in e:
            check_name(e["text"], 0)
        if kind == 1:
            self.register(e)
        elif kind in (2, 7):
            for number, quantity in e["lines"]:
                self.change(number, quantity, 0)
        elif kind == 3:
            self.reserve(e)
        elif kind == 17:
            self.wait(e)
        elif kind == 18:
            self.fill(e)
        elif kind in (4, 5, 6):
            self.settle(e)
        elif kind == 8:
            if abs(e["change"]) > MAX_QUANTITY or e["form"] == 0 and e["change"] == 0:
                raise Violated("quantity-range", "an adjustment by nothing, or by too much")
            self.change(e["item"], e["change"], 0)
        elif kind == 9:
            self.transfer(e)
        elif kind == 10:
            self.limit(e)
        elif kind == 16:
            self.take_back(e)
        elif kind == 24:
            self.change(e["item"], 0, 0)
            self.floors[e["item"]] = e["floor"]
        elif kind == 25:
            self.set_recipe(e)
        elif kind == 26:
            self.set_preference(e)
        elif kind == 29:
            if e["item"] > len(self.items):
                raise Violated("unknown-item", f"item {e['item'] - 1} was refused and does not exist")
            if not 1 <= e["asks"] <= e["units"]:
                raise Violated("refusal-form", f"{e['asks']} asks for {e['units']} units")
        elif kind in (27, 28):
            self.consume(e)
        elif kind == 15:
            self.transfer_with(e)
        elif kind == 19:
            self.reopen(e)
        elif kind == 12:
            self.extend(e)
        elif kind == 13:
            self.amend(e)
        elif kind == 14:
            self.take_more(e)
            self.settle(e)
        self.step.end(e)

    def judge_floor(self, number):
        if self.available(number) < 0:
            raise Violated("floor-passed", f"item {self.items[number][0]} is below its floor")

    def consume(self, e):
        consumer, sequence = e["consumer"], e["seq"]
        check_name(consumer)
        last, other = self.of_consumers
        self.of_consumers = sequence, other if last and last == sequence - 1 else sequence - 1
        if e["kind"] == 28:
            if self.consumers.pop(consumer, None) is None:
                raise Violated("unknown-consumer", f"there is no consumer {consumer}")
            if not self.consumers:
                self.of_consumers = 0, 0
            return
        if e["position"] >= sequence:
            raise Violated("acknowledged-ahead", f"consumer {consumer} has handled what is to come")
        if consumer in self.consumers and e["position"] <= self.consumers[consumer][0]:
            raise Violated("acknowledged-backwards", f"consumer {consumer} goes back")
        self.consumers[consumer] = e["position"], sequence
        if len(self.consumers) > 1024:
            raise Violated("consumer-limit", "too many consumers")

    def set_recipe(self, e):
        number, parts = e["item"], e["parts"]
        self.change(number, 0, 0)
        self.check_lines({"lines": parts})
        if parts:
            used = {part for _, others in self.recipes.values() for part, _ in others}
            if len(parts) > 256 or number in used:
                raise Violated("recipe-form", "a recipe of too many parts, or of a part")
            if any(part == number or part in self.recipes for part, _ in parts):
                raise Violated("recipe-form", "a part that is the item, or has a recipe")
        self.recipes.pop(number, None)
        if parts:
            self.recipes[number] = [int(self.items[number][2] > 0), parts]

    def set_preference(self, e):
        if e["item"] >= len(self.items):
            raise Violated("unknown-item", "an unknown item")
        self.check_lines({"lines": e["places"]})
        sku = self.items[e["item"]][0]
        order = sorted((place, number) for number, place in e["places"])
        if [place for place, _ in order] != list(range(1, len(order) + 1)):
            raise Violated("preference-form", "places that are not 1 to n")
        if any(self.items[number][0] != sku for _, number in order):
            raise Violated("preference-form", "an item of another SKU")
        self.preferences.pop(sku, None)
        if order:
            self.preferences[sku] = [number for _, number in order]

    def check_parts(self, e):
        """Whether a reservation takes what its items' recipes say."""
        asked = e.get("asked")
        if asked is None:
            if any(number in self.recipes for number, _ in e["lines"]):
                raise Violated("parts-not-taken", "something has a recipe, and its parts are not taken")
            return
        self.check_lines({"lines": asked})
        taken = {}
        for number, quantity in asked:
            own, parts = self.recipes.get(number, (1, []))
            for part, units in [(number, 1)] * own + parts:
                taken[part] = taken.get(part, 0) + units * quantity
        if sorted(taken.items()) != e["lines"] or not any(number in self.recipes for number, _ in asked):
            raise Violated("parts-not-taken", "not what the recipes make of what was asked")

    def check_lines(self, e, least=1):
        seen = -1
        for number, quantity in e.get("lines", []):
            if number <= seen:
                raise Violated("line-order", "lines out of order")
            if number >= len(self.items):
                raise Violated("unknown-item", "an unknown item")
            if not least <= quantity <= MAX_QUANTITY:
                raise Violated("quantity-range", "a quantity out of range")
            seen = number

    def register(self, e):
        check_name(e["sku"])
        check_name(e["location"])
        pair = (e["sku"], e["location"])
        if pair in self.numbers:
            raise Violated("item-registered-twice", f"{pair} is registered twice")
        self.numbers[pair] = len(self.items)
        self.items.append([e["sku"], e["location"], 0, 0, e["seq"], 0, 0])

    def take_back(self, e):
        check_name(e["id"])
        check_name(e["customer"], 0)
        self.check_lines(e)
        if e["of"] not in self.sales:
            raise Violated("unknown-reservation", "an unknown reservation")
        id, customer, left = self.sales[e["of"]]
        if (id, customer) != (e["id"], e["customer"]):
            raise Violated("returned-beyond-sold", "a return of another's order")
        for number, quantity in e["lines"]:
            if quantity > left.get(number, 0):
                raise Violated("returned-beyond-sold", "more comes back than was sold")
            left[number] -= quantity
            item = self.change(number, quantity, 0)
            if item[5] and item[6] < e["of"] and customer:
                self.counts[number, customer] = max(0, self.counts.get((number, customer), 0) - quantity)

    def transfer_with(self, e):
        source, target, quantity = e["from"], e["to"], e["quantity"]
        self.check_transfer(e)
        held, last = 0, 0
        for sequence, units in e["holds"]:
            if sequence <= last:
                raise Violated("line-order", "holds out of order")
            last = sequence
            if not 1 <= units <= quantity - held:
                raise Violated("quantity-range", "more of a hold than moves")
            held += units
            if self.find_hold({"of": sequence})["lines"].get(source, (0, 0))[1] < units:
                raise Violated("settled-beyond-open", "moved beyond what is open")
        self.judge_selection(e)
        for sequence, units in e["holds"]:
            reservation = self.open[sequence]
            mine = reservation["lines"]
            for number, change in ((source, -units), (target, units)):
                line = mine.setdefault(number, [0, 0])
                line[0] += change
                line[1] += change
                item = self.items[number]
                if item[5] and item[6] < sequence:
                    pair = (number, reservation["customer"])
                    self.counts[pair] = min(self.counts.get(pair, 0) + change, MAX_QUANTITY)
            reservation["lines"] = {number: line for number, line in mine.items() if line[0]}
            if len(reservation["lines"]) > 4096 or any(line[0] > MAX_QUANTITY for line in mine.values()):
                raise Violated("overflow", "too many lines, or too much in one")
            reservation["flags"] |= 128
        self.change(source, -quantity, -held)
        if held < quantity:
            self.judge_floor(source)
        self.change(target, quantity, held)

    def judge_selection(self, e):
        """Whether these are the holds that the command's selection makes."""
        source = e["from"]

        def still_open(sequence):
            return self.open[sequence]["lines"].get(source, (0, 0))[1]

        whole = [units == still_open(sequence) for sequence, units in e["holds"]]
        if not e["all"]:
            if not whole or not all(whole):
                self.step.refuse("of a reservation that is named not all moves")
            return
        moved, held = sum(units for _, units in e["holds"]), self.items[source][3]
        if not all(whole[:-1]) or moved != min(e["quantity"], held):
            self.step.refuse("a part of a hold, and another after it, or too little")
        listed = {sequence for sequence, _ in e["holds"]}
        if moved < held and any(
            sequence not in listed and sequence < max(listed) and still_open(sequence) for sequence in self.open
        ):
            self.step.refuse("a hold that comes before")

    def check_transfer(self, e):
        if e["from"] == e["to"]:
            raise Violated("transfer-to-itself", "a transfer to itself")
        for number in (e["from"], e["to"]):
            if number >= len(self.items):
                raise Violated("unknown-item", "an unknown item")
        if self.items[e["from"]][0] != self.items[e["to"]][0]:
            raise Violated("step-form", "a transfer to another SKU")
        if not 1 <= e["quantity"] <= MAX_QUANTITY:
            raise Violated("quantity-range", "a transfer of nothing")

    def transfer(self, e):
        self.check_transfer(e)
        self.change(e["from"], -e["quantity"], 0)
        self.judge_floor(e["from"])
        self.change(e["to"], e["quantity"], 0)

    next_due = MAX_QUANTITY + 1

    def may_be_due(self, time):
        """A bound, so that not every event looks at every hold."""
        return self.next_due <= time

    def reserve(self, e):
        self.claim(e["id"])
        self.check_parts(e)
        if e["customer"]:
            check_name(e["customer"])
        expires = e["time"] + e["ttl"] if e["ttl"] else 0
        if expires > MAX_QUANTITY:
            raise Violated("overflow", "an expiry that is no time")
        for number, quantity in e["lines"]:
            item = self.change(number, 0, quantity)
            self.judge_floor(number)
            if self.available(number) < self.wanted(number):
                raise Violated("overtaking", "others wait for what is reserved")
            self.count(e, number, quantity)
        self.sales[e["seq"]] = e["id"], e["customer"], {}
        self.repeatable.add(e["seq"])
        self.open[e["seq"]] = {
            "id": e["id"], "customer": e["customer"], "time": e["time"], "expires": expires,
            "flags": 128 if "asked" in e else 0,
            "lines": {number: [quantity, quantity] for number, quantity in e["lines"]},
        }
        if expires:
            self.next_due = min(self.next_due, expires)

    def count(self, e, number, quantity):
        item = self.items[number]
        if item[5]:
            if not e["customer"]:
                raise Violated("limit-without-customer", "a limited item without a customer")
            count = self.counts.get((number, e["customer"]), 0) + quantity
            if count > item[5] - 1:
                raise Violated("limit-exceeded", "a customer's limit")
            self.counts[number, e["customer"]] = count

    def wait(self, e):
        self.claim(e["id"])
        self.check_parts(e)
        if e["customer"]:
            check_name(e["customer"])
        if max(e["ttl"], e["wait"]) > MAX_QUANTITY - e["time"]:
            raise Violated("overflow", "an end that is no time")
        for number, quantity in e["lines"]:
            self.change(number, 0, 0)
            if self.wanted(number) + quantity > MAX_QUANTITY:
                raise Violated("overflow", "more is waited for than can be")
            self.count(e, number, quantity)
        self.repeatable.add(e["seq"])
        gives_up = e["time"] + e["wait"] if e["wait"] else 0
        self.open[e["seq"]] = {
            "id": e["id"], "customer": e["customer"], "time": e["time"], "expires": gives_up,
            "flags": 128 if "asked" in e else 0,
            "lines": {number: [quantity, 0] for number, quantity in e["lines"]}, "ttl": e["ttl"],
        }
        self.waiting.add(e["seq"])
        self.sales[e["seq"]] = e["id"], e["customer"], {}
        if gives_up:
            self.next_due = min(self.next_due, gives_up)

    def fill(self, e):
        sequence = e["of"]
        if sequence in self.closed:
            raise Violated("settled-twice", "filled when it was closed")
        if sequence not in self.open:
            raise Violated("unknown-reservation", "an unknown reservation")
        if sequence not in self.waiting:
            raise Violated("not-waiting", "filled, and does not wait")
        reservation = self.open[sequence]
        if self.next_in_line() != sequence:
            for number, (reserved, _) in reservation["lines"].items():
                if self.available(number) < reserved:
                    raise Violated("filled-without-stock", "filled with what there is not")
            raise Violated("overtaking", "filled before its turn")
        self.waiting.remove(sequence)
        for number, line in reservation["lines"].items():
            line[1] = line[0]
            self.change(number, 0, line[0])
        ttl = reservation["ttl"]
        reservation["expires"] = min(e["time"] + ttl, MAX_QUANTITY) if ttl else 0
        if ttl:
            self.next_due = min(self.next_due, reservation["expires"])

    def give_up(self, e):
        """The end of what waits: a release of all of it, or an expiry."""
        if e["kind"] == 4 or e.get("lines"):
            raise Violated("settled-beyond-open", "what waits holds nothing")
        reservation = self.open[e["of"]]
        self.waiting.remove(e["of"])
        for number, (reserved, _) in reservation["lines"].items():
            item = self.change(number, 0, 0)
            if item[5] and item[6] < e["of"]:
                pair = (number, reservation["customer"])
                self.counts[pair] = self.counts.get(pair, 0) - reserved
        if e["kind"] == 5 and e["cause"] == 1:
            self.step.released.append((e["of"], True, False, {}))
        elif e["kind"] == 5:
            self.repeatable.add(e["seq"])
        self.close(e["of"])

    def find(self, e):
        if e["of"] not in self.open:
            if e["of"] in self.closed:
                raise Violated("settled-twice", "settled twice")
            raise Violated("unknown-reservation", "an unknown reservation")
        return self.open[e["of"]]

    def close(self, sequence):
        self.closed[sequence] = self.open.pop(sequence)
        self.find_next_due()

    def find_next_due(self):
        self.next_due = min((r["expires"] for r in self.open.values() if r["expires"]), default=MAX_QUANTITY + 1)

    def find_hold(self, e):
        """What is extended, amended or moved, or of which more is committed, holds something."""
        if e["of"] in self.waiting:
            raise Violated("settled-beyond-open", "what waits holds nothing")
        return self.find(e)

    def reopen(self, e):
        check_name(e["id"])
        check_name(e["customer"], 0)
        self.check_lines(e)
        if e["of"] in self.open:
            raise Violated("reopened-otherwise", "it is open")
        if e["of"] not in self.closed:
            raise Violated("unknown-reservation", "an unknown reservation")
        before = self.closed[e["of"]]
        if (before["id"], before["customer"], before["time"]) != (e["id"], e["customer"], e["made"]):
            raise Violated("reopened-otherwise", "another's")
        had = sorted((number, line[0]) for number, line in before["lines"].items() if line[0])
        if had != e["lines"] or self.sales[e["of"]][2]:
            raise Violated("reopened-otherwise", "something was sold, or something else let go")
        expires = e["time"] + e["ttl"] if e["ttl"] else 0
        if expires > MAX_QUANTITY:
            raise Violated("overflow", "an expiry that is no time")
        reservation = {**before, "expires": expires, "flags": 128, "lines": {}}
        for number, quantity in e["lines"]:
            self.hold(e, reservation, number, quantity, reopens=True)
        del self.closed[e["of"]]
        self.open[e["of"]] = reservation
        self.find_next_due()

    def extend(self, e):
        reservation = self.find_hold(e)
        reservation["expires"] = e["time"] + e["ttl"] if e["ttl"] else 0
        if reservation["expires"] > MAX_QUANTITY:
            raise Violated("overflow", "an expiry that is no time")
        reservation["flags"] |= 128
        self.find_next_due()

    def hold(self, e, reservation, number, quantity, reopens=False):
        """A reservation holds `quantity` of an item from now on."""
        line = reservation["lines"].setdefault(number, [0, 0])
        more = quantity - line[1]
        item = self.change(number, 0, more)
        if more > 0:
            self.judge_floor(number)
            if self.available(number) < self.wanted(number):
                raise Violated("overtaking", "others wait for what is taken")
            if number in self.recipes and not reopens:
                raise Violated("parts-not-taken", "more of what has a recipe, without its parts")
        counts = item[6] < e["of"]
        pair = (number, reservation["customer"])
        if more > 0 and item[5]:
            if not reservation["customer"]:
                raise Violated("limit-without-customer", "a limited item without a customer")
            if self.counts.get(pair, 0) + (more if counts else quantity) > item[5] - 1:
                raise Violated("limit-exceeded", "a customer's limit")
        if item[5] and counts:
            self.counts[pair] = self.counts.get(pair, 0) + more
        line[0] += more
        line[1] = quantity
        if line[0] > MAX_QUANTITY:
            raise Violated("overflow", "too much in one line")

    def want_less(self, e):
        """An amendment of what waits: it keeps its place."""
        reservation = self.open[e["of"]]
        before = {number: list(line) for number, line in reservation["lines"].items()}
        self.check_lines(e, least=0)
        for number, quantity in e["lines"]:
            line = reservation["lines"].get(number, [0, 0])
            if quantity > line[0]:
                raise Violated("settled-beyond-open", "what waits cannot be made to wait for more")
            item = self.change(number, 0, 0)
            if item[5] and item[6] < e["of"]:
                pair = (number, reservation["customer"])
                self.counts[pair] = self.counts.get(pair, 0) - (line[0] - quantity)
            line[0] = quantity
        reservation["flags"] |= 128
        reservation["lines"] = {number: line for number, line in reservation["lines"].items() if line[0]}
        if not reservation["lines"]:
            reservation["lines"] = before
            self.waiting.remove(e["of"])
            self.close(e["of"])

    def amend(self, e):
        if e["of"] in self.waiting:
            return self.want_less(e)
        reservation = self.find_hold(e)
        before = {number: list(line) for number, line in reservation["lines"].items()}
        self.check_lines(e, least=0)
        for number, quantity in e["lines"]:
            self.hold(e, reservation, number, quantity)
        reservation["flags"] |= 128
        if any(line[1] for line in reservation["lines"].values()):
            reservation["lines"] = {number: line for number, line in reservation["lines"].items() if line[0]}
            if len(reservation["lines"]) > 4096:
                raise Violated("overflow", "too many lines")
        else:
            reservation["lines"] = before
            self.close(e["of"])

    def take_more(self, e):
        """Before a commit settles its lines: what it takes beyond what is open of them."""
        reservation = self.find_hold(e)
        self.check_lines(e)
        for number, quantity in e["lines"]:
            if number not in reservation["lines"]:
                raise Violated("settled-beyond-open", "settled beyond what is in the reservation")
            if quantity > reservation["lines"][number][1]:
                self.hold(e, reservation, number, quantity)
                reservation["flags"] |= 128

    def settle(self, e):
        sequence, kind = e["of"], e["kind"]
        reservation = self.find(e)
        held = reservation["lines"]
        if sequence in self.waiting and kind != 6:
            return self.give_up(e)
        self.check_lines(e)
        if kind == 6:
            self.judge_expiry(e, sequence, reservation["expires"])
        if sequence in self.waiting:
            return self.give_up(e)
        open_before = {number: line[1] for number, line in held.items()}
        settled = e.get("lines") or [(number, held[number][1]) for number in sorted(held) if held[number][1]]
        for number, quantity in settled:
            if number not in held or held[number][1] < quantity:
                raise Violated("settled-beyond-open", "settled beyond what is open")
            held[number][1] -= quantity
            if kind in (4, 14):
                sold = self.sales[sequence][2]
                sold[number] = sold.get(number, 0) + quantity
            item = self.change(number, -quantity if kind in (4, 14) else 0, -quantity)
            if kind in (5, 6) and item[5] and item[6] < sequence:
                pair = (number, reservation["customer"])
                self.counts[pair] = self.counts.get(pair, 0) - quantity
        reservation["flags"] |= {4: 1, 5: 2, 6: 0, 14: 1}[kind]
        is_closed = not any(line[1] for line in held.values())
        if kind == 5 and e["cause"] == 1:
            all_of_item = len(settled) == 1 and open_before[settled[0][0]] == settled[0][1]
            self.step.released.append((sequence, is_closed, all_of_item, dict(settled)))
        elif kind in (4, 5) and not e["lines"]:
            self.repeatable.add(e["seq"])
        if is_closed:
            self.close(sequence)

    def judge_expiry(self, e, sequence, expires):
        if not 0 < expires <= e["time"]:
            raise Violated("expiry-early", "expired before its time")
        if min(self.due(e["time"])) != (expires, sequence):
            raise Violated("expiry-late", "another hold was due before")

    def limit(self, e):
        item = self.change(e["item"], 0, 0)
        if e["limit"] == 0:
            item[6] = 0
            self.counts = {pair: count for pair, count in self.counts.items() if pair[0] != e["item"]}
        elif item[5] == 0:
            item[6] = e["seq"]
        item[5] = e["limit"]

    # --- State: canonical form and digest

    def is_told_to_wait(self, sequence):
        """It waits, or it has waited, and its time to live does not follow from when it expires and is not in the log."""
        r = self.open[sequence]
        if sequence in self.waiting or "ttl" not in r or r["flags"] & 128:
            return sequence in self.waiting
        return r["ttl"] != (r["expires"] - r["time"] if r["expires"] else 0)

    def canonical_form(self):
        def number(value):
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
            waits = sequence in self.waiting
            settled = not waits and any(reserved != still_open for _, (reserved, still_open) in lines)
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
        waited = [(sequence, r["ttl"]) for sequence, r in sorted(self.open.items()) if self.is_told_to_wait(sequence)]
        if waited:
            out += [bytes([17]), number(len(waited))]
            last_sequence = 0
            for sequence, ttl in waited:
                out += [number(sequence - last_sequence), bytes([sequence in self.waiting]), number(ttl)]
                last_sequence = sequence
        floors = sorted((item, floor) for item, floor in self.floors.items() if floor)
        if floors:
            out += [bytes([24]), number(len(floors)), *(number(value) for pair in floors for value in pair)]
        if self.recipes:
            out += [bytes([25]), number(len(self.recipes))]
            for item, (own, parts) in sorted(self.recipes.items()):
                out += [number(item), bytes([own]), number(len(parts))]
                out += [number(value) for pair in parts for value in pair]
        if self.preferences:
            out += [bytes([26]), number(len(self.preferences))]
            for sku, order in sorted(self.preferences.items()):
                out += [name(sku), number(len(order)), *map(number, order)]
        if self.consumers:
            out += [bytes([27]), *(number(value) for value in self.of_consumers), number(len(self.consumers))]
            for consumer, (position, sequence) in sorted(self.consumers.items()):
                out += [name(consumer), number(position), number(sequence)]
        return b"".join(out)


# --- Verdicts


class Log:
    """One log: what is found in it, and the verdict."""

    def __init__(self, directory):
        self.directory = directory
        self.id = None
        self.torn = 0
        self.head = NO_FRAME
        self.last_sequence = 0
        self.books = Books()

    def replay(self, floor, snapshots):
        books = self.books
        snapshots.look(0, NO_FRAME, None, books)
        for head, place, first, count, payload in frames(self.directory, self):
            # What cannot be decoded is no frame of the log.
            rows = events(decompress(payload, MAX_PAYLOAD), first, count) if count else []
            self.judge_frame(head, first)
            for event in rows:
                if not books.broken:
                    self.fold(event)
                self.last_sequence = event["seq"]
                books.step.is_open = bool(event["more"])
                snapshots.look(event["seq"], head, place, books)
            floor.see(head)
            self.head = head

    def judge_frame(self, head, first):
        if first != self.head[1] + 1:
            self.violate("sequence-gap", first, "a gap in the sequence")
        if head[3] < self.head[3]:
            self.violate("epoch-backwards", first, "epochs go backwards")

    def fold(self, event):
        try:
            self.books.fold(event)
        except Violated as error:
            self.violate(error.rule, event["seq"], error)

    def violate(self, rule, sequence, message):
        if not self.books.broken:
            print(f"{self.directory}: {rule} at event {sequence}: {message}", file=sys.stderr)
            self.books.broken = rule, sequence

    def verify(self):
        floor, snapshots = Floor(self.directory), Snapshots(self.directory)
        has_ended = False
        try:
            self.replay(floor, snapshots)
            has_ended = True
            floor.belongs_to(self.id)
            floor.judge(self.last_sequence)
        except Damaged as error:
            print(f"{self.directory}: after event {self.last_sequence}: {error}", file=sys.stderr)
            return "damaged"
        try:
            snapshots.judge(self.id, has_ended)
        except Inconsistent as error:
            print(f"{self.directory}: {error}", file=sys.stderr)
            return "inconsistent"
        return "violated" if self.books.broken else "proven"


def main(directories):
    codes = {"proven": 0, "violated": 1, "inconsistent": 1, "damaged": 65}
    worst = 0
    for directory in directories:
        log = Log(directory)
        verdict = log.verify()
        print(f"log={directory}\nverdict={verdict}\nlast_seq={log.head[1]}\nhead_hash={log.head[2].hex()}")
        print(f"torn_bytes={log.torn}")
        if log.books.broken:
            print("rule={}\nrule_seq={}".format(*log.books.broken))
        else:
            print(f"state_digest={sha256(log.books.canonical_form()).hex()}")
        worst = max(worst, codes[verdict])
    return worst


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: verify.py LOG...")
    sys.exit(main(sys.argv[1:]))
