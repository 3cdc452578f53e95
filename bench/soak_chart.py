"""Draws the samples of bench/soak.py as an SVG file: bench/soak_chart.py SOAK.csv OUT.svg"""
import csv
import sys

import chart

PANELS = [("resident MB", "heap MB"), ("threads", "open files"), ("log MB", "weights in the log MB", "rest of the run MB")]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        samples = list(csv.DictReader(file))
    panels = [{name: [(float(one["seconds"]), float(one[name])) for one in samples if one[name] != ""] for name in names}
              for names in PANELS]
    chart.draw(sys.argv[2], panels, lambda seconds: f"{seconds / 60:.0f} min")


if __name__ == "__main__":
    main()
