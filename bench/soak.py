"""A long run and what it takes of the machine: bench/soak.py [MINUTES] [SECONDS BETWEEN SAMPLES]

Runs the demo with people, who are a program here, for that long; samples its resident memory, heap in use, threads, open
files and bytes on disk into a file; stops it as Ctrl+C does; audits its log; and says how much of each there was in the
first and in the last quarter. bench/soak_chart.py draws the file.
"""
import csv
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from process import HOME, Process


def bytes_below(directory):
    total = 0
    for path, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
            except OSError:
                pass  # deleted meanwhile
    return total


def megabytes(kilobytes):
    return round(int(kilobytes) / 1024, 1)


def heap(pid):
    said = subprocess.run(["jcmd", str(pid), "GC.heap_info"], capture_output=True, text=True).stdout
    used = [int(kilobytes) for kilobytes in re.findall(r"^ *(?:def new|tenured) generation .*used (\d+)K", said, re.M)]
    return megabytes(sum(used)) if used else ""


def steps(run):
    try:
        with open(os.path.join(run, "metrics.jsonl")) as lines:
            return sum(1 for _ in lines)
    except OSError:
        return 0


def sample(pid, run, began):
    with open(f"/proc/{pid}/status") as lines:
        status = dict(line.split(":", 1) for line in lines if ":" in line)
    log = os.path.join(run, "log")
    weights = sum(bytes_below(os.path.join(log, name)) for name in os.listdir(log) if "weights" in name)
    return {
        "seconds": round(time.monotonic() - began),
        "steps": steps(run),
        "resident MB": megabytes(status["VmRSS"].split()[0]),
        "heap MB": heap(pid),
        "threads": int(status["Threads"]),
        "open files": len(os.listdir(f"/proc/{pid}/fd")),
        "log MB": megabytes(bytes_below(log) / 1024),
        "weights in the log MB": megabytes(weights / 1024),
        "rest of the run MB": megabytes((bytes_below(run) - bytes_below(log)) / 1024),
    }


def is_java(pid):
    with open(f"/proc/{pid}/comm") as name:
        return name.read().strip() == "java"


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 45
    between = float(sys.argv[2]) if len(sys.argv) > 2 else 10
    work = tempfile.mkdtemp(prefix="soak-")
    run = os.path.join(work, "run")
    output = open(os.path.join(work, "output"), "w")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, and a child would too
    process = subprocess.Popen([os.path.join(HOME, "rlhf"), "demo", "--people", "--output", run, "--max-steps", "0"],
                               stdout=output, stderr=subprocess.STDOUT, cwd=work)
    print(f"the run is {run}", flush=True)
    while steps(run) < 1:
        if process.poll() is not None:
            sys.exit(f"it ended: see {output.name}")
        time.sleep(0.5)
    if not is_java(process.pid):
        sys.exit(f"process {process.pid} is not the JVM")
    began = time.monotonic()
    samples = []
    table = os.path.join(work, "soak.csv")
    try:
        with open(table, "w", newline="") as file:
            writer = None
            while time.monotonic() - began < 60 * minutes and process.poll() is None:
                try:
                    samples.append(sample(process.pid, run, began))
                except OSError:
                    break  # it has ended
                writer = writer or csv.DictWriter(file, samples[0].keys())
                if len(samples) == 1:
                    writer.writeheader()
                writer.writerow(samples[-1])
                file.flush()
                time.sleep(between)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(180)
    print(f"the samples are in {table}")
    quarter = max(1, len(samples) // 4)
    for name in samples[0]:
        every, first, last = ([one[name] for one in part if one[name] != ""]
                              for part in (samples, samples[:quarter], samples[-quarter:]))
        if first and last:
            print(f"{name}: first quarter {statistics.median(first):,.1f}, last quarter {statistics.median(last):,.1f},"
                  f" most {max(every):,.1f}")
    print(f"ended with {process.returncode}", flush=True)
    broker = Process(work, "broker", "broker", "--data-directory", os.path.join(run, "log"), "--port", "0",
                     "--registry-port", "0")
    at = broker.line(r"started at (\S+), registry at (\S+)")
    kafka = ["--bootstrap-servers", at.group(1), "--schema-registry-url", at.group(2)]
    audited = subprocess.run([os.path.join(HOME, "rlhf"), "audit", *kafka], cwd=work).returncode
    broker.stop()
    sys.exit(audited)


if __name__ == "__main__":
    main()
