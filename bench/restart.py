"""How long a learner takes to go on: bench/restart.py [ROLLOUTS]

Runs the demo for a few steps, then starts its learner again on its log: with little in it, and then with that many scored
rollouts more. Says after how many seconds the learner takes examples (/ready) and after how many
the next step is done.
"""
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from process import HOME, Process

STEPS = 4
ROUNDS = 2


def lines(path):
    with open(path) as file:
        return sum(1 for _ in file)


def is_ready(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5).status == 200
    except (urllib.error.URLError, OSError):
        return False


def restart(work, configuration, kafka, metrics, step):
    """Seconds until it takes examples, and until it has done the step."""
    began = time.monotonic()
    learner = Process(work, "learner", "learner", "--config", configuration, *kafka, "--max-steps", str(step))
    port = learner.line(r"health at http://127.0.0.1:(\d+)/").group(1)
    while not is_ready(port) and learner.process.poll() is None:
        time.sleep(0.02)
    ready = time.monotonic() - began
    while lines(metrics) < step:
        if learner.process.poll() is not None and lines(metrics) < step:
            sys.exit(f"the learner ended: see {learner.log}")
        time.sleep(0.02)
    done = time.monotonic() - began
    learner.process.wait(60)
    return ready, done


def main():
    rollouts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    work = tempfile.mkdtemp(prefix="restart-")
    run = os.path.join(work, "run")
    metrics = os.path.join(run, "metrics.jsonl")
    demo = [os.path.join(HOME, "rlhf"), "demo", "--output", run]
    configuration = os.path.join(work, "rlhf.yaml")
    with open(configuration, "w") as file:
        subprocess.run([*demo, "--print-config"], cwd=work, stdout=file, check=True)
    subprocess.run([*demo, "--max-steps", str(STEPS)], cwd=work, stdout=subprocess.DEVNULL, check=True)
    broker = Process(work, "broker", "broker", "--data-directory", os.path.join(run, "log"), "--port", "0",
                     "--registry-port", "0")
    at = broker.line(r"started at (\S+), registry at (\S+)")
    kafka = ["--bootstrap-servers", at.group(1), "--schema-registry-url", at.group(2)]
    step = lines(metrics)
    try:
        for count in (ROUNDS * 64, rollouts):
            began = time.monotonic()
            subprocess.run([os.path.join(HOME, "bench", "java"), "ScoredBacklog", at.group(1), at.group(2), str(count),
                            str(step)], check=True)
            print(f"{count:,} scored rollouts added in {time.monotonic() - began:.0f} s", flush=True)
            for _ in range(ROUNDS):
                step += 1
                ready, done = restart(work, configuration, kafka, metrics, step)
                print(f"restarted: takes examples after {ready:.1f} s, has done step {step} after {done:.1f} s", flush=True)
    finally:
        broker.stop()


if __name__ == "__main__":
    main()
