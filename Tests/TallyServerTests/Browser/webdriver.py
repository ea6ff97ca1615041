"""As much of WebDriver (W3C) as the tests of the dashboard need: one headless Chromium, over HTTP."""
import json
import subprocess
import urllib.request


class Browser:
    def __init__(self, width=1280, height=1000):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        port = None
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                port = line.rsplit(" ", 1)[1].strip().rstrip(".")
                break
        if port is None:
            raise SystemExit("chromedriver does not start")
        self.base = f"http://127.0.0.1:{port}/session"
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                            f"--window-size={width},{height}"]}
        answer = self.call("POST", "", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"script": 60_000}, "unhandledPromptBehavior": "ignore"}}})
        self.base += "/" + answer["sessionId"]

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.kill()
            self.driver.wait()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.read().decode()[:500]}") from None

    def open(self, address):
        self.call("POST", "/url", {"url": address})

    def run(self, script, *arguments):
        """The value of a function's body."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, what, condition):
        """Looks at each frame until an expression is true; ends the test if it does not become so."""
        script = """
            const done = arguments[arguments.length - 1];
            const end = performance.now() + 50_000;
            const look = () => {
              let found = false;
              try { found = Boolean(%s); } catch (error) { found = false; }
              if (found || performance.now() > end) done(found);
              else setTimeout(look, 20);
            };
            look();""" % condition
        if not self.call("POST", "/execute/async", {"script": script, "args": []}):
            raise SystemExit(f"{what}: it never came about")

    def press(self, *keys):
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def emulate(self, command, **parameters):
        self.call("POST", "/goog/cdp/execute", {"cmd": f"Emulation.{command}", "params": parameters})

    def media(self, **features):
        found = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.emulate("setEmulatedMedia", features=found)

    def size(self, width, height, mobile=False):
        self.emulate("setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def has_dialog(self):
        try:
            with urllib.request.urlopen(self.base + "/alert/text", timeout=60):
                return True
        except urllib.error.HTTPError:
            return False

    def console(self):
        """What the page said, and what was refused to it."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def label(self, element):
        return self.call("GET", f"/element/{next(iter(element.values()))}/computedlabel")

    def picture(self, path):
        import base64
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("GET", "/screenshot")))
