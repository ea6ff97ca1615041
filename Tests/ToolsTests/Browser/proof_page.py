"""The page that checks proofs, in a real Chromium, opened as the file that it is.

Usage: proof_page.py DIRECTORY [PICTURES]. The directory has page.html, key.pub, other.pub, and the proofs event, commit,
week (consistency), stock and frame. Says "proof page complete" if all is as it should be.
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../TallyServerTests/Browser"))
from webdriver import Browser  # noqa: E402

FOLDER = sys.argv[1]
PICTURES = sys.argv[2] if len(sys.argv) > 2 else None


def check(what, found, wanted=True):
    if found != wanted:
        raise SystemExit(f"{what}: {found!r} instead of {wanted!r}")


def read(name):
    with open(f"{FOLDER}/{name}", encoding="utf-8") as file:
        return file.read()


def answer(browser, proof, key):
    """The verdict and the words for what stands in the two fields."""
    browser.run("""
      document.getElementById('answer').hidden = true;
      for (const [id, text] of [['proof', arguments[0]], ['key', arguments[1]]]) {
        document.getElementById(id).value = text;
      }
      document.getElementById('key').dispatchEvent(new Event('input'));""", proof, key)
    browser.until("an answer", "!document.getElementById('answer').hidden")
    return browser.run("""
      const text = (id) => document.getElementById(id).textContent;
      return [document.getElementById('answer').dataset.verdict, text('title') + ' ' + text('text'), text('rows')];""")


def proofs_hold(browser, key):
    verdict, words, rows = answer(browser, read("event"), key)
    check("the event", verdict, "proven")
    for piece in ["order-1", "2 × tea at main", "1 × cup at berlin", "shop.example/log"]:
        check(f"{piece} of the event", piece in rows)
    check("the commit", answer(browser, read("commit"), key)[0], "proven")
    check("the week", answer(browser, read("week"), key)[0], "proven")
    verdict, words, rows = answer(browser, read("stock"), key)
    check("the stock", (verdict, "not proven" in words), ("signed", True))
    verdict, words, rows = answer(browser, read("frame"), key)
    check("a whole frame", (verdict, "tally-verify" in words), ("unable", True))


def forgeries_do_not(browser, key):
    for name in ["event", "week", "stock"]:
        text = read(name)
        proof = json.loads(text)
        check(f"another key for {name}", answer(browser, text, read("other.pub"))[0], "refuted")
        # Each field that is no type, altered in its middle.
        for field, value in proof.items():
            # How many events the frame has is no claim of the proof: the path may fit another number as well.
            if field in ("type", "count"):
                continue
            forged = dict(proof)
            if value == "":
                forged[field] = "AAAA"
            elif isinstance(value, str):
                place = len(value) // 2
                letter = "B" if value[place] != "B" else "C"
                forged[field] = value[:place] + letter + value[place + 1:]
            elif isinstance(value, list):
                forged[field] = value[1:] if value else ["A" * 43 + "="]
            else:
                forged[field] = value + 1
            verdict = answer(browser, json.dumps(forged), key)[0]
            check(f"{field} of {name} altered", verdict in ("refuted", "malformed"))
    for text in ["no proof", "{}", "[]", "null", '{"type":"tallystick-event/1"}', '{"type":"tallystick-event/1","event":1}']:
        check(f"{text} is none", answer(browser, text, key)[0], "malformed")
    check("no key", answer(browser, read("event"), "shop")[0], "malformed")


def names_do_nothing(browser, key):
    """What a proof says is text, whatever it says."""
    nasty = read("event").replace("order-1", "<img src=x onerror=document.title=1>")
    check("a name of markup", answer(browser, nasty, key)[0], "refuted")
    check("elements of it", browser.run("return document.querySelectorAll('main img').length"), 0)


def old_browsers_are_told(browser, key):
    """Without Ed25519, and without WebCrypto, nothing is said to be proven."""
    browser.run("crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))")
    verdict, words, _ = answer(browser, read("event"), key)
    check("without Ed25519", (verdict, "cannot check Ed25519" in words), ("unable", True))
    browser.run("delete crypto.subtle.importKey")
    browser.run("Object.defineProperty(globalThis, 'crypto', {value: undefined, configurable: true})")
    check("without WebCrypto", answer(browser, read("event"), key)[0], "unable")


def looks(browser, key):
    for scheme in ["light", "dark"]:
        browser.media(prefers_color_scheme=scheme)
        for name, width, height, mobile in [("desk", 1000, 1000, False), ("phone", 360, 1150, True)]:
            browser.size(width, height, mobile)
            browser.until("the width", f"innerWidth === {width}")
            for proof in ["event", "stock", "forged"]:
                text = read("event").replace("quantity 2", "quantity 3") if proof == "forged" else read(proof)
                answer(browser, text, key)
                check(f"sideways scrolling, {name}", browser.run(
                    "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                if PICTURES:
                    browser.picture(f"{PICTURES}/{proof}-{name}-{scheme}.png")


def main():
    key = read("key.pub")
    page = read("page.html")
    check("a strict policy", "default-src 'none'" in page and "unsafe" not in page)
    check("nothing from elsewhere", re.findall(r"https?://", page), [])
    browser = Browser()
    try:
        browser.open(f"file://{FOLDER}/page.html")
        check("the title", browser.run("return document.title"), "Check a proof")
        check("an answer to nothing", browser.run("return document.getElementById('answer').hidden"))
        proofs_hold(browser, key)
        forgeries_do_not(browser, key)
        names_do_nothing(browser, key)
        looks(browser, key)
        check("complaints", browser.console(), [])
        old_browsers_are_told(browser, key)
    finally:
        browser.close()
    print("proof page complete")


main()
