"""Loads what `rlhf train` saved with transformers and continues a prompt greedily.

    pip install torch transformers
    python bench/transformers_check.py models/starter models/starter-reward "Once upon a time"

Compare the line with: ./rlhf generate --model models/starter --prompt "Once upon a time" --max-tokens 30 --temperature 0
"""

import sys

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

policy_path, reward_path, prompt = sys.argv[1:4]
tokenizer = AutoTokenizer.from_pretrained(policy_path)
policy = AutoModelForCausalLM.from_pretrained(policy_path, dtype=torch.float32)
reward = AutoModelForSequenceClassification.from_pretrained(reward_path, dtype=torch.float32)
ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
parameters = sum(p.numel() for p in policy.parameters())
print(f"transformers {transformers.__version__}: {parameters:,} parameters")
print(tokenizer.decode(policy.generate(ids, max_new_tokens=30, do_sample=False)[0]))
print(f"score of the prompt {reward(ids).logits.item():.4f}")
