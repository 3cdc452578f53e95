"""Bytes of each version of the weights: bench/run deltas [STEPS [CHART.svg]]

Trains the 135M shape by GRPO and by DPO at a learning rate of 1e-6, and reads from the log what each step's version took.
"""
import gzip
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile

import chart
import sizes
from process import HOME

RATE = ["--learning-rate", "1e-6", "--set", "learner.warmup-steps=0", "--set", "weights.anchor-every=1000"]


def pairs(work):
    """Two continuations of the same beginning: made up, but text."""
    path = os.path.join(work, "pairs.jsonl")
    with gzip.open(os.path.join(HOME, "data/stories-valid.jsonl.gz"), "rt") as stories, open(path, "w") as file:
        texts = [json.loads(line)["text"].split() for line in itertools.islice(stories, 512)]
        for one, other in zip(texts[::2], texts[1::2]):
            file.write(json.dumps({"prompt": " ".join(one[:12]), "chosen": " " + " ".join(one[12:60]),
                                   "rejected": " " + " ".join(other[12:60])}) + "\n")
    return path


def train(work, name, arguments, count):
    run = os.path.join(work, name)
    subprocess.run([os.path.join(HOME, "rlhf"), "train", *arguments, *RATE, "--max-steps", str(count), "--output", run],
                   check=True, stdout=subprocess.DEVNULL, cwd=work)
    printed = subprocess.run([os.path.join(HOME, "bench/java"), "WeightBytes", os.path.join(run, "log")], check=True,
                             capture_output=True, text=True).stdout
    versions = [line.split() for line in printed.splitlines()]
    anchors = [int(size) for _, kind, size in versions if kind == "ANCHOR"]
    deltas = [(int(step), int(size)) for step, kind, size in versions if kind == "DELTA"]
    if len(deltas) < count - 1 - len(anchors):
        sys.exit(f"{name}: {len(deltas)} deltas and {len(anchors)} anchors after {count} steps:\n{printed}")
    shares = [(step, 100 * size / anchors[0]) for step, size in deltas]
    largest = max(share for _, share in shares)
    print(f"{name}: {len(deltas)} deltas, {statistics.median(share for _, share in shares):.1f} % of an anchor of"
          f" {anchors[0] / 1e6:.0f} MB (median), {largest:.1f} % at most; at most 5 %: {'met' if largest <= 5 else 'NOT MET'}",
          flush=True)
    return shares


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    with tempfile.TemporaryDirectory(prefix="deltas-") as work:
        policy, reward = sizes.models(work, "135m")
        lines = {
            "GRPO, % of an anchor": train(work, "grpo", [*sizes.GRPO, "--model", policy, "--reward-model", reward, "--data",
                                                         sizes.prompts(work)], count),
            "DPO, % of an anchor": train(work, "dpo", ["dpo", "--model", policy, "--data", pairs(work), "--batch-size", "8",
                                                       "--set", "learner.checkpoint-every=1"], count),
        }
        if len(sys.argv) > 2:
            chart.draw(sys.argv[2], [lines], lambda step: f"step {step:.0f}")


if __name__ == "__main__":
    main()
