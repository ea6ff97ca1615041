"""The dashboard in a real browser, on a server of its own. Usage: dashboard.py HTTP_PORT [DIRECTORY FOR PICTURES]"""
import json
import sys
import urllib.request

from webdriver import Browser

PORT = int(sys.argv[1])
PICTURES = sys.argv[2] if len(sys.argv) > 2 else None
SITE = f"http://127.0.0.1:{PORT}"
TAB, ENTER = "\ue004", "\ue007"
HOSTILE = ['<img src=x onerror="hacked=1">', '"><script>hacked=1</script>', "${hacked=1}", "\u202egnitirw"]


def check(what, found, wanted=True):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, not {wanted!r}")


def ask(path, body=None, **headers):
    data = None if body is None else body.encode()
    with urllib.request.urlopen(urllib.request.Request(SITE + path, data, headers), timeout=60) as answer:
        return answer


def post(*commands):
    ask("/v1/commands", "\n".join(json.dumps(command) for command in commands),
        **{"Content-Type": "application/x-ndjson"})


def stock_the_shop():
    post({"op": "receive", "key": "k-tea", "lines": [{"sku": "tea", "qty": 100}]},
         {"op": "receive", "key": "k-berlin", "lines": [{"sku": "tea", "location": "berlin", "qty": 7}]},
         *({"op": "receive", "key": f"k-h{n}", "lines": [{"sku": name, "qty": 5}]} for n, name in enumerate(HOSTILE)),
         *({"op": "receive", "key": f"k-{n}", "lines": [{"sku": f"sku-{n:04}", "qty": n % 50 + 1}]}
           for n in range(3000)))
    for n in range(30):
        post({"op": "reserve", "id": f"order-{n}", "lines": [{"sku": "tea", "qty": 2}], "ttl_ms": 900000})
        if n % 3:
            post({"op": "commit", "id": f"order-{n}", "key": f"pay-{n}"})


def row(name):
    """An expression: the cells of an item's row."""
    name = json.dumps(name)
    return f"[...[...document.querySelectorAll('#rows tr')].find(r => r.cells[0].textContent === {name}).cells].map(c => c.textContent)"


def items_appear(browser):
    browser.until("the table", f"{row('tea')}[1] === '60'")
    check("tea", browser.run(f"return {row('tea')}"), ["tea", "60", "20", "0", "40"])
    check("a place", browser.run(f"return {row('tea@berlin')}[4]"), "7")
    check("rows at once", browser.run("return document.querySelectorAll('#rows tr').length <= 50"))
    browser.until("the count", "document.getElementById('items-count').textContent === '3,006 in all'")


def names_do_nothing(browser):
    for name in HOSTILE[:3]:
        browser.until(name, f"{row(name)}[4] === '5'")
    check("a name that turns the line's direction", browser.run(f"return {row(chr(0xFFFD) + 'gnitirw')}[4]"), "5")
    # Chosen, searched for and in the newest events, too.
    post({"op": "reserve", "id": HOSTILE[0], "lines": [{"sku": HOSTILE[1], "qty": 1}], "customer": HOSTILE[2]},
         {"op": "adjust", "key": "k-a", "sku": HOSTILE[0], "to": 4, "reason": HOSTILE[1]})
    find = "[...document.querySelectorAll('#rows button')].find(b => b.textContent.startsWith('<img'))"
    browser.run(f"{find}.click()")
    browser.until("its title", "document.getElementById('item-title').textContent.startsWith('<img')")
    browser.until("its event", "document.getElementById('feed').textContent.includes('<script>')")
    check("elements that a name made", browser.run("return document.querySelectorAll('img, #feed script').length"), 0)
    check("what a name ran", browser.run("return typeof hacked"), "undefined")
    check("a dialog", browser.has_dialog(), False)


def sale_is_live(browser):
    browser.run("[...document.querySelectorAll('#rows button')].find(b => b.textContent === 'tea').click()")
    browser.until("the chart", "document.querySelector('#chart .stock')")
    # Its receipt is further back than the page looks.
    browser.until("its past", "document.getElementById('chart-note').textContent.startsWith('50 changes, at the lowest 40')")
    post({"op": "reserve", "id": "live-1", "lines": [{"sku": "tea", "qty": 3}]})
    browser.until("the table, live", f"{row('tea')}[4] === '37'")
    browser.until("the chart, live", "document.getElementById('item-now').textContent === '37 available'")
    browser.until("the event, live", "document.querySelector('#feed li .what').textContent.startsWith('live-1')")
    post({"op": "reserve", "id": "wait-1", "lines": [{"sku": "tea", "qty": 50}], "wait": True},
         {"op": "reserve", "id": "short-1", "lines": [{"sku": "tea", "qty": 500}]})
    browser.until("who waits", "document.getElementById('queue').textContent.includes('wait-1')")
    browser.until("the refusal", "document.getElementById('reasons').textContent.includes('insufficient')")
    check("the chart says what it shows", browser.run("return document.querySelector('#chart svg').getAttribute('aria-label')")
          .startswith("Available stock of tea over time, against zero: 37 available"))
    browser.until("what it keeps", "document.getElementById('state').textContent.includes('1 segment')")
    browser.until("figures", "document.getElementById('rate').textContent !== '–'")


def table_is_searched_and_turned(browser):
    browser.run("search = document.getElementById('search'); search.value = 'SKU-29'; search.dispatchEvent(new Event('input'))")
    browser.until("what is found", "document.getElementById('items-count').textContent === '100 found'")
    browser.run("document.getElementById('next').click()")
    browser.until("the second page", "document.getElementById('page').textContent === '21–40'")
    browser.run("search.value = 'no such thing'; search.dispatchEvent(new Event('input'))")
    browser.until("nothing", "!document.getElementById('no-items').hidden")
    browser.run("search.value = ''; search.dispatchEvent(new Event('input'))")
    browser.until("all again", "document.getElementById('items-count').textContent.endsWith('in all')")


def keyboard_reaches_all(browser):
    browser.run("document.activeElement.blur(); scrollTo(0, 0)")
    seen = []
    for _ in range(60):
        browser.press(TAB)
        seen.append(browser.run("""
            const element = document.activeElement;
            const style = getComputedStyle(element);
            if (element !== document.body && style.outlineStyle === 'none') return 'unseen';
            return element.id || element.className || (element.closest('#rows') ? 'row' : '');"""))
        if seen[-1] == "feed":
            break
    for name in ["skip", "sign-in-open", "search", "order", "row", "next", "pause", "feed"]:
        check(f"{name} by keyboard, of {seen}", name in seen)
    check("focus that is not seen", "unseen" in seen, False)
    browser.run("document.querySelector('#rows tr:nth-child(2) button').focus()")
    name = browser.run("return document.activeElement.textContent")
    browser.press(ENTER)
    browser.until("chosen by keyboard", f"document.getElementById('item-title').textContent === {json.dumps(name)}")


def everything_has_a_name(browser):
    for element in browser.run("return [...document.querySelectorAll('button, input, select, section')]"
                               ".filter(e => e.checkVisibility())"):
        check("a name for those who do not see", browser.label(element) != "")
    check("headings", browser.run("return document.querySelectorAll('h1').length"), 1)


CONTRAST = """
  const parse = (text) => { const m = text.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('script, noscript')) continue;
    const style = getComputedStyle(element);
    const ink = parse(element instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push(`${walker.currentNode.data.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return bad;"""


def looks(browser):
    for scheme in ["light", "dark"]:
        browser.media(prefers_color_scheme=scheme)
        check(f"too little contrast in {scheme}", browser.run(CONTRAST), [])
        for name, width, height, mobile in [("desk", 1280, 1150, False), ("phone", 360, 780, True)]:
            browser.size(width, height, mobile)
            browser.until("the width", f"innerWidth === {width}")
            check(f"sideways scrolling, {name}",
                  browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
            check(f"cut off at the right, {name}", browser.run(
                "return [...document.querySelectorAll('main *')].filter(e => e.checkVisibility() &&"
                " e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className)"), [])
            if PICTURES:
                browser.picture(f"{PICTURES}/{name}-{scheme}.png")
                if mobile:
                    browser.size(width, 3000, mobile)
                    browser.picture(f"{PICTURES}/{name}-{scheme}-whole.png")
    browser.size(1280, 1150)
    browser.media(prefers_reduced_motion="reduce")
    check("what moves where nothing may", browser.run("return document.getAnimations().length"), 0)


def policy_is_strict():
    for path in ["/", "/dashboard/main.js", "/dashboard/dashboard.css"]:
        policy = ask(path).headers["Content-Security-Policy"]
        check(f"a strict policy of {path}", "default-src 'none'" in policy and "unsafe" not in policy)


def main():
    stock_the_shop()
    policy_is_strict()
    browser = Browser()
    try:
        browser.open(SITE + "/")
        check("the title", browser.run("return document.title"), "Tallystick")
        browser.until("the connection", "document.getElementById('connection').textContent === 'live'")
        items_appear(browser)
        names_do_nothing(browser)
        sale_is_live(browser)
        table_is_searched_and_turned(browser)
        keyboard_reaches_all(browser)
        everything_has_a_name(browser)
        looks(browser)
        check("complaints", browser.console(), [])
    finally:
        browser.close()
    print("dashboard complete")


main()
