"""The auditor's report for people, in a real Chromium, opened as the file that it is, and printed.

Usage: audit_report.py DIRECTORY NAMES [PICTURES]. The directory has NAME.html for each of the names, which a comma divides:
proven (of a log with everything), violated, inconsistent, damaged, empty. Says "audit report complete" if all is as it
should be.
"""
import base64
import os
import re
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../TallyServerTests/Browser"))
from webdriver import Browser  # noqa: E402

FOLDER = sys.argv[1]
NAMES = sys.argv[2].split(",")
PICTURES = sys.argv[3] if len(sys.argv) > 3 else None
# A4 without the margins of the style sheet, in CSS pixels.
PAPER = (680, 993)


def check(what, found, wanted=True):
    if found != wanted:
        raise SystemExit(f"{what}: {found!r} instead of {wanted!r}")


def says_its_verdict(browser, name):
    verdict = "proven" if name == "empty" else name
    check(f"the title of {name}", browser.run("return document.title"), f"{name}.tally: {verdict}")
    check(f"the verdict of {name}", browser.run("return document.querySelector('.verdict strong').textContent"), verdict)
    first = browser.run("return document.querySelector('main').firstElementChild.classList.contains('verdict')")
    check(f"what comes first in {name}", first)


def has_everything(browser):
    """A chart or a table for each question that the report answers."""
    wanted = {"stock": "svg[role=img]", "moments": "table", "refusals": "svg[role=img]", "waiting": "svg[role=img]",
              "expiries": "svg[role=img]", "pace": "svg[role=img]", "repeating": "pre", "figures": "table"}
    for section, inside in wanted.items():
        check(f"{inside} in {section}", browser.run(
            "return document.querySelectorAll('#' + arguments[0] + ' ' + arguments[1]).length > 0", section, inside))
    waiting = browser.run("return document.getElementById('waiting').textContent")
    check("who was overtaken", "Nobody was overtaken" in waiting)


def is_accessible(browser, name):
    charts = browser.run("return [...document.querySelectorAll('.plot > svg')]")
    for chart in charts:
        check(f"a chart's description in {name}", len(browser.label(chart)) > 20)
    check(f"tables without captions in {name}",
          browser.run("return [...document.querySelectorAll('table')].filter((one) => !one.caption).length"), 0)
    check(f"heads without scope in {name}", browser.run("return document.querySelectorAll('th:not([scope])').length"), 0)
    faint = browser.run("""
      const light = (color) => {
        const parts = color.match(/[\\d.]+/g).map(Number).slice(0, 3).map((part) => part / 255)
          .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
      };
      const ground = (element) => {
        for (let one = element; one; one = one.parentElement) {
          const color = getComputedStyle(one).backgroundColor;
          if (color !== 'rgba(0, 0, 0, 0)') return color;
        }
        return 'rgb(255, 255, 255)';
      };
      return [...document.querySelectorAll('p, td, th, dt, dd, a, figcaption, caption, strong, code, text, li, small')]
        .filter((one) => one.textContent.trim()).map((one) => {
          const style = getComputedStyle(one);
          const pair = [light(one.matches('text') ? style.fill : style.color), light(ground(one))].sort((a, b) => b - a);
          return [(pair[0] + 0.05) / (pair[1] + 0.05), one.tagName, one.textContent.slice(0, 40)];
        }).filter((one) => one[0] < 4.5);""")
    check(f"faint words in {name}", faint, [])


def fits(browser, name, width):
    check(f"sideways scrolling of {name} at {width}", browser.run(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
    beyond = browser.run("""
      return [...document.querySelectorAll('figure text, figure svg, td, th, pre, p')].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width > 0 && (box.left < -0.5 || box.right > innerWidth + 0.5);
      }).map((one) => one.textContent.slice(0, 40));""")
    check(f"what is cut off of {name} at {width}", beyond, [])
    over = browser.run("""
      const found = [];
      for (const chart of document.querySelectorAll('.plot > svg')) {
        const boxes = [...chart.querySelectorAll('text.time')].map((one) => one.getBoundingClientRect())
          .filter((box) => box.width > 0);
        for (const a of boxes) for (const b of boxes) {
          if (a !== b && a.left < b.left && a.right > b.left && Math.abs(a.top - b.top) < 4) found.push([a.left, b.left]);
        }
      }
      return found;""")
    check(f"times on top of each other in {name} at {width}", over, [])


def looks(browser, name):
    for scheme in ["light", "dark"]:
        browser.media(prefers_color_scheme=scheme)
        for device, width, mobile in [("desk", 1100, False), ("phone", 390, True)]:
            browser.size(width, 1400, mobile)
            browser.until("the width", f"innerWidth === {width}")
            fits(browser, name, width)
            if device == "desk":
                is_accessible(browser, name)
            if PICTURES:
                browser.picture(f"{PICTURES}/report-{name}-{device}-{scheme}.png")


def prints(browser, name):
    """On paper: dark on white whatever the scheme, no chart over two pages, nothing cut off at the right."""
    browser.emulate("setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.size(*PAPER)
    browser.until("the paper", f"innerWidth === {PAPER[0]}")
    fits(browser, name, PAPER[0])
    check("the ground of paper", browser.run("return getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
    check("the ink on paper", browser.run("return getComputedStyle(document.body).color"), "rgb(0, 0, 0)")
    check("charts that may be cut", browser.run(
        "return [...document.querySelectorAll('figure')].filter((one) => getComputedStyle(one).breakInside !== 'avoid').length"), 0)
    check("charts larger than a page", browser.run(
        "return [...document.querySelectorAll('figure')].filter((one) => one.offsetHeight > arguments[0]).length", PAPER[1]), 0)
    check("heads that are not repeated", browser.run("""
      return [...document.querySelectorAll('table.cards > thead')]
        .filter((one) => getComputedStyle(one).display !== 'table-header-group').length"""), 0)
    browser.emulate("setEmulatedMedia", media="", features=[])
    pdf = base64.b64decode(browser.call("POST", "/print", {"background": False}))
    if PICTURES:
        with open(f"{PICTURES}/report-{name}.pdf", "wb") as file:
            file.write(pdf)
    return pages(pdf)


def pages(pdf):
    """How many pages a PDF has, some of whose objects may be packed."""
    texts = [pdf]
    for match in re.finditer(rb"stream\r?\n", pdf):
        try:
            texts.append(zlib.decompressobj().decompress(pdf[match.end():]))
        except zlib.error:
            pass
    return sum(len(re.findall(rb"/Type\s*/Page\b", text)) for text in texts)


def main():
    browser = Browser()
    try:
        for name in NAMES:
            browser.open(f"file://{FOLDER}/{name}.html")
            says_its_verdict(browser, name)
            looks(browser, name)
            if name == "proven":
                has_everything(browser)
                checkpoint = browser.run("return document.getElementById('checkpoint').textContent")
                with open(f"{FOLDER}/checkpoint.json", "w", encoding="utf-8") as file:
                    file.write(checkpoint)
                check("more than one page", prints(browser, name) > 1)
            else:
                prints(browser, name)
            check(f"complaints of {name}", browser.console(), [])
    finally:
        browser.close()
    print("audit report complete")


main()
