#!/usr/bin/env python3
"""A stranger's monitor: reads published tiles, and makes proofs of events from static files alone. Written from Format.md ("Merkle
tree, checkpoints and proofs") and C2SP's tlog-tiles; notes and paths are checked by proof.py, frames are read by verify.py, beside it.

Usage:
  monitor.py leaves LOG PUBLIC KEY    makes every leaf of the tree over events from a copy of the log's segments, and finds the tree
                                      that was published and signed; prints the kinds of events
  monitor.py prove LOG PUBLIC SEQ…    prints a proof of each event, a line each, under PUBLIC/checkpoint
  monitor.py renew PUBLIC PROOF       prints an event's proof under PUBLIC/checkpoint instead of the one that it stands under

LOG is a folder with the folder segments, PUBLIC what `tally tiles` wrote. Exit 0 done, 1 what is published does not hold.
"""

import base64
import json
import os
import sys

import proof
import verify
from proof import Refuted, half, leaf, node, root_of

NAMES = {
    1: "item-registered", 2: "received", 3: "reserved", 4: "committed", 5: "released", 6: "expired", 7: "returned",
    8: "adjusted", 9: "transferred", 10: "limit-set", 11: "batch", 12: "extended", 13: "amended", 14: "committed",
    15: "transferred", 16: "returned", 17: "waiting", 18: "filled", 19: "reopened", 24: "floor-set", 25: "recipe-set",
    26: "preference-set", 27: "acknowledged", 28: "consumer-forgotten", 29: "refused",
}


class Tiles:
    """The tree in a folder, as its checkpoint says that it is."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "checkpoint"), encoding="utf-8") as file:
            self.checkpoint = file.read()
        self.size = int(self.checkpoint.split("\n")[1])

    def tile(self, level, index, size):
        """The bytes of a tile that is not empty in a tree of so many leaves."""
        width = min(256, (size >> 8 * (level if level != "entries" else 0)) - 256 * index)
        digits = f"{index:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at:at + 3] for at in range(0, len(digits), 3)]
        path = os.path.join(self.folder, "tile", str(level), *("x" + group for group in groups[:-1]), groups[-1])
        with open(path if width == 256 else os.path.join(path + ".p", str(width)), "rb") as file:
            return file.read()

    def entries(self):
        """What each leaf stands for."""
        for index in range(-(-self.size // 256)):
            data = self.tile("entries", index, self.size)
            while data:
                length = int.from_bytes(data[:2], "big")
                yield data[2:2 + length]
                data = data[2 + length:]

    def hash(self, first, end):
        """Of the tree over these leaves; a perfect tree of 256, or of 256 of those, is one hash in a tile."""
        count, level = end - first, 0
        while count >= 256 and count % 256 == 0 and first % 256 == 0:
            first, count, level = first >> 8, count >> 8, level + 1
        if count == 1:
            data = self.tile(level, first >> 8, self.size)
            return data[32 * (first & 255):][:32]
        at, middle = end - (count << 8 * level), half(count) << 8 * level
        return node(self.hash(at, at + middle), self.hash(at + middle, end))

    def inclusion(self, index, first, end):
        """The path from a leaf up to the hash of a tree that it is in."""
        if end - first == 1:
            return []
        middle = first + half(end - first)
        if index < middle:
            return self.inclusion(index, first, middle) + [self.hash(middle, end)]
        return self.inclusion(index, middle, end) + [self.hash(first, middle)]


def words(event, items):
    """An event's leaf: what the document's table says of its kind."""
    text = [f"tallystick-event/1 {event['seq']} {event['time']} {NAMES[event['kind']]}".encode()]
    if event["kind"] == 1:
        text += [b"sku " + event["sku"], b"location " + event["location"]]
    if event["kind"] in (3, 17):
        text += [b"id " + event["id"]] + ([b"customer " + event["customer"]] if event["customer"] else [])
    if event["kind"] in (4, 5, 6, 18):
        text += [b"of %d" % event["of"]]
    if event["kind"] in (3, 17, 4, 5):
        for item, quantity in event["lines"]:
            text += [b"quantity %d" % quantity, b"sku " + items[item][0], b"location " + items[item][1]]
    return b"".join(line + b"\n" for line in text)


def frames(directory):
    """The events' words of each frame, by number, and the kinds of all."""
    log, items, found, kinds = verify.Log(directory), [], [], set()
    for _, _, first, count, payload in verify.frames(directory, log):
        rows = verify.events(verify.decompress(payload, verify.MAX_PAYLOAD), first, count) if count else []
        items += [(row["sku"], row["location"]) for row in rows if row["kind"] == 1]
        kinds |= {row["kind"] for row in rows}
        found.append((first, [words(row, items) for row in rows]))
    return found, kinds


def small(leaves, index):
    """The path in the tree over one frame's events."""
    if len(leaves) == 1:
        return []
    middle = half(len(leaves))
    if index < middle:
        return small(leaves[:middle], index) + [root_of(leaves[middle:])]
    return small(leaves[middle:], index - middle) + [root_of(leaves[:middle])]


def joined(hashes):
    return base64.b64encode(b"".join(hashes)).decode()


def leaves(directory, public, key):
    log, (tree, (found, kinds)) = Tiles(public), (Tiles(os.path.join(public, "events")), frames(directory))
    root = proof.checkpoint(log.checkpoint, key)[4]
    name, _, data = key.strip().split("+", 2)
    text, _, signatures = tree.checkpoint.rpartition("\n\n")
    # The same key under another name has another id.
    events = name + "/events"
    own = verify.sha256(events.encode() + b"\n" + base64.b64decode(data))[:4].hex()
    _, public_key, signature = proof.signature(text, signatures, f"{events}+{own}+{data}", 1)
    lines = text.split("\n")
    if not proof.signed(public_key, (text + "\n").encode(), signature) or lines[0] != events:
        raise Refuted("the signature of the tree over events")
    if proof.unbase64(lines[2]) != root or tree.hash(0, tree.size) != root:
        raise Refuted("the root of the tree over events")
    hashes = [root_of([leaf(data) for data in texts]) for _, texts in found[:tree.size]]
    if list(tree.entries()) != hashes:
        raise Refuted("the entries of the tree over events")
    hashes, level = [leaf(data) for data in hashes], 0
    if root_of(hashes) != root:
        raise Refuted("the leaves of the tree over events")
    while hashes:
        if b"".join(tree.tile(level, index, tree.size) for index in range(-(-len(hashes) // 256))) != b"".join(hashes):
            raise Refuted(f"the tiles of level {level}")
        full = [hashes[at:at + 256] for at in range(0, len(hashes) // 256 * 256, 256)]
        hashes, level = [root_of(tile) for tile in full], level + 1
    every = [text for _, texts in found for text in texts]
    if len({leaf(text) for text in every}) != len(every):
        raise Refuted("two leaves are the same")
    print("kinds=" + ",".join(map(str, sorted(kinds))) + f"\nleaves={len(every)}\nframes={tree.size}")


def prove(directory, public, *sequences):
    log, tree, (found, _) = Tiles(public), Tiles(os.path.join(public, "events")), frames(directory)
    for sequence in map(int, sequences):
        frame = next(n for n, (first, texts) in enumerate(found) if first <= sequence < first + len(texts))
        first, texts = found[frame]
        print(json.dumps({
            "type": "tallystick-event/1", "event": texts[sequence - first].decode(), "frame": frame,
            "index": sequence - first, "count": len(texts),
            "inner": joined(small([leaf(text) for text in texts], sequence - first)),
            "outer": joined(tree.inclusion(frame, 0, log.size)), "checkpoint": log.checkpoint,
        }, ensure_ascii=False))


def renew(public, path):
    log, tree = Tiles(public), Tiles(os.path.join(public, "events"))
    with open(path, encoding="utf-8") as file:
        old = json.load(file)
    old.update(outer=joined(tree.inclusion(old["frame"], 0, log.size)), checkpoint=log.checkpoint)
    print(json.dumps(old, ensure_ascii=False))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        {"leaves": leaves, "prove": prove, "renew": renew}[sys.argv[1]](*sys.argv[2:])
    except Refuted as refuted:
        sys.exit(f"{refuted} does not hold")
