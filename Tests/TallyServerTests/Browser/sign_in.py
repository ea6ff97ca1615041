"""The dashboard of a server with users. Usage: sign_in.py HTTP_PORT READING_TOKEN AUDITING_TOKEN"""
import json
import sys

from webdriver import Browser

PORT, READING, AUDITING = int(sys.argv[1]), *sys.argv[2:4]
TROUBLE = "document.getElementById('trouble')"


def sign_in(browser, token):
    browser.run("document.getElementById('sign-in-open').click()")
    if browser.run("return document.activeElement.id") != "token":
        sys.exit("the field for the token is not where one types")
    browser.press(*token, "\ue007")
    browser.until("the page again", "document.getElementById('sign-in').hidden && document.readyState === 'complete'")


browser = Browser()
try:
    browser.open(f"http://127.0.0.1:{PORT}/")
    browser.until("who is there", f"{TROUBLE}.textContent.startsWith('The server asks who is there')")
    browser.until("in short", "document.getElementById('connection').textContent === 'who is there?'")
    sign_in(browser, READING)
    browser.until("the stock", "document.querySelector('#rows tr')?.textContent.startsWith('tea')")
    browser.until("what it may not see", f"{TROUBLE}.textContent.startsWith('This token may not see that')")
    sign_in(browser, AUDITING)
    browser.until("the events", "document.querySelector('#feed li')")
    browser.until("live", "document.getElementById('connection').textContent === 'live'")
    if not browser.run(f"return {TROUBLE}.hidden"):
        sys.exit("still in trouble: " + browser.run(f"return {TROUBLE}.textContent"))
    kept = browser.run("return [sessionStorage.length, localStorage.length, document.cookie]")
    if kept != [1, 0, ""]:
        sys.exit(f"the token is kept elsewhere: {json.dumps(kept)}")
    browser.run("document.getElementById('sign-in-open').click(); document.getElementById('sign-out').click()")
    browser.until("forgotten", "sessionStorage.length === 0 && !document.getElementById('trouble').hidden")
finally:
    browser.close()
print("sign-in complete")
