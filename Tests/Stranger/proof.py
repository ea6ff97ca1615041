#!/usr/bin/env python3
"""A stranger's check of proofs: written from Format.md ("Merkle tree, checkpoints and proofs"), RFC 6962, RFC 8032 and
C2SP's signed-note and tlog-cosignature alone. The frame's payload is read by verify.py, beside it.

Usage: proof.py FILE VERIFIER-KEY [WITNESS-KEY…] [--log DIR]: all of these witnesses must have cosigned; a stock that is stated
is looked for in the log, if one is given. Prints name=value lines; exit 0 proven (or signed, of a stock without a log), 1 it does
not hold, 65 it is no proof.
"""

import base64
import hashlib
import json
import re
import sys

import verify


class Refuted(Exception):
    pass


# --- Ed25519: RFC 8032, section 5.1, in affine terms of a field of 2^255 - 19

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, g, h, f = f - e, h - g, h + g, f + e
    return e * g % P, h * f % P, g * h % P, e * f % P


def times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise Refuted("no point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    try:
        a, r = point(key), point(signature[:32])
    except Refuted:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- Signed notes and checkpoints


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("bits behind the end")
    return data


def signature(text, signatures, verifier, kind):
    """What the key's line holds behind the id; refuted unless it has a line."""
    name, wanted, key = verifier.strip().split("+", 2)
    key = unbase64(key)
    if key[0] != kind or hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != wanted:
        raise Refuted("the verifier key")
    for line in signatures.splitlines():
        dash, signer, data = line.split(" ")
        data = unbase64(data)
        if (dash, signer, data[:4].hex()) == ("—", name, wanted):
            return name, key[1:], data[4:]
    raise Refuted("no signature of that key")


def checkpoint(note, verifier, witnesses=()):
    """(log id, last event, frames, root, root over events) of a note that the key signed, and all these witnesses."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    name, key, data = signature(text, signatures, verifier, 1)
    if not signed(key, text.encode(), data):
        raise Refuted("the signature")
    for witness in witnesses:
        _, key, data = signature(text, signatures, witness, 4)
        if len(data) != 72:
            raise Refuted("a cosignature's length")
        message = f"cosignature/v1\ntime {int.from_bytes(data[:8], 'big')}\n{text}"
        if not signed(key, message.encode(), data[8:]):
            raise Refuted("a cosignature")
    origin, frames, root, *more = text.splitlines()
    extent = [line.split(" ") for line in more if line.startswith("tallystick ")]
    if origin != name or not extent:
        raise Refuted("the origin, or no log is named")
    found = bytes.fromhex(extent[0][1]), int(extent[0][2]), int(frames), unbase64(root)
    events = [line.split(" ") for line in more if line.startswith("events ")]
    if events and (len(events[0]) != 3 or events[0][1] != frames or len(unbase64(events[0][2])) != 32):
        raise Refuted("the line of events")
    return (*found, unbase64(events[0][2]) if events else None)


# --- Merkle trees: RFC 6962, section 2.1, by its recursive definitions


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def half(size):
    return 1 << (size - 1).bit_length() - 1


def root_by_path(hash, index, size, path):
    """The root that a leaf leads to; uses the path up from its end."""
    if size == 1:
        if path:
            raise Refuted("a path that is too long")
        return hash
    if not path:
        raise Refuted("a path that is too short")
    if index < half(size):
        return node(root_by_path(hash, index, half(size), path[:-1]), path[-1])
    return node(path[-1], root_by_path(hash, index - half(size), size - half(size), path[:-1]))


def roots_by_path(old, size, path, whole, known):
    """(root of the first `old` leaves, root of all `size`), as section 2.1.2 makes the proof."""
    if old == size:
        if whole:
            if path:
                raise Refuted("a path that is too long")
            return known, known
        if len(path) != 1:
            raise Refuted("a path of the wrong length")
        return path[0], path[0]
    if not path:
        raise Refuted("a path that is too short")
    k = half(size)
    if old <= k:
        before, after = roots_by_path(old, k, path[:-1], whole, known)
        return before, node(after, path[-1])
    before, after = roots_by_path(old - k, size - k, path[:-1], False, known)
    return node(path[-1], before), node(path[-1], after)


def root_of(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    return node(root_of(leaves[:half(len(leaves))]), root_of(leaves[half(len(leaves)):]))


# --- Proofs


def reservation(proof, *keys):
    for item in proof["items"]:
        if (type(item["number"]), type(item["sku"]), type(item["location"])) != (int, str, str):
            raise ValueError("an item")
    log, _, size, root, _ = checkpoint(proof["checkpoint"], keys[0], keys[1:])
    data, number = unbase64(proof["frame"]["bytes"]), proof["frame"]["number"]
    frame = verify.frame_at(data, 0, log)
    if frame is None or frame[5] != len(data) or frame[1][0] != number + 1:
        raise Refuted("the frame")
    path = [unbase64(hash) for hash in proof["frame"]["path"]]
    if number >= size or root_by_path(leaf(frame[1][2]), number, size, path) != root:
        raise Refuted("the way to the root")
    _, _, first, count, payload, _ = frame
    raw = verify.decompress(payload, verify.MAX_PAYLOAD)
    for event in verify.events(raw, first, count):
        if event["seq"] == proof["seq"] and event["kind"] in (3, 17) and event["id"] == proof["id"].encode():
            lines = ",".join(f"{item}={quantity}" for item, quantity in event["lines"])
            return {"type": "reservation", "seq": event["seq"], "time_ms": event["time"], "lines": lines, "frames": size}
    raise Refuted("the event")


def joined(text):
    data = unbase64(text)
    if len(data) % 32 or len(data) > 128 * 32:
        raise ValueError("hashes")
    return [data[place:place + 32] for place in range(0, len(data), 32)]


def event(proof, *keys):
    places = [proof[name] for name in ("frame", "index", "count")]
    if any(type(place) is not int or place < 0 for place in places) or type(proof["event"]) is not str:
        raise ValueError("places")
    frame, index, count = places
    inner, outer = joined(proof["inner"]), joined(proof["outer"])
    _, last, size, _, root = checkpoint(proof["checkpoint"], keys[0], keys[1:])
    if root is None or index >= count or frame >= size:
        raise Refuted("no such place")
    events = root_by_path(leaf(proof["event"].encode()), index, count, inner)
    if root_by_path(leaf(events), frame, size, outer) != root:
        raise Refuted("the way to the root")
    first, *more = proof["event"].split("\n")
    words = first.split(" ")
    if words[0] != "tallystick-event/1" or len(words) != 4 or not more or more[-1] != "" or int(words[1]) > last:
        raise Refuted("the event")
    return {"type": "event", "seq": int(words[1]), "time_ms": int(words[2]), "kind": words[3], "frames": size}


def consistency(proof, *keys):
    old, new = (checkpoint(proof[name], keys[0], keys[1:]) for name in ("old", "new"))
    path = [unbase64(hash) for hash in proof["path"]]
    if old[0] != new[0] or not old[2] <= new[2]:
        raise Refuted("checkpoints of different logs, or in the wrong order")
    if old[2] == 0 or old[2] == new[2]:
        if path or (old[2] and old[3] != new[3]) or (not old[2] and old[3] != hashlib.sha256().digest()):
            raise Refuted("the roots")
    elif roots_by_path(old[2], new[2], path, True, old[3]) != (old[3], new[3]):
        raise Refuted("the way between the roots")
    return {"type": "consistency", "old_frames": old[2], "frames": new[2]}


def stock(statement, *keys, log=None):
    """The figures as they are signed; with a log, as its events make them."""
    figures = [statement[name] for name in ("seq", "time_ms", "on_hand", "held", "floor", "available", "changed")]
    texts = [statement[name] for name in ("log", "sku", "location", "state_digest")]
    if any(type(figure) is not int or not 0 <= figure < 2**64 for figure in figures):
        raise ValueError("a figure")
    if any(type(text) is not str for text in texts) or not re.fullmatch("[0-9a-fA-F]{64}", texts[3]):
        raise ValueError("a text")
    sequence, time, on_hand, held, floor, available, changed = figures
    of_log, sku, location, digest = texts
    if max(time, on_hand, held, floor) > verify.MAX_QUANTITY or available != max(0, on_hand - held - floor):
        raise ValueError("what is available")
    id, last, size, root, _ = checkpoint(statement["checkpoint"], keys[0], keys[1:])
    if id.hex() != of_log or sequence > last:
        raise Refuted("the checkpoint is of another log, or of an earlier event")
    note = statement.get("statement")
    if note is not None:
        text, _, signatures = note.rpartition("\n\n")
        name, key, data = signature(text, signatures, keys[0], 1)
        stated = [
            "tallystick-stock/1", f"origin {name}", f"log {of_log}", f"event {sequence}", f"time {time}", f"sku {sku}",
            f"location {location}", f"on_hand {on_hand}", f"held {held}", f"floor {floor}", f"available {available}",
            f"changed {changed}", f"state {digest.lower()}", f"checkpoint {size} {base64.b64encode(root).decode()}",
        ]
        if text.split("\n") != stated or not signed(key, (text + "\n").encode(), data):
            raise Refuted("what is signed is something else")
    elif log is None:
        raise Refuted("nobody has signed the figures")
    if log is not None:
        found = stock_in(log, id, size, root, sequence, sku.encode(), location.encode())
        if found != (time, on_hand, held, floor, changed, digest.lower()):
            raise Refuted(f"the log has {found}")
    return {"verdict": "signed" if log is None else "proven", "type": "stock", "seq": sequence, "available": available,
            "frames": size}


def stock_in(directory, id, size, root, sequence, sku, location):
    """(time, on hand, held, floor, last change, digest) after an event, of a log that begins with the checkpoint's frames."""
    log, leaves, found = verify.Log(directory), [], None
    for head, _, first, count, payload in verify.frames(directory, log):
        if len(leaves) < size:
            leaves.append(leaf(head[2]))
        if log.id != id or found is not None and len(leaves) == size:
            break
        if found is not None or not count:
            continue
        for event in verify.events(verify.decompress(payload, verify.MAX_PAYLOAD), first, count):
            log.fold(event)
            if log.books.broken:
                raise Refuted("an event breaks a rule")
            if event["seq"] == sequence:
                found = log.books
                break
    if log.id != id or len(leaves) < size or root_of(leaves) != root or found is None:
        raise Refuted("the log does not begin with the checkpoint's frames, or does not have the event")
    for number, (name, place, on_hand, held, changed, *_) in enumerate(found.items):
        if (name, place) == (sku, location):
            digest = verify.sha256(found.canonical_form()).hex()
            return found.last_time, on_hand, held, found.floors.get(number, 0), changed, digest
    raise Refuted("the log does not have the item")


def main(path, *keys):
    log = None
    if "--log" in keys:
        place = keys.index("--log")
        keys, log = keys[:place] + keys[place + 2:], keys[place + 1]
    try:
        with open(path, encoding="utf-8") as file:
            proof = json.load(file)
        kinds = {"tallystick-reservation/1": reservation, "tallystick-consistency/1": consistency,
                 "tallystick-event/1": event, "tallystick-stock/1": lambda *proof: stock(*proof, log=log)}
        check = kinds[proof["type"]]
    except (ValueError, KeyError, TypeError):
        print("verdict=malformed")
        return 65
    try:
        found = check(proof, *keys)
    except Refuted as refuted:
        print(f"verdict=inconsistent\ndetail={refuted}")
        return 1
    except (ValueError, KeyError, TypeError, AttributeError, verify.Damaged):
        print("verdict=malformed")
        return 65
    print(f"verdict={found.pop('verdict', 'proven')}")
    for name, value in found.items():
        print(f"{name}={value}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
