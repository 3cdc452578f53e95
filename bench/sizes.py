"""Memory of whole training runs by the size of their model: bench/run sizes [--chart FILE] [ROW ...]

Makes models of the shapes that people align, with random weights, trains each in one JVM (broker, worker, scorers, learner)
and samples its resident memory each second. A row is the most it may take, what it took, and whether it grew: the median of
the last quarter against that of the second. The heap is what is left of it after each full or young collection, at most.
"""
import gzip
import itertools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import chart
from process import HOME

SHAPES = {
    "135m": dict(model_type="llama", architectures=["LlamaForCausalLM"], hidden_act="silu", hidden_size=576,
                 intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3, vocab_size=49152,
                 rope_theta=10000.0, rms_norm_eps=1e-5, tie_word_embeddings=True),
    "494m": dict(model_type="qwen2", architectures=["Qwen2ForCausalLM"], hidden_act="silu", hidden_size=896,
                 intermediate_size=4864, num_hidden_layers=24, num_attention_heads=14, num_key_value_heads=2, vocab_size=151936,
                 rope_theta=1000000.0, rms_norm_eps=1e-6, tie_word_embeddings=True),
    "1.1b": dict(model_type="llama", architectures=["LlamaForCausalLM"], hidden_act="silu", hidden_size=2048,
                 intermediate_size=5632, num_hidden_layers=22, num_attention_heads=32, num_key_value_heads=4, vocab_size=32000,
                 rope_theta=10000.0, rms_norm_eps=1e-5, tie_word_embeddings=False),
}
GRPO = ["grpo", "--samples", "4", "--batch-size", "8", "--sampling.max-new-tokens", "64"]
PPO = ["ppo", "--batch-size", "8", "--sampling.max-new-tokens", "64"]
LORA = ["--set", "lora.rank=8", "--set", "lora.target-modules=q_proj,v_proj"]
MILLIONS = {None: 2, "135m": 135, "494m": 494, "1.1b": 1100}
# name: shape (None is the starter), arguments, steps, most GB
ROWS = {
    "starter": (None, GRPO, 20, None),
    "135m": ("135m", GRPO, 20, 6),
    "135m-ppo": ("135m", PPO, 20, 9),
    "494m": ("494m", GRPO, 4, 18),
    "1.1b-lora": ("1.1b", GRPO + LORA, 4, 14),
}


def rlhf(*arguments):
    subprocess.run([os.path.join(HOME, "rlhf"), *arguments], check=True, stdout=subprocess.DEVNULL)


def models(work, shape):
    """Directories of the policy and of the reward model."""
    if shape is None:
        return os.path.join(HOME, "models/starter"), os.path.join(HOME, "models/starter-reward")
    policy, reward = (os.path.join(work, shape + end) for end in ("", "-reward"))
    if not os.path.exists(policy):
        origin = os.path.join(work, "shape-" + shape)
        os.makedirs(origin)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(os.path.join(HOME, "models/starter", name), origin)
        with open(os.path.join(origin, "config.json"), "w") as file:
            json.dump({**SHAPES[shape], "max_position_embeddings": 2048, "eos_token_id": 0, "pad_token_id": 3}, file)
        rlhf("model", "create", "--from", origin, "--output", policy, "--dtype", "bfloat16")
        rlhf("model", "create", "--from", origin, "--output", reward, "--dtype", "bfloat16", "--reward")
    return policy, reward


def prompts(work):
    """Beginnings of stories, twelve words each."""
    path = os.path.join(work, "prompts.txt")
    with gzip.open(os.path.join(HOME, "data/stories-valid.jsonl.gz"), "rt") as stories, open(path, "w") as file:
        for line in itertools.islice(stories, 256):
            file.write(" ".join(json.loads(line)["text"].split()[:12]) + "\n")
    return path


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        found = re.search(r"VmRSS:\s+(\d+)", status.read())
        return int(found.group(1)) * 1024 / 1e9 if found else None


def steps(run):
    try:
        with open(os.path.join(run, "metrics.jsonl")) as lines:
            return [json.loads(line) for line in lines]
    except OSError:
        return []


def train(work, name):
    shape, arguments, count, bound = ROWS[name]
    policy, reward = models(work, shape)
    run, log, collections = (os.path.join(work, f"{name}-{part}") for part in ("run", "log", "heap"))
    command = [os.path.join(HOME, "rlhf"), "train", *arguments, "--model", policy, "--reward-model", reward, "--max-steps",
               str(count), "--data", prompts(work), "--output", run]
    environment = {**os.environ, "RLHF_JAVA_OPTIONS": f"-Xlog:gc:file={collections}"}
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=work, env=environment)
    begun = time.monotonic()
    samples = []
    while process.poll() is None:
        amount = resident(process.pid)
        if amount:
            samples.append(amount)
        time.sleep(1)
    done = steps(run)
    if process.returncode != 0 or len(done) != count:
        with open(log) as said:
            sys.exit(f"{name} ended with {process.returncode} after {len(done)} steps:\n{said.read()[-3000:]}")
    with open(collections) as lines:
        heap = max(int(after) for after in re.findall(r"->(\d+)M\(", lines.read()))
    quarter = max(1, len(samples) // 4)
    grew = statistics.median(samples[-quarter:]) / statistics.median(samples[quarter:2 * quarter]) - 1
    seconds = statistics.median(step["step_seconds"] for step in done)
    limit = f"at most {bound} GB: {'met' if max(samples) <= bound else 'NOT MET'}" if bound else ""
    print(f"{name}: {count} steps in {time.monotonic() - begun:.0f} s, {seconds:.1f} s a step; resident memory at most"
          f" {max(samples):.2f} GB, median {statistics.median(samples):.2f}, {100 * grew:+.1f} % from the second quarter to the"
          f" last; heap after collections at most {heap} MB; {limit}", flush=True)
    return MILLIONS[shape], heap, max(samples)


def main():
    names = sys.argv[1:]
    path = None
    if names[:1] == ["--chart"]:
        path, names = names[1], names[2:]
    names = names or list(ROWS)
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        sys.exit(f"no row {unknown[0]}: there are {', '.join(ROWS)}")
    with tempfile.TemporaryDirectory(prefix="sizes-") as work:
        figures = sorted(train(work, name) for name in names)
    if path:
        chart.draw(path, [{"Java heap after collections, MB": [(size, heap) for size, heap, _ in figures]},
                          {"resident memory, GB": [(size, resident) for size, _, resident in figures]}],
                   lambda size: f"{size:,.0f} M")


if __name__ == "__main__":
    main()
