"""The table for people."""
import sale

CALLS = {"socket": "Unix socket, 50 clients", "library": "in process", "pipe": "pipe"}


def shape(figure):
    return sale.SHAPES[figure.skus]


def _reference_shape(figure):
    # No peer sells 1,000 SKUs: those rows are compared with many SKUs, where the peers are fastest.
    return 1 if figure.skus == 1 else sale.SKUS


def compare(figures):
    """Adds to each figure its ratio to PostgreSQL's best durable form and to the best durable peer, of the same shape."""
    for figure in figures:
        durable = [other for other in figures
                   if other.durable and other.peer != "Tallystick" and other.skus == _reference_shape(figure)]
        for name, others in (("to_postgresql", [other for other in durable if other.peer.startswith("PostgreSQL")]),
                             ("to_best_durable_peer", durable)):
            best = max((other.rate for other in others), default=None)
            figure.detail[name] = round(figure.rate / best, 4) if best else None


def _ratio(value):
    if value is None:
        return "–"
    return f"{value:,.0f} ×" if value >= 10 else f"{value:.1f} ×" if value >= 1 else f"{value:.2f} ×" if value >= 0.1 else f"{value:.3f} ×"


def _rate(value):
    # Three digits: the fourth is noise.
    digits = max(0, len(str(round(value))) - 3)
    return f"{round(value, -digits):,.0f}"


def markdown(run, figures):
    machine = run["machine"]
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Linux {machine['kernel']}, load"
        f" {machine['load']} at the end · {run['date']}  ",
        " · ".join(f"{peer} {version}" for peer, version in run["versions"].items()) + "  ",
        f"`{run['command']}` · data under {run['directory']}, where a bare 4 KiB write + fdatasync took"
        f" {run['bare_sync_us']:.0f} µs at the start", "",
        "| peer | what | called by | durable | shape | reservations/s | × PostgreSQL | × best durable peer | bare sync µs |",
        "|---|---|---|---|---|--:|--:|--:|--:|"]
    for skus in sorted({figure.skus for figure in figures}):
        for figure in figures:
            if figure.skus != skus:
                continue
            what = figure.what + (f" ({figure.note})" if figure.note else "")
            cells = [
                figure.peer, what, CALLS[figure.call], "yes" if figure.durable else "no", shape(figure), _rate(figure.rate),
                _ratio(figure.detail["to_postgresql"]), _ratio(figure.detail["to_best_durable_peer"]),
                f"{figure.bare:.0f}" + ("" if figure.steady else " (!)")]
            lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "Every reservation checks the stock, deducts one piece (Tallystick's batches: one to three) and records its order's id,"
        " which deducts once however often it is asked; each peer was checked after each measurement: nothing oversold,"
        " deducted = recorded. Rates are accepted reservations. × PostgreSQL and × best durable peer: against the fastest"
        " durable row of PostgreSQL, and of any peer but Tallystick, of the same shape (1,000 SKUs: of 100,000 SKUs)."
        " SQLite's and Tallystick's rows in process have no socket to cross, and batches share one sync: compare rows of the"
        " same way of calling for the engine, others for what a shop gets."]
    if not all(figure.steady for figure in figures):
        lines.append(
            "\n(!) The disk was more than twice as slow or as fast around this row as at the start: do not quote its ratios; run"
            " again on a quieter machine.")
    return "\n".join(lines)
