// Puts the page together: asks for the server's state once a second, and for the rest when something has happened.

import { Feed } from "./feed.js";
import { ChosenItem } from "./item.js";
import { Items } from "./items.js";
import { Refused, json, token } from "./source.js";
import { Status } from "./status.js";
import { byId, shown } from "./words.js";

const TICK = 1000;

function tell(error) {
  const trouble = byId("trouble");
  if (error === null) return;
  const words = error instanceof Refused ? error.message : "The server cannot be reached; trying again.";
  trouble.textContent = shown(words);
  trouble.hidden = false;
  if (error.status === 403) return;
  const pill = byId("connection");
  pill.textContent = error.status === 401 ? "who is there?" : "no answer";
  pill.className = "pill down";
}

function isWell(failure) {
  byId("trouble").hidden = !failure;
  if (failure) byId("trouble").textContent = shown(`The log has stopped: ${failure}`);
  const pill = byId("connection");
  const words = failure ? "stopped" : "live";
  // A live region speaks when it changes: only then.
  if (pill.textContent !== words) pill.textContent = words;
  pill.className = failure ? "pill down" : "pill live";
}

const status = new Status();
const item = new ChosenItem(tell);
const items = new Items((level) => item.choose(level));
const feed = new Feed(tell);
let shownSequence = -1;

async function look() {
  // Whoever may see the stock, and not how the server fares, sees the stock.
  let refusal = null;
  const now = await json("/v1/status").catch((error) => {
    if (error.status !== 403) throw error;
    refusal = error;
  });
  if (now) status.show(now);
  if (!now || now.last_seq !== shownSequence) {
    await items.refresh();
    shownSequence = now?.last_seq ?? -1;
  }
  if (now) feed.keepUp(now.last_seq);
  await item.refresh();
  isWell(now?.failed);
  if (refusal) tell(refusal);
}

/** A slow answer is not asked for more often than it can bear: a tenth of the time at most is spent asking. */
async function run() {
  for (;;) {
    const start = performance.now();
    try {
      if (!document.hidden) await look();
    } catch (error) {
      tell(error);
    }
    const took = performance.now() - start;
    await new Promise((done) => setTimeout(done, Math.max(TICK, took * 9)));
  }
}

const form = byId("sign-in");
function openForm(isOpen) {
  form.hidden = !isOpen;
  byId("sign-in-open").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) byId("token").focus();
}
byId("sign-in-open").addEventListener("click", () => openForm(form.hidden));
function use(text) {
  token.set(text);
  byId("token").value = "";
  openForm(false);
  location.reload();
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  use(byId("token").value.trim());
});
byId("sign-out").addEventListener("click", () => use(""));

run();
