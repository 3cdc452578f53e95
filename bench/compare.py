"""Our model runtime against transformers and PyTorch eager, alternating in one run.

usage: bench/run compare MODELS [row ...]
MODELS holds the directories 15m and 135m, as bench/peers/make_models.py writes them. PEER_PYTHON names a Python
with torch and transformers. A row is one of generate-15m-1, generate-15m-16, generate-15m-64, generate-135m-1,
generate-135m-16 and policy-step; without any, all are run. Figures are medians over the rounds.
"""
import os
import statistics
import subprocess
import sys

from precision import faster

ROUNDS = int(os.environ.get("ROUNDS", "3"))
HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.environ.get("PEER_PYTHON", "python3")
BOUNDS = {
    "generate-15m-1": 1.8, "generate-15m-16": 3.0, "generate-15m-64": 4.0,
    "generate-135m-1": 1.8, "generate-135m-16": 2.5, "policy-step": 1.0,
}


def result(command, marker="RESULT"):
    run = subprocess.run(command, capture_output=True, text=True)
    for line in reversed(run.stdout.splitlines()):
        if line.startswith(marker):
            return float(line.split()[1])
    sys.exit(f"{' '.join(command)} gave no result:\n{run.stdout}{run.stderr}")


def peer(script, *arguments):
    return result([PYTHON, os.path.join(HERE, "peers", script), *map(str, arguments)])


def ours(name, *arguments):
    return result([os.path.join(HERE, "java"), name, *map(str, arguments)])


def generate(models, shape, batch):
    directory = os.path.join(models, shape)
    tokens = 64 if shape == "15m" else 32
    measured = {"float32": [], "bfloat16": [], "ours": []}
    for _ in range(ROUNDS):
        for dtype in ("float32", "bfloat16"):
            measured[dtype].append(peer("generate.py", directory, batch, tokens, dtype))
        measured["ours"].append(ours("GenerationSpeed", directory, batch, tokens, "auto"))
    figures = {key: statistics.median(values) for key, values in measured.items()}
    best = max(figures["float32"], figures["bfloat16"])
    print(f"generate {shape} batch {batch}: transformers {figures['float32']:.0f} (float32) "
          f"{figures['bfloat16']:.0f} (bfloat16), ours {figures['ours']:.0f} tokens/s: ratio "
          f"{figures['ours'] / best:.2f} (at least {BOUNDS[f'generate-{shape}-{batch}']})", flush=True)


def policy_step(models):
    directory = os.path.join(models, "15m")
    dtype = faster()
    measured = {"eager": [], "ours": [], "rate": []}
    for _ in range(ROUNDS):
        measured["eager"].append(peer("policy_step.py", directory, dtype))
        measured["ours"].append(ours("PolicyStepSpeed", directory, dtype))
        measured["rate"].append(peer("matrix_rate.py", dtype))
    figures = {key: statistics.median(values) for key, values in measured.items()}
    operations = 6 * 15_191_712 * 16 * 183 / 1e9
    share = figures["ours"] * operations / figures["rate"]
    print(f"policy step 15m, {dtype}: eager {1 / figures['eager']:.3f} s, ours {1 / figures['ours']:.3f} s: ratio "
          f"{figures['ours'] / figures['eager']:.2f} (at least 1.0); {figures['ours'] * operations:.0f} of "
          f"{figures['rate']:.0f} GFLOP/s: {100 * share:.0f} % (at least 50)", flush=True)


models, *rows = sys.argv[1:]
for row in rows or BOUNDS:
    if row == "policy-step":
        policy_step(models)
    else:
        _, shape, batch = row.split("-")
        generate(models, shape, int(batch))
