"""Pairs a second of `rlhf preferences import`, its start included, and whether its memory stays flat.

usage: bench/run import [pairs]

Writes synthetic pairs of about 200 words (a million, or so many), starts a broker of its own, and imports them. Memory is
resident memory, the highest in the second and in the last quarter of the time.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RLHF = os.path.join(HOME, "rlhf")
WORDS = "the a cat dog bird tree sun moon little big happy sad ran jumped saw said and then but with to in on her his".split()
PROMPT, RESPONSE = 40, 80
AT_LEAST = 20_000


def write(path, pairs):
    draw = random.Random(0)
    text = " ".join(draw.choices(WORDS, k=100_000)).split()

    def words(count):
        start = draw.randrange(len(text) - count)
        return " ".join(text[start:start + count])
    with open(path, "w") as lines:
        for i in range(pairs):
            pair = {"prompt": f"{i} {words(PROMPT - 1)}", "chosen": " " + words(RESPONSE), "rejected": " not " + words(RESPONSE - 1)}
            lines.write(json.dumps(pair) + "\n")


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1e3


def watch(process, samples):
    while process.poll() is None:
        try:
            samples.append(resident(process.pid))
        except (OSError, AttributeError):
            break  # it ends just now
        time.sleep(0.2)


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as work:
        data = os.path.join(work, "pairs.jsonl")
        write(data, pairs)
        broker = subprocess.Popen([RLHF, "broker", "--data-directory", os.path.join(work, "log"), "--port", "0", "--registry-port", "0"],
                                  stdout=subprocess.PIPE, text=True)
        try:
            for line in broker.stdout:
                started = re.search(r"started at (\S+), registry at (\S+)", line)
                if started:
                    break
            else:
                sys.exit("the broker did not start")
            kafka = ["--bootstrap-servers", started.group(1), "--schema-registry-url", started.group(2)]
            subprocess.run([RLHF, "topics", "create", *kafka], check=True, stdout=subprocess.DEVNULL)
            begun = time.perf_counter()
            importing = subprocess.Popen([RLHF, "preferences", "import", data, *kafka], stdout=subprocess.PIPE, text=True)
            samples = []
            watcher = threading.Thread(target=watch, args=(importing, samples))
            watcher.start()
            said = importing.communicate()[0]
            seconds = time.perf_counter() - begun
            watcher.join()
        finally:
            broker.terminate()
            broker.wait(60)
    if f"published {pairs:,} preferences" not in said:
        sys.exit(f"not all were published:\n{said[-2000:]}")
    quarter = len(samples) // 4
    print(f"{pairs:,} pairs in {seconds:.1f} s: {pairs / seconds:,.0f} pairs/s (at least {AT_LEAST:,}); resident memory "
          f"{max(samples[quarter:2 * quarter]):.0f} MB in the second quarter, {max(samples[-quarter:]):.0f} MB in the last")


main()
