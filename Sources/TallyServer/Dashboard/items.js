// The table of items: one page of it at a time, however many there are; rows are made once and filled again.

import { stock } from "./source.js";
import { byId, element, itemName, number, shown } from "./words.js";

const PAGE = 20;

export class Items {
  /** @param choose is told the item that was chosen. */
  constructor(choose) {
    this.choose = choose;
    this.chosen = null;
    this.skip = 0;
    this.total = 0;
    this.rows = [];
    byId("search").addEventListener("input", () => this.begin());
    byId("order").addEventListener("change", () => this.begin());
    byId("previous").addEventListener("click", () => this.turn(-PAGE));
    byId("next").addEventListener("click", () => this.turn(PAGE));
  }

  begin() {
    this.skip = 0;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.wish(), 150);
  }

  turn(by) {
    this.skip = Math.max(0, Math.min(this.skip + by, this.total - 1));
    this.wish();
  }

  /** As a person wants it: now, or as soon as the answer that is on its way has come. */
  wish() {
    if (this.isAsking) this.isWished = true;
    else this.refresh().catch(() => {});
  }

  /** Asks anew; one question at a time. */
  async refresh() {
    if (this.isAsking) return;
    this.isAsking = true;
    this.isWished = false;
    try {
      const answer = await stock({
        contains: byId("search").value.trim(), sort: byId("order").value, skip: this.skip, limit: PAGE,
      });
      this.total = answer.total;
      this.show(answer.levels);
    } finally {
      this.isAsking = false;
      if (this.isWished) this.wish();
    }
  }

  show(levels) {
    while (this.rows.length < levels.length) this.rows.push(this.makeRow());
    this.rows.forEach((row, index) => this.fill(row, levels[index]));
    byId("no-items").hidden = levels.length > 0;
    byId("items-count").textContent = `${number(this.total)} ${byId("search").value.trim() ? "found" : "in all"}`;
    const last = this.skip + levels.length;
    byId("page").textContent = this.total > 0 ? `${number(this.skip + 1)}–${number(last)}` : "";
    byId("previous").disabled = this.skip === 0;
    byId("next").disabled = last >= this.total;
    if (!this.chosen && levels.length > 0) this.pick(levels[0]);
  }

  makeRow() {
    const row = { line: element("tr"), button: element("button"), cells: [] };
    row.button.type = "button";
    row.button.append((row.sku = element("span")), (row.at = element("span", "at")));
    row.button.addEventListener("click", () => this.pick(row.level));
    const first = element("td");
    first.append(row.button);
    row.line.append(first);
    for (let index = 0; index < 4; index += 1) row.cells.push(row.line.appendChild(element("td")));
    byId("rows").append(row.line);
    return row;
  }

  fill(row, level) {
    row.level = level;
    row.line.hidden = !level;
    if (!level) return;
    row.sku.textContent = shown(level.sku);
    row.at.textContent = level.location === "main" ? "" : shown(`@${level.location}`);
    row.button.title = shown(itemName(level));
    const waiting = level.waiting ?? 0;
    const figures = [
      [level.on_hand, ""], [level.held, level.held ? "held" : "none"], [waiting, waiting ? "held" : "none"],
      [level.available, level.available ? "" : "zero"],
    ];
    figures.forEach(([value, kind], index) => {
      row.cells[index].textContent = number(value);
      row.cells[index].className = `number ${kind}`;
    });
    this.mark(row);
  }

  mark(row) {
    const isChosen = this.chosen !== null && row.level !== undefined && itemName(row.level) === this.chosen;
    row.line.className = isChosen ? "chosen" : "";
    row.button.setAttribute("aria-pressed", String(isChosen));
  }

  pick(level) {
    this.chosen = itemName(level);
    this.rows.forEach((row) => this.mark(row));
    this.choose(level);
  }
}
