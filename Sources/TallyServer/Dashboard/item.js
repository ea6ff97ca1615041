// The chosen item: its stock over time, and who waits for it.
//
// Its past is folded backwards from what there is now: each event says by how much it changed the stock.

import { drawStock } from "./chart.js";
import { events, follow, json } from "./source.js";
import { byId, clock, count, element, itemName, moment, number, shown } from "./words.js";

/** Events of the log that are looked back over, and points that are kept. */
const WINDOW = 5000;
const MOST_POINTS = 20000;

export class ChosenItem {
  constructor(tell) {
    this.tell = tell;
    this.points = [];
    addEventListener("resize", () => this.draw());
  }

  /** @param level as `/v1/stock` gives it. */
  async choose(level) {
    this.stop?.abort();
    const stop = new AbortController();
    Object.assign(this, { stop, level, points: [], seen: 0, isRead: false });
    byId("item-title").textContent = shown(itemName(level));
    this.draw();
    try {
      await this.readPast(stop.signal);
      this.isRead = true;
      this.draw();
    } catch (error) {
      if (stop.signal.aborted) return;
      this.tell(error);
      // What may not be seen now may not be seen in a moment either.
      if (error.status !== 403) setTimeout(() => this.stop === stop && this.choose(level), 3000);
      else this.showWithoutPast();
      return;
    }
    const query = { sku: level.sku };
    await follow(query, () => this.seen + 1, (event) => this.take(event), this.tell, stop.signal);
  }

  showWithoutPast() {
    byId("item-now").textContent = `${number(this.level.available)} available`;
    byId("chart-note").textContent = "This token may not see what happened to it.";
    this.isRead = true;
  }

  address(path) {
    return `/v1/${path}/${encodeURIComponent(this.level.sku)}?location=${encodeURIComponent(this.level.location)}`;
  }

  async readPast(signal) {
    const now = await json(this.address("stock"), signal);
    if (signal.aborted) return;
    Object.assign(this, { level: now, onHand: now.on_hand, held: now.held, floor: now.floor ?? 0, seen: now.seq });
    const from = Math.max(1, now.seq - WINDOW);
    const past = await events({ sku: now.sku, from, to: now.seq }, signal);
    if (signal.aborted) return;
    let [onHand, held, floor] = [this.onHand, this.held, this.floor];
    const points = [];
    for (const event of past.reverse()) {
      const change = this.change(event);
      if (!change) continue;
      points.push({ time: event.time_ms, value: Math.max(0, onHand - held - floor) });
      onHand -= change.onHand;
      held -= change.held;
      if (change.floor !== null) floor = 0;
    }
    this.points = points.reverse();
  }

  /** By how much an event changes this item; null: not at all. */
  change(event) {
    const isHere = (line) => line.sku === this.level.sku && line.location === this.level.location;
    const found = { onHand: 0, held: 0, floor: null };
    let isChanged = false;
    for (const line of (event.lines ?? []).filter(isHere)) {
      found.onHand += line.on_hand ?? 0;
      found.held += line.held ?? 0;
      isChanged = true;
    }
    if (event.type === "floor-set" && isHere(event)) {
      found.floor = event.qty;
      isChanged = true;
    }
    return isChanged ? found : null;
  }

  take(event) {
    if (event.seq <= this.seen) return;
    this.seen = event.seq;
    const change = this.change(event);
    if (!change) return;
    this.onHand += change.onHand;
    this.held += change.held;
    this.floor = change.floor ?? this.floor;
    this.points.push({ time: event.time_ms, value: Math.max(0, this.onHand - this.held - this.floor) });
    if (this.points.length > MOST_POINTS) this.points.splice(0, MOST_POINTS / 4);
    this.isStale = true;
  }

  /** Now and then: however many events came meanwhile. */
  async refresh() {
    if (this.isStale) this.draw();
    if (!this.level || !this.isRead || this.isAsking) return;
    this.isAsking = true;
    const { stop } = this;
    try {
      const places = await json(`${this.address("queue")}&limit=50`, stop.signal);
      if (this.stop === stop) this.showQueue(places);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      this.isAsking = false;
    }
  }

  draw() {
    this.isStale = false;
    if (!this.level) return;
    const last = this.points.at(-1);
    const name = shown(itemName(this.level));
    const words = last ? `${number(last.value)} available` : this.isRead ? "never moved lately" : "reading its past …";
    byId("item-now").textContent = words;
    drawStock(byId("chart"), this.points, `Available stock of ${name} over time, against zero: ${words}`, clock);
    const made = this.level.parts ? " It is made of parts: this is its own stock." : "";
    const lowest = this.points.reduce((low, point) => Math.min(low, point.value), Infinity);
    byId("chart-note").textContent =
      this.points.length > 0 ? `${count(this.points.length, "change")}, at the lowest ${number(lowest)}.${made}` : made;
  }

  showQueue(places) {
    const rows = places.map((place) => {
      const row = element("li");
      row.append(
        element("span", "quiet", `${place.place}.`), element("span", "id", shown(place.id)),
        element("span", "", number(place.qty)), moment(place.time_ms));
      return row;
    });
    byId("queue").replaceChildren(...rows);
    byId("no-queue").hidden = rows.length > 0;
  }
}
