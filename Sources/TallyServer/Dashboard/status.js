// How the server fares: figures a second from the difference of two looks, and what it keeps.

import { Spark } from "./chart.js";
import { byId, bytes, clock, count, duration, element, number, rate, shown } from "./words.js";

/** The value that so many do not exceed, of what was counted by size; null: nothing was. */
function quantile(histogram, before, share) {
  const counts = histogram.counts.map((value, index) => value - before.counts[index]);
  let left = counts.reduce((sum, value) => sum + value, 0) * share;
  if (left === 0) return null;
  const index = counts.findIndex((value) => (left -= value) <= 0);
  return histogram.bounds_s[Math.min(index, histogram.bounds_s.length - 1)];
}

const refused = (answers) => Object.values(answers.rejected).reduce((sum, value) => sum + value, answers.busy);

export class Status {
  constructor() {
    this.rateLine = new Spark(byId("rate-line"));
    this.latencyLine = new Spark(byId("latency-line"));
    this.refusedLine = new Spark(byId("refused-line"));
  }

  show(status) {
    byId("log").textContent = `log ${status.log}`;
    byId("log").title = status.log;
    const isSame = this.last && this.last.log === status.log && this.last.uptime_ms <= status.uptime_ms;
    if (isSame) this.showRates(status, this.last);
    this.last = status;
    byId("holds").textContent = number(status.open_reservations);
    byId("waiting-note").textContent =
      `${number(status.waiting_reservations)} in line · ${count(status.connections, "connection")}`;
    byId("last").textContent = number(status.last_seq);
    byId("last-note").textContent = status.last_time_ms ? `at ${clock(status.last_time_ms)}` : "nothing has happened yet";
    this.showAnswers(status.answers);
    this.showKeeping(status);
  }

  showRates(now, before) {
    const seconds = (now.uptime_ms - before.uptime_ms) / 1000;
    if (seconds <= 0) return;
    const reservations = (now.reservations - before.reservations) / seconds;
    const refusals = (refused(now.answers) - refused(before.answers)) / seconds;
    const [half, most] = [0.5, 0.99].map((share) => quantile(now.answer_seconds, before.answer_seconds, share));
    byId("rate").textContent = rate(reservations);
    byId("refused").textContent = rate(refusals);
    byId("latency").textContent = half === null ? "idle" : `≤ ${duration(half)} / ${duration(most)}`;
    this.rateLine.add(reservations);
    this.refusedLine.add(refusals);
    this.latencyLine.add(most);
  }

  showAnswers(answers) {
    const rows = [
      ["accepted", answers.accepted, true], ["repeated", answers.repeated, true],
      ...Object.entries(answers.rejected).sort((one, other) => other[1] - one[1]).map((row) => [...row, false]),
      ["invalid", answers.invalid, false], ["busy", answers.busy, false], ["failed", answers.failed, false],
    ].filter(([, count, isGood]) => isGood || count > 0);
    const most = Math.max(1, ...rows.map(([, count]) => count));
    byId("reasons").replaceChildren(
      ...rows.flatMap(([name, count, isGood]) => {
        const share = element("dd", isGood ? "share" : "share no");
        share.setAttribute("aria-hidden", "true");
        const bar = share.appendChild(element("span"));
        bar.style.width = `${(count / most) * 100}%`;
        return [element("dt", "", name), share, element("dd", "number", number(count))];
      }));
  }

  showKeeping(status) {
    const { disk, snapshots, verifier } = status;
    const rows = [["Server", status.failed ? shown(status.failed) : `runs for ${duration(status.uptime_ms / 1000)}`]];
    if (disk) {
      rows.push(["Log", `${bytes(disk.log_bytes)} in ${count(disk.segments, "segment")}`]);
      rows.push(["Disk", `${bytes(disk.free_bytes)} free of ${bytes(disk.total_bytes)}`]);
    }
    if (snapshots) {
      const last = snapshots.last_seq;
      rows.push(["Snapshots", last ? `${number(snapshots.count)}, the last at event ${number(last)}` : "none yet"]);
    }
    rows.push(["Verifier", this.verifierWords(verifier, status.last_seq)]);
    rows.push(["Queue", duration(status.queue_delay_ms / 1000)], ["Warnings", number(status.warnings)]);
    byId("state").replaceChildren(
      ...rows.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]));
  }

  verifierWords(verifier, last) {
    if (!verifier || verifier.state === "not-running") return "not running";
    const place = verifier.last_seq === undefined ? "" : ` up to event ${number(verifier.last_seq)} of ${number(last)}`;
    return verifier.alarm ? `ALARM: ${shown(verifier.alarm)}` : shown(verifier.state) + place;
  }
}
