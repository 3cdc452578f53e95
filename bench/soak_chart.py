"""Draws the samples of bench/soak.py as an SVG file: bench/soak_chart.py SOAK.csv OUT.svg"""
import csv
import sys

PANELS = [("resident MB", "heap MB"), ("threads", "open files"), ("log MB", "weights in the log MB", "rest of the run MB")]
COLOURS = ["#1f6f8b", "#c8553d", "#6a994e"]
WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 150, 46, 30, 24


def line(samples, name, most, longest, x, y):
    points = [(x + WIDTH * float(one["seconds"]) / longest, y + HEIGHT - HEIGHT * float(one[name]) / most)
              for one in samples if one[name] != ""]
    return " ".join(f"{across:.1f},{down:.1f}" for across, down in points)


def panel(samples, names, x, y):
    longest = float(samples[-1]["seconds"]) or 1
    most = 1.1 * max(float(one[name]) for one in samples for name in names if one[name] != "") or 1
    parts = [f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>']
    for share in (0, 0.5, 1):
        down = y + HEIGHT - HEIGHT * share
        parts.append(f'<text x="{x - 4}" y="{down + 3}" text-anchor="end">{most * share:,.0f}</text>')
    for share in (0, 0.5, 1):
        parts.append(f'<text x="{x + WIDTH * share}" y="{y + HEIGHT + 12}" text-anchor="middle">'
                     f'{longest * share / 60:.0f} min</text>')
    for number, name in enumerate(names):
        colour = COLOURS[number]
        parts.append(f'<polyline points="{line(samples, name, most, longest, x, y)}" fill="none" stroke="{colour}"/>')
        parts.append(f'<text x="{x + 100 * number}" y="{y - 6}" fill="{colour}">{name}</text>')
    return parts


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        samples = list(csv.DictReader(file))
    width = len(PANELS) * (WIDTH + LEFT + GAP)
    height = HEIGHT + TOP + 24
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="10">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for number, names in enumerate(PANELS):
        parts += panel(samples, names, LEFT + number * (WIDTH + LEFT + GAP), TOP)
    with open(sys.argv[2], "w") as out:
        out.write("\n".join([*parts, "</svg>", ""]))


if __name__ == "__main__":
    main()
