"""The same pairs, steps and rates through TRL and through ours: what both have learned, on held-out pairs.

usage: bench/run quality MODEL PAIRS [objective ...]

PAIRS is JSONL with prompt, chosen and rejected; the last 200 rows are held out. An objective is dpo, orpo, kto or reward;
without any, all are run, for SEEDS (2) seeds a side: the distance between two seeds of one side says how much noise
is. PEER_PYTHON is a Python with trl. Both results are measured by the same code, with transformers in float32: accuracy
and mean margin of the policy's implicit reward against MODEL (dpo, kto), of the mean log-probability of a
token (orpo), of the score (reward).
"""
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SEEDS = int(os.environ.get("SEEDS", "2"))
STEPS = int(os.environ.get("STEPS", "200"))
HELD_OUT, BATCH, RATE, LONGEST = 200, 8, 2e-4, 512


def train_trl(objective, model, rows, seed, output):
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer
    tokenizer = AutoTokenizer.from_pretrained(model)
    common = dict(output_dir=output + "-work", per_device_train_batch_size=BATCH, max_steps=STEPS, report_to=[],
                  save_strategy="no", use_cpu=True, max_length=LONGEST, seed=seed, data_seed=seed, disable_tqdm=True,
                  learning_rate=RATE, lr_scheduler_type="constant", gradient_checkpointing=False, bf16=False)
    data = Dataset.from_list(rows)
    if objective == "dpo":
        trainer = DPOTrainer(model=model, args=DPOConfig(**common), train_dataset=data, processing_class=tokenizer)
    elif objective == "orpo":
        from trl.experimental.orpo import ORPOConfig, ORPOTrainer
        trainer = ORPOTrainer(model=AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32), args=ORPOConfig(**common),
                              train_dataset=data, processing_class=tokenizer)
    elif objective == "kto":
        from trl import KTOConfig, KTOTrainer
        trainer = KTOTrainer(model=model, args=KTOConfig(**common), train_dataset=data,
                             processing_class=tokenizer)
    else:
        torch.manual_seed(seed)
        start = AutoModelForSequenceClassification.from_pretrained(model, num_labels=1, dtype=torch.float32)
        start.config.pad_token_id = tokenizer.pad_token_id
        trainer = RewardTrainer(model=start, args=RewardConfig(**common), train_dataset=data, processing_class=tokenizer)
    trainer.train()
    trainer.save_model(output)
    tokenizer.save_pretrained(output)


def train_ours(objective, model, rows, seed, output):
    data = output + ".jsonl"
    with open(data, "w") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    subprocess.run([os.path.join(HOME, "rlhf"), "train", objective, "--model", model, "--data", data, "--batch-size", str(BATCH),
                    "--max-steps", str(STEPS), "--max-length", str(LONGEST), "--learning-rate", str(RATE), "--seed", str(seed),
                    "--model.dtype", "float32", "--output", output + "-work"], check=True, stdout=subprocess.DEVNULL)
    shutil.move(os.path.join(output + "-work", "model"), output)


def labelled(pairs):
    return [{"prompt": pair["prompt"], "completion": pair[side], "label": side == "chosen"}
            for pair in pairs for side in ("chosen", "rejected")]


def encoded(tokenizer, pair, side):
    prompt = tokenizer(pair["prompt"])["input_ids"]
    response = tokenizer(pair[side])["input_ids"] + [tokenizer.eos_token_id]
    return (prompt + response)[:LONGEST], len(prompt)


def log_probabilities(model, ids, start):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0, start - 1:-1].log_softmax(-1)
    return logits.gather(1, torch.tensor(ids[start:])[:, None])[:, 0]


def margins(objective, base, trained, pairs):
    tokenizer = AutoTokenizer.from_pretrained(base)
    if objective == "reward":
        model = AutoModelForSequenceClassification.from_pretrained(trained, num_labels=1, dtype=torch.float32).eval()

        def value(ids, start):
            with torch.no_grad():
                return model.score(model.model(torch.tensor([ids])).last_hidden_state[0, -1]).item()
    else:
        model = AutoModelForCausalLM.from_pretrained(trained, dtype=torch.float32).eval()
        reference = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()

        def value(ids, start):
            now = log_probabilities(model, ids, start)
            return now.mean().item() if objective == "orpo" else (now.sum() - log_probabilities(reference, ids, start).sum()).item()
    return [value(*encoded(tokenizer, pair, "chosen")) - value(*encoded(tokenizer, pair, "rejected")) for pair in pairs]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if sys.argv[1] == "--trl":
        objective, model, file, seed, output = sys.argv[2:7]
        with open(file) as lines:
            train_trl(objective, model, [json.loads(line) for line in lines], int(seed), output)
        return
    model = os.path.abspath(sys.argv[1])
    with open(sys.argv[2]) as lines:
        pairs = [json.loads(line) for line in lines]
    train, held_out = pairs[:-HELD_OUT], pairs[-HELD_OUT:]
    for objective in sys.argv[3:] or ["dpo", "orpo", "kto", "reward"]:
        rows = labelled(train) if objective == "kto" else train
        figures = {"TRL": [], "ours": []}
        with tempfile.TemporaryDirectory() as work:
            for seed in range(SEEDS):
                file, theirs, our = (os.path.join(work, f"{name}{seed}") for name in ("rows", "trl", "ours"))
                random.Random(seed).shuffle(rows)
                with open(file, "w") as lines:
                    lines.writelines(json.dumps(row) + "\n" for row in rows)
                subprocess.run([sys.executable, os.path.abspath(__file__), "--trl", objective, model, file, str(seed), theirs],
                               check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                train_ours(objective, model, rows, seed, our)
                for side, result in (("TRL", theirs), ("ours", our)):
                    distances = margins(objective, model, result, held_out)
                    figures[side].append((sum(d > 0 for d in distances) / len(distances), statistics.mean(distances)))
        for side, seeds in figures.items():
            print(f"{objective:6} {side:4} held-out accuracy {' '.join(f'{a:.3f}' for a, _ in seeds)}"
                  f"   margin {' '.join(f'{m:.3f}' for _, m in seeds)}", flush=True)


if __name__ == "__main__":
    main()
