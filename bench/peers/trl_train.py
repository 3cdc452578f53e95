"""Tokens a second of TRL's trainers on files.

usage: MODELS=DIR trl_train.py SHAPE MODE STEPS BATCH [dpo|orpo|reward|sft]

MODE is default (bfloat16, gradient checkpointing), nockpt, best (no checkpointing, the reference beforehand), fp32 or fp32best.
"""
import os
import sys
import tempfile
import time

from transformers import (AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer,
                          TrainerCallback)

from preferences import load

NO_CHECKPOINTING, FLOAT32 = dict(gradient_checkpointing=False), dict(bf16=False)
REFERENCE_BEFORE = dict(precompute_ref_log_probs=True)
MODES = {
    "default": {},
    "nockpt": NO_CHECKPOINTING,
    "best": NO_CHECKPOINTING | REFERENCE_BEFORE,
    "fp32": NO_CHECKPOINTING | FLOAT32,
    "fp32best": NO_CHECKPOINTING | FLOAT32 | REFERENCE_BEFORE,
}
UNTIMED_STEPS = 2
LONGEST = 512


class StepTimes(TrainerCallback):
    def __init__(self):
        self.times = []

    def on_step_begin(self, *arguments, **named):
        self.times.append(time.perf_counter())

    def on_train_end(self, *arguments, **named):
        self.times.append(time.perf_counter())


def trainer(objective, model, settings, data, tokenizer, times):
    rest = dict(train_dataset=data, processing_class=tokenizer, callbacks=[times])
    if objective == "dpo":
        from trl import DPOConfig, DPOTrainer
        return DPOTrainer(model=model, args=DPOConfig(**settings), **rest)
    if objective == "orpo":
        from trl.experimental.orpo import ORPOConfig, ORPOTrainer
        return ORPOTrainer(model=AutoModelForCausalLM.from_pretrained(model), args=ORPOConfig(**settings), **rest)
    if objective == "reward":
        from trl import RewardConfig, RewardTrainer
        scorer = AutoModelForSequenceClassification.from_pretrained(model, num_labels=1)
        return RewardTrainer(model=scorer, args=RewardConfig(**settings), **rest)
    from trl import SFTConfig, SFTTrainer
    return SFTTrainer(model=model, args=SFTConfig(**settings), **rest)


def real_tokens(data, objective, tokenizer):
    """Prompt + chosen and prompt + rejected, each with its end, no padding."""
    length = lambda text: len(tokenizer(text)["input_ids"])
    total = 0
    for row in data:
        prompt = length(row["prompt"])
        answers = [row["completion"]] if objective == "sft" else [row["chosen"], row["rejected"]]
        total += sum(min(LONGEST, prompt + length(answer) + 1) for answer in answers)
    return total


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    shape, mode, steps, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    objective = sys.argv[5] if len(sys.argv) > 5 else "dpo"
    settings = dict(MODES[mode])
    if objective != "dpo":
        settings.pop("precompute_ref_log_probs", None)
    model = os.path.join(os.environ["MODELS"], shape)
    tokenizer = AutoTokenizer.from_pretrained(model)
    all_steps = steps + UNTIMED_STEPS
    data = load().select(range(batch * all_steps))
    if objective == "sft":
        data = data.map(lambda row: {"completion": row["chosen"]}).remove_columns(["chosen", "rejected"])
    times = StepTimes()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as output:
        settings |= dict(
            output_dir=output, per_device_train_batch_size=batch, max_steps=all_steps, logging_steps=1, report_to=[],
            save_strategy="no", use_cpu=True, max_length=LONGEST, seed=0, data_seed=0, dataloader_drop_last=True,
            disable_tqdm=True, learning_rate=1e-5, lr_scheduler_type="constant")
        trainer(objective, model, settings, data, tokenizer, times).train()
    tokens = real_tokens(data, objective, tokenizer)
    seconds = times.times[-1] - times.times[UNTIMED_STEPS]
    print(f"RESULT {objective} {shape} {mode} steps={steps} bs={batch} s/step={seconds / steps:.3f} "
          f"tok/s={tokens * steps / all_steps / seconds:.0f} tokens/step={tokens / all_steps:.0f} "
          f"total={time.perf_counter() - started:.1f}")


if __name__ == "__main__":
    main()
