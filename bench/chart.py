"""Panels of lines in one SVG file."""
COLOURS = ["#1f6f8b", "#c8553d", "#6a994e"]
WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 150, 46, 30, 24


def draw(path, panels, across):
    """Panels, each {name: [(x, y), ...]}, beside each other; `across` writes a value of x."""
    width = len(panels) * (WIDTH + LEFT + GAP)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT + TOP + 24}" font-family="sans-serif"'
             ' font-size="10">', f'<rect width="{width}" height="{HEIGHT + TOP + 24}" fill="#fff"/>']
    for number, lines in enumerate(panels):
        parts += panel(lines, LEFT + number * (WIDTH + LEFT + GAP), TOP, across)
    with open(path, "w") as out:
        out.write("\n".join([*parts, "</svg>", ""]))


def panel(lines, x, y, across):
    longest = max(at for points in lines.values() for at, _ in points) or 1
    most = 1.1 * max(value for points in lines.values() for _, value in points) or 1
    parts = [f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>']
    for share in (0, 0.5, 1):
        down = y + HEIGHT - HEIGHT * share
        parts.append(f'<text x="{x - 4}" y="{down + 3}" text-anchor="end">{most * share:,.{0 if most > 10 else 1}f}</text>')
        parts.append(f'<text x="{x + WIDTH * share}" y="{y + HEIGHT + 12}" text-anchor="middle">'
                     f'{across(longest * share)}</text>')
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number]
        drawn = " ".join(f"{x + WIDTH * at / longest:.1f},{y + HEIGHT - HEIGHT * value / most:.1f}" for at, value in points)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}"/>')
        parts.append(f'<text x="{x + WIDTH / len(lines) * number}" y="{y - 6}" fill="{colour}">{name}</text>')
    return parts
