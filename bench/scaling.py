"""One worker against two on the same cores, and how long a worker's tokens stop when another joins.

usage: bench/run scaling

Workers alone: the requests are admitted before, and neither a learner nor the controller runs beside them. Tokens a
second over SECONDS (30) in ROUNDS (3) rounds, one worker and two in turn; the median of the ratios is told. Then a second
worker joins a running one, JOINS (3) times; the longest time in which the first drew no token is told.
"""
import os
import statistics
import sys
import tempfile
import time

from process import Process

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECONDS = float(os.environ.get("SECONDS", "30"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
JOINS = int(os.environ.get("JOINS", "3"))
REQUESTS = 60_000


def await_that(condition):
    until = time.monotonic() + 180
    while not condition():
        if time.monotonic() > until:
            sys.exit("waited 180 s in vain")
        time.sleep(0.1)


def main():
    with tempfile.TemporaryDirectory() as work:
        broker = Process(work, "broker", "broker", "--port", "0", "--registry-port", "0", "--data-directory", "log")
        address = broker.line(r"started at (\S+), registry at (\S+)")
        at = ["--bootstrap-servers", address.group(1), "--schema-registry-url", address.group(2),
              "--model.policy", os.path.join(HOME, "models/starter"), "--model.reward",
              os.path.join(HOME, "models/starter-reward"), "--topics.partitions", "12", "--batch-size", "64",
              "--admission.staleness", str(REQUESTS // 64), "--sampling.max-new-tokens", "48",
              "--rollout-worker.batch-size", "16"]
        with open(os.path.join(work, "prompts.txt"), "w") as prompts:
            prompts.writelines(f"Once upon a time there were {i} foxes.\n" for i in range(500))
        assert Process(work, "import", "prompts", "import", "prompts.txt", *at).process.wait() == 0
        learner = Process(work, "learner", "learner", *at)
        learner.line("reading ")
        controller = Process(work, "controller", "controller", *at)
        await_that(lambda: controller.metric("rlhf_admission_requests_total") >= REQUESTS * 0.95)
        for role in (controller, learner):
            role.stop()
        measure(work, at)
        broker.stop()


def start(work, at):
    worker = Process(work, "worker", "rollout-worker", *at)
    await_that(lambda: worker.metric("rlhf_worker_tokens_total") > 0)
    return worker


def rate(workers):
    before, began = sum(w.metric("rlhf_worker_tokens_total") for w in workers), time.monotonic()
    time.sleep(SECONDS)
    after = sum(w.metric("rlhf_worker_tokens_total") for w in workers)
    return (after - before) / (time.monotonic() - began)


def measure(work, at):
    ratios, pauses = [], []
    for _ in range(ROUNDS):
        first = start(work, at)
        one = rate([first])
        second = start(work, at)
        await_that(lambda: second.metric("rlhf_worker_partitions") == 6)
        two = rate([first, second])
        ratios.append(two / one)
        print(f"one worker {one:,.0f} tokens/s, two {two:,.0f}: {two / one:.2f}x", flush=True)
        for worker in (first, second):
            worker.stop()
    for _ in range(JOINS):
        first = start(work, at)
        await_that(lambda: first.metric("rlhf_worker_partitions") == 12)
        pauses.append(longest_pause(first, work, at))
        print(f"longest time without a token while another joined: {pauses[-1]:.2f} s", flush=True)
    print(f"two workers on the same cores: {statistics.median(ratios):.2f}x (at least 0.95)")
    print(f"pause when a worker joins: {max(pauses):.2f} s (at most 1)")


def longest_pause(first, work, at):
    """From the other's start until it has its share and a little longer."""
    second = Process(work, "worker", "rollout-worker", *at)
    drawn, since, longest, settled = -1, time.monotonic(), 0.0, None
    while settled is None or time.monotonic() - settled < 5:
        tokens = first.metric("rlhf_worker_batch_fill_count")
        if tokens != drawn:
            drawn, since = tokens, time.monotonic()
        longest = max(longest, time.monotonic() - since)
        if settled is None and first.metric("rlhf_worker_partitions") == 6:
            settled = time.monotonic()
        time.sleep(0.02)
    for worker in (first, second):
        worker.stop()
    return longest


if __name__ == "__main__":
    main()
