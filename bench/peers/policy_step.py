"""Steps a second of PyTorch eager: forward and backward of a policy on the log-probabilities of 16 x 183 tokens.

Arguments: model directory, dtype.
"""
import sys
import time

import torch
from transformers import AutoModelForCausalLM

model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=getattr(torch, sys.argv[2])).train()
ids = torch.randint(10, 4000, (16, 183))
best = 0
for _ in range(5):
    started = time.perf_counter()
    logits = model(ids).logits[:, :-1].float()
    torch.log_softmax(logits, -1).gather(2, ids[:, 1:, None]).mean().backward()
    best = max(best, 1 / (time.perf_counter() - started))
    model.zero_grad()
print(f"RESULT {best:.4f}")
