"""Pairs a second of `rlhf preferences import`, its start included, and whether its memory stays flat.

usage: bench/run import [pairs]

Writes synthetic pairs of about 200 words (a million, or so many), starts a broker of its own, and imports them. Memory is
resident memory, the highest in the second and in the last quarter of the time.
"""
import json
import os
import random
import re
import sys
import tempfile
import time

from process import Process

WORDS = "the a cat dog bird tree sun moon little big happy sad ran jumped saw said and then but with to in on her his".split()
PROMPT, RESPONSE = 40, 80
AT_LEAST = 20_000


def write(path, pairs):
    draw = random.Random(0)
    text = draw.choices(WORDS, k=100_000)

    def words(count):
        start = draw.randrange(len(text) - count)
        return " ".join(text[start:start + count])
    with open(path, "w") as lines:
        for i in range(pairs):
            pair = {"prompt": f"{i} {words(PROMPT - 1)}", "chosen": " " + words(RESPONSE), "rejected": " not " + words(RESPONSE - 1)}
            lines.write(json.dumps(pair) + "\n")


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        found = re.search(r"VmRSS:\s+(\d+)", status.read())
        return int(found.group(1)) / 1e3 if found else 0  # none once it ends


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as work:
        data = os.path.join(work, "pairs.jsonl")
        write(data, pairs)
        broker = Process(work, "broker", "broker", "--data-directory", os.path.join(work, "log"), "--port", "0",
                         "--registry-port", "0")
        try:
            started = broker.line(r"started at (\S+), registry at (\S+)")
            kafka = ["--bootstrap-servers", started.group(1), "--schema-registry-url", started.group(2)]
            assert Process(work, "topics", "topics", "create", *kafka).process.wait() == 0
            begun = time.perf_counter()
            importing = Process(work, "import", "preferences", "import", data, *kafka)
            samples = []
            while importing.process.poll() is None:
                samples.append(resident(importing.process.pid))
                time.sleep(0.2)
            seconds = time.perf_counter() - begun
            importing.line(f"published {pairs:,} preferences")
        finally:
            broker.stop()
    quarter = len(samples) // 4
    print(f"{pairs:,} pairs in {seconds:.1f} s: {pairs / seconds:,.0f} pairs/s (at least {AT_LEAST:,}); resident memory "
          f"{max(samples[quarter:2 * quarter]):.0f} MB in the second quarter, {max(samples[-quarter:]):.0f} MB in the last")


if __name__ == "__main__":
    main()
