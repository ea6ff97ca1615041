// The newest events. However fast they come, few are shown, four times a second; when the stream falls far behind the
// log, it begins anew at the log's end.

import { follow } from "./source.js";
import { byId, element, itemName, moment, number, shown } from "./words.js";

const SHOWN = 40;
const FAR_BEHIND = 2000;

export class Feed {
  constructor(tell) {
    this.tell = tell;
    this.events = [];
    this.seen = 0;
    this.isPaused = false;
    byId("pause").addEventListener("click", () => {
      this.isPaused = !this.isPaused;
      byId("pause").setAttribute("aria-pressed", String(this.isPaused));
      byId("pause").textContent = this.isPaused ? "Go on" : "Pause";
    });
    setInterval(() => this.show(), 250);
  }

  /** From near the log's end on. */
  begin(last) {
    this.stop?.abort();
    this.stop = new AbortController();
    this.seen = Math.max(this.seen, last - SHOWN);
    follow({}, () => this.seen + 1, (event) => this.take(event), this.tell, this.stop.signal);
  }

  /** @param last the log's last event, now. */
  keepUp(last) {
    if (!this.stop || last - this.seen > FAR_BEHIND) this.begin(last);
  }

  take(event) {
    this.seen = event.seq;
    this.events.push(event);
    if (this.events.length > SHOWN) this.events.shift();
    this.isStale = true;
  }

  show() {
    if (!this.isStale || this.isPaused) return;
    this.isStale = false;
    byId("no-events").hidden = true;
    byId("feed").replaceChildren(...this.events.map((event) => this.row(event)).reverse());
  }

  row(event) {
    const row = element("li");
    const text = this.words(event);
    const what = element("span", "what", text);
    what.title = text;
    row.append(element("span", "sequence", number(event.seq)), element("span", "type", event.type), what);
    row.append(moment(event.time_ms));
    return row;
  }

  words(event) {
    const lines = (event.lines ?? []).slice(0, 5).map((line) => `${itemName(line)} ${number(line.qty)}`);
    if ((event.lines ?? []).length > 5) lines.push("…");
    const subject = event.id ?? (event.lines ? "" : event.sku ? itemName(event) : "");
    return shown([subject, lines.join(", "), event.reason ?? event.ref ?? ""].filter(Boolean).join(" · "));
  }
}
