"""Samples a second of TRL's PPO, of the last release that has it.

usage: MODELS=DIR TRL_1_12=DIR trl_ppo.py SHAPE ROLLOUTS RESPONSE_TOKENS STEPS
"""
import os
import sys
import tempfile
import time

if len(sys.argv) != 5:
    sys.exit(__doc__)
sys.path.insert(0, os.environ["TRL_1_12"])
import trl
from transformers import (AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer,
                          TrainerCallback)
from trl.experimental.ppo import PPOConfig, PPOTrainer

from preferences import load

print(trl.__version__)
shape, rollouts, response, steps = sys.argv[1], *map(int, sys.argv[2:])
path = os.path.join(os.environ["MODELS"], shape)
tokenizer = AutoTokenizer.from_pretrained(path)
tokenizer.padding_side = "left"
data = load().select(range(256)).map(lambda row: {"input_ids": tokenizer(row["prompt"])["input_ids"][:32]},
                                     remove_columns=["prompt", "chosen", "rejected"])


class StepTimes(TrainerCallback):
    ends = []

    def on_step_end(self, *arguments, **named):
        self.ends.append(time.perf_counter())


def policy():
    return AutoModelForCausalLM.from_pretrained(path)


def scorer():
    return AutoModelForSequenceClassification.from_pretrained(path, num_labels=1)


with tempfile.TemporaryDirectory() as output:
    settings = PPOConfig(
        output_dir=output, per_device_train_batch_size=rollouts, gradient_accumulation_steps=1, num_mini_batches=1,
        num_ppo_epochs=4, local_rollout_forward_batch_size=rollouts, total_episodes=rollouts * (steps + 1),
        response_length=response, temperature=0.7, stop_token=None, report_to=[], save_strategy="no", use_cpu=True,
        learning_rate=3e-6, num_sample_generations=0, bf16=False, gradient_checkpointing=False, logging_steps=1,
        disable_tqdm=True)
    PPOTrainer(args=settings, processing_class=tokenizer, model=policy(), ref_model=policy(), reward_model=scorer(),
               value_model=scorer(), train_dataset=data, eval_dataset=data.select(range(8)),
               callbacks=[StepTimes()]).train()
ends = StepTimes.ends
seconds = (ends[-1] - ends[0]) / (len(ends) - 1)
print(f"RESULT ppo {shape} B={rollouts} R={response} s/step={seconds:.2f} samples/s={rollouts / seconds:.2f}")
