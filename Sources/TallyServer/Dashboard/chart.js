// A line of stock over time, in steps, against zero; and small lines of figures.

const SPACE = "http://www.w3.org/2000/svg";

function draw(name, attributes, text) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A step up from which figures look round: 1, 2, 5, 10, … */
function step(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most / 4)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((size) => most / size <= 5) ?? power * 10;
}

/** Few enough points to draw: of those that share a place, the lowest and the last, so that no dip is lost. */
function thinned(points, places) {
  if (points.length <= places * 2) return points;
  const size = points.length / places;
  const kept = [];
  for (let place = 0; place < places; place += 1) {
    const part = points.slice(Math.floor(place * size), Math.floor((place + 1) * size));
    const lowest = part.reduce((low, point) => (point.value < low.value ? point : low), part[0]);
    const last = part[part.length - 1];
    kept.push(lowest);
    if (last !== lowest) kept.push(last);
  }
  return kept;
}

/**
 * @param {HTMLElement} place is drawn into.
 * @param {{time: number, value: number}[]} points in order of time.
 */
export function drawStock(place, points, label, timeWords) {
  const width = Math.max(280, place.clientWidth);
  const height = 240;
  const [left, right, top, bottom] = [8, 8, 16, 26];
  const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  place.replaceChildren(picture);
  if (points.length === 0) return;
  const line = thinned(points, Math.floor(width / 2));
  const most = Math.max(1, ...line.map((point) => point.value));
  const least = Math.min(0, ...line.map((point) => point.value));
  const size = step(most - least);
  const first = line[0].time;
  const span = Math.max(1, line[line.length - 1].time - first);
  const x = (time) => left + ((time - first) / span) * (width - left - right);
  const y = (value) => top + (1 - (value - least) / (most - least)) * (height - top - bottom);
  let path = `M${x(first).toFixed(1)} ${y(line[0].value).toFixed(1)}`;
  for (const point of line.slice(1)) path += `H${x(point.time).toFixed(1)}V${y(point.value).toFixed(1)}`;
  const end = width - right;
  path += `H${end}`;
  picture.append(draw("path", { class: "area", d: `${path}V${y(0)}H${left}Z` }));
  for (let value = size; value <= most; value += size) {
    picture.append(draw("line", { class: "axis", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    picture.append(draw("text", { x: left, y: y(value) - 4 }, value.toLocaleString("en")));
  }
  picture.append(draw("path", { class: "stock", d: path }));
  picture.append(draw("line", { class: "floor", x1: left, x2: end, y1: y(0), y2: y(0) }));
  picture.append(draw("text", { class: "zero-label", x: end, y: y(0) - 5, "text-anchor": "end" }, "zero"));
  picture.append(draw("text", { x: left, y: height - 6 }, timeWords(first)));
  picture.append(draw("text", { x: end, y: height - 6, "text-anchor": "end" }, timeWords(first + span)));
}

/** The last figures, as a line without words. */
export class Spark {
  constructor(place) {
    this.values = [];
    this.path = draw("path", { d: "" });
    const picture = draw("svg", { viewBox: "0 0 59 20", preserveAspectRatio: "none" });
    picture.append(this.path);
    place.append(picture);
  }

  add(value) {
    this.values.push(value ?? 0);
    if (this.values.length > 60) this.values.shift();
    const most = Math.max(...this.values) || 1;
    const start = 60 - this.values.length;
    const points = this.values.map((value, index) => `${start + index} ${(19 - (value / most) * 18).toFixed(2)}`);
    this.path.setAttribute("d", `M${points.join("L")}`);
  }
}
