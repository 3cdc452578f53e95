"""Draws curves of a run: bench/curves.py METRICS.jsonl OUT.svg LABEL=metric[,metric...] ...

One panel a LABEL; metrics as metrics.jsonl names them. Needs matplotlib; the curves in docs/objectives were drawn by it.
"""
import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "rlhf-streams"  # the same run, the same bytes
import matplotlib.pyplot as plt  # noqa: E402


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    with open(sys.argv[1]) as lines:
        steps = [json.loads(line) for line in lines]
    panels = [argument.split("=") for argument in sys.argv[3:]]
    figure, axes = plt.subplots(1, len(panels), figsize=(3.4 * len(panels), 2.4), squeeze=False)
    for axis, (label, names) in zip(axes[0], panels):
        for name in names.split(","):
            points = [(step["step"], step[name]) for step in steps if name in step]
            axis.plot(*zip(*points), linewidth=1, label=name)
        axis.set_title(label, fontsize=9)
        axis.tick_params(labelsize=7)
        axis.grid(alpha=0.3)
        if "," in names:
            axis.legend(fontsize=6)
    figure.tight_layout()
    figure.savefig(sys.argv[2], metadata={"Date": None})


if __name__ == "__main__":
    main()
