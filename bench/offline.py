"""Training on files against TRL: tokens a second and peak memory, in turn on one machine.

usage: bench/run offline MODELS [row ...]

MODELS holds 15m/ and 135m/ (peers/make_models.py); PEER_PYTHON is a Python with trl (peers/README.md). A row is one of
dpo-15m, dpo-135m, dpo-instr, orpo-15m, sft-15m, reward-15m and ppo-15m (against TRL 1.12 in TRL_1_12, the last with PPO;
ours end to end through Kafka, whole responses from prompt to new weights); without any, all are run. Figures are
medians over ROUNDS (2). Real tokens are counted, no padding. The reference is computed before what is timed on both
sides: TRL does so before it trains, ours in the first epoch, and the second one is timed. Both compute in bfloat16
if the processor multiplies it, otherwise in float32 (TRL's PPO always).
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from precision import faster

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHON = os.environ.get("PEER_PYTHON", "python3")
PEERS = os.path.join(HOME, "bench", "peers")
ROUNDS = int(os.environ.get("ROUNDS", "2"))
# TRL's modes in float32 by its best ones in bfloat16
IN_FLOAT32 = {"best": "fp32best", "nockpt": "fp32"}
# shape, objective, TRL's best mode, pairs a batch, data, steps, at least
ROWS = {
    "dpo-15m": ("15m", "dpo", "best", 8, "stories", 12, 3.5),
    "dpo-135m": ("135m", "dpo", "best", 4, "stories", 4, 2.0),
    "dpo-instr": ("15m", "dpo", "best", 8, "instr", 12, 4.0),
    "orpo-15m": ("15m", "orpo", "nockpt", 8, "stories", 12, 2.5),
    "sft-15m": ("15m", "sft", "nockpt", 8, "stories", 12, 3.0),
    "reward-15m": ("15m", "reward", "nockpt", 8, "stories", 12, 1.5),
}


def run(command, environment):
    """Standard output and error, and the peak of resident memory in bytes."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT,
                                   env={**os.environ, "THP_MEM_ALLOC_ENABLE": "1", **environment})
        _, status, usage = os.wait4(process.pid, 0)
        output.seek(0)
        text = output.read()
        if status != 0:
            sys.exit(f"{' '.join(command)} failed:\n{text[-3000:]}")
        return text, usage.ru_maxrss * 1024


def peer(models, shape, objective, mode, batch, data, steps):
    text, memory = run([PYTHON, os.path.join(PEERS, "trl_train.py"), shape, mode, str(steps), str(batch), objective],
                       {"MODELS": os.path.abspath(models), "DATA": data})
    result = next(line for line in text.splitlines() if line.startswith("RESULT"))
    return float(result.split("tok/s=")[1].split()[0]), memory


def ours(models, shape, objective, batch, data, steps, work):
    output = os.path.join(work, "run")
    shutil.rmtree(output, ignore_errors=True)
    _, memory = run([os.path.join(HOME, "rlhf"), "train", objective, "--model", os.path.join(models, shape), "--data", data,
                     "--batch-size", str(batch), "--max-steps", str(2 * steps), "--max-length", "512",
                     "--learning-rate", "1e-5", "--model.dtype", "auto", "--output", output], {})
    with open(os.path.join(output, "metrics.jsonl")) as lines:
        logged = [json.loads(line) for line in lines]
    timed = logged[steps:]
    return sum(step["num_tokens"] for step in timed) / sum(step["step_seconds"] for step in timed), memory


def data_file(kind, objective, rows, work):
    path = os.path.join(work, "all.jsonl")
    subprocess.run([PYTHON, os.path.join(PEERS, "preferences.py"), path], check=True,
                   env={**os.environ, "DATA": kind}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    few = os.path.join(work, "few.jsonl")
    with open(path) as source, open(few, "w") as target:
        for line, _ in zip(source, range(rows)):
            row = json.loads(line)
            if objective == "sft":
                row = {"prompt": row["prompt"], "completion": row["chosen"]}
            target.write(json.dumps(row) + "\n")
    return few


def compare(models, name):
    shape, objective, mode, batch, data, steps, bound = ROWS[name]
    if faster() == "float32":
        mode = IN_FLOAT32[mode]
    with tempfile.TemporaryDirectory() as work:
        file = data_file(data, objective, steps * batch, work)
        theirs, our = [], []
        for _ in range(ROUNDS):
            theirs.append(peer(models, shape, objective, mode, batch, data, steps))
            our.append(ours(models, shape, objective, batch, file, steps, work))
    report(name, theirs, our, "tokens/s", bound)


PROMPT_TOKENS, RESPONSE_TOKENS, ROLLOUTS, PPO_STEPS, PPO_BOUND = 32, 53, 32, 6, 2.5
PPO_INPUTS = """
import sys
sys.path.insert(0, sys.argv[1])
import json
import torch
from preferences import load
from transformers import AutoModelForSequenceClassification, AutoTokenizer
model, reward, prompts, tokens = sys.argv[2:5] + [int(sys.argv[5])]
tokenizer = AutoTokenizer.from_pretrained(model)
torch.manual_seed(0)
AutoModelForSequenceClassification.from_pretrained(model, num_labels=1).save_pretrained(reward)
tokenizer.save_pretrained(reward)
with open(prompts, "w") as lines:
    for row in load().select(range(256)):
        lines.write(json.dumps({"prompt": tokenizer.decode(tokenizer(row["prompt"])["input_ids"][:tokens])}) + "\\n")
"""


def peer_ppo(models):
    text, memory = run([PYTHON, os.path.join(PEERS, "trl_ppo.py"), "15m", str(ROLLOUTS), str(RESPONSE_TOKENS), "3"],
                       {"MODELS": os.path.abspath(models)})
    result = next(line for line in text.splitlines() if line.startswith("RESULT"))
    return float(result.split("samples/s=")[1].split()[0]), memory


def ours_ppo(models, reward, prompts, work):
    output = os.path.join(work, "run")
    shutil.rmtree(output, ignore_errors=True)
    _, memory = run([os.path.join(HOME, "rlhf"), "train", "ppo", "--model", os.path.join(models, "15m"), "--reward-model",
                     reward, "--data", prompts, "--batch-size", str(ROLLOUTS), "--max-steps", str(PPO_STEPS),
                     "--sampling.max-new-tokens", str(RESPONSE_TOKENS), "--sampling.temperature", "0.7",
                     "--learning-rate", "3e-6", "--output", output], {})
    with open(os.path.join(output, "metrics.jsonl")) as lines:
        logged = [json.loads(line) for line in lines]
    timed = logged[2:]  # the first two were sampled before anything was learned
    assert all(step["response/length"] == RESPONSE_TOKENS for step in timed), "responses must be whole"
    return ROLLOUTS * len(timed) / sum(step["step_seconds"] for step in timed), memory


def compare_ppo(models):
    with tempfile.TemporaryDirectory() as work:
        reward, prompts = os.path.join(work, "reward"), os.path.join(work, "prompts.jsonl")
        subprocess.run([PYTHON, "-c", PPO_INPUTS, PEERS, os.path.join(models, "15m"), reward, prompts, str(PROMPT_TOKENS)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        theirs, our = [], []
        for _ in range(ROUNDS):
            theirs.append(peer_ppo(models))
            our.append(ours_ppo(models, reward, prompts, work))
    report("ppo-15m", theirs, our, "samples/s", PPO_BOUND)


def report(name, theirs, our, unit, bound):
    speed = lambda side: statistics.median(figure[0] for figure in side)
    memory = lambda side: statistics.median(figure[1] for figure in side) / 1e9
    print(f"{name}: TRL {speed(theirs):.4g}, ours {speed(our):.4g} {unit}: ratio {speed(our) / speed(theirs):.2f} "
          f"(at least {bound}); peak memory TRL {memory(theirs):.2f}, ours {memory(our):.2f} GB", flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for name in sys.argv[2:] or [*ROWS, "ppo-15m"]:
        if name == "ppo-15m":
            compare_ppo(sys.argv[1])
        else:
            compare(sys.argv[1], name)


if __name__ == "__main__":
    main()
