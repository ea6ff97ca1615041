// Numbers, times and names as people read them. Nothing here makes HTML: names come from strangers, and are only ever text.

const whole = new Intl.NumberFormat("en");

/** An element with text in it. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

export const byId = (id) => document.getElementById(id);
export const number = (value) => whole.format(value);
export const count = (value, name) => `${number(value)} ${name}${value === 1 ? "" : "s"}`;
export const itemName = (level) => (level.location === "main" ? level.sku : `${level.sku}@${level.location}`);

/** Text of others in which nothing turns the direction of what follows, and what cannot be seen is shown. */
export const shown = (text) => String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");

export function rate(value) {
  if (value >= 100) return number(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(value > 0 ? 2 : 0);
}

export function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (count >= 1024 && unit < units.length - 1) {
    count /= 1024;
    unit += 1;
  }
  return `${unit === 0 || count >= 100 ? Math.round(count) : count.toFixed(1)} ${units[unit]}`;
}

export const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB");

export function moment(ms) {
  const made = element("time", "", clock(ms));
  made.dateTime = new Date(ms).toISOString();
  made.title = new Date(ms).toLocaleString("en-GB");
  return made;
}
