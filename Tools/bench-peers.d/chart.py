"""The chart: bars on a logarithmic scale, one group a shape, for light and dark pages, without any other file."""
import math
from html import escape

import sale

LEFT, BAR, GAP, HEAD, RIGHT, WIDTH = 430, 15, 5, 34, 90, 1000
# Plain colours and not CSS variables, which some viewers do not know.
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; } .group { font-weight: 600; } text.faint { fill: #59636e; }
  .page { fill: #ffffff; } .grid { stroke: #d1d9e0; }
  .peer { fill: #8c959f; stroke: #8c959f; } .own { fill: #0a7d4f; stroke: #0a7d4f; }
  .lossy { fill-opacity: 0.15; stroke-dasharray: 3 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } text.faint { fill: #9198a1; } .page { fill: #0d1117; } .grid { stroke: #3d444d; }
    .peer { fill: #6e7781; stroke: #6e7781; } .own { fill: #2fbf82; stroke: #2fbf82; }
  }
"""


def svg(run, figures):
    low = math.floor(math.log10(min(figure.rate for figure in figures)))
    high = math.ceil(math.log10(max(figure.rate for figure in figures)))
    high = max(high, low + 1)

    def x(rate):
        return LEFT + (math.log10(rate) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    body, y = [], 78
    for skus in sorted({figure.skus for figure in figures}):
        body.append(f'<text class="group" x="16" y="{y + 18}">{escape(sale.SHAPES[skus])}</text>')
        y += HEAD - 6
        for figure in sorted((figure for figure in figures if figure.skus == skus), key=lambda figure: figure.rate):
            label = f"{figure.peer}: {figure.what.split(': commands')[0].replace('`', '')}"
            style = ("own" if figure.peer == "Tallystick" else "peer") + ("" if figure.durable else " lossy")
            end = x(figure.rate)
            body.append(
                f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(label)}</text>'
                f'<rect class="{style}" x="{LEFT}" y="{y}" width="{max(1, end - LEFT):.1f}" height="{BAR}"/>'
                f'<text x="{end + 6:.1f}" y="{y + 12}">{figure.rate:,.0f}</text>')
            y += BAR + GAP
        y += GAP
    grid = []
    for power in range(low, high + 1):
        grid.append(
            f'<line class="grid" x1="{x(10**power):.1f}" y1="76" x2="{x(10**power):.1f}" y2="{y}"/>'
            f'<text class="faint" x="{x(10**power):.1f}" y="{y + 16}" text-anchor="middle">{10**power:,}</text>')
    machine = run["machine"]
    foot = f"{machine['cpu']}, {machine['cores']} cores · {run['date']} · " + \
        " · ".join(f"{peer} {version}" for peer, version in run["versions"].items())
    height = y + 56
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img"'
        ' aria-label="Reservations a second of each peer, logarithmic scale">',
        f"<style>{STYLE}</style>", f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        '<text class="title" x="16" y="28">Accepted reservations a second, one machine, one run</text>',
        '<text class="faint" x="16" y="48">Logarithmic scale: a grid line is ten times the one before it. '
        'Filled: durable before it answers. Dashed: may lose what it answered.</text>',
        '<rect class="own" x="16" y="58" width="12" height="10"/><text class="faint" x="34" y="68">Tallystick</text>'
        '<rect class="peer" x="110" y="58" width="12" height="10"/><text class="faint" x="128" y="68">peers</text>',
        *grid, *body, f'<text class="faint" x="16" y="{height - 14}">{escape(foot)}</text>', "</svg>", ""])
