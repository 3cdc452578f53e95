"""The preference pairs that every peer and this project are measured on: stories (long answers) or instructions (short).

usage: [DATA=stories|instr] preferences.py OUT.jsonl

Instructions are read from the file that INSTRUCTIONS names: a JSON array of objects with instruction, input, chosen, rejected.
"""
import gzip
import json
import os
import random
import sys

from datasets import Dataset

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INSTRUCTIONS = os.environ.get("INSTRUCTIONS", os.path.join(HOME, "..", "shared", "data", "instruction-preferences.json"))
PAIRS = 2000


def instructions():
    if not os.path.exists(INSTRUCTIONS):
        sys.exit(f"{INSTRUCTIONS} does not exist: set INSTRUCTIONS to the file of instructions, or DATA=stories")
    with open(INSTRUCTIONS) as file:
        for row in json.load(file):
            asked = row["instruction"] + ("\n" + row["input"] if row["input"] else "") + "\n"
            yield dict(prompt=asked, chosen=row["chosen"], rejected=row["rejected"])


def stories():
    with gzip.open(os.path.join(HOME, "data", "stories-train.jsonl.gz"), "rt") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    random.seed(0)
    for i in range(PAIRS):
        first, second = texts[2 * i], texts[2 * i + 1]
        opening, rest = first.split(". ", 1) if ". " in first else (first[:30], first[30:])
        other = second.split(". ", 1)[1] if ". " in second else second
        yield dict(prompt=opening + ". ", chosen=rest, rejected=other)


def load():
    return Dataset.from_list(list(instructions() if os.environ.get("DATA", "stories") == "instr" else stories()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "w") as target:
        for row in load():
            target.write(json.dumps(row) + "\n")
