"""Tokens a second of PyTorch eager in whole training steps: forward, backward, clipping and fused AdamW, weights in
float32, products in bfloat16 by autocast.

Arguments: model directory, rows, tokens a row.
"""
import sys
import time

import torch
from transformers import AutoModelForCausalLM

WARM_UP, STEPS = 3, 20
device = "cuda" if torch.cuda.is_available() else "cpu"
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).to(device).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=True)
rows, tokens = int(sys.argv[2]), int(sys.argv[3])
ids = torch.randint(10, 4000, (rows, tokens), device=device)


def now():
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


for step in range(WARM_UP + STEPS):
    if step == WARM_UP:
        started = now()
    with torch.autocast(device, torch.bfloat16):
        logits = model(ids).logits[:, :-1].float()
    torch.log_softmax(logits, -1).gather(2, ids[:, 1:, None]).mean().neg().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item()
    optimizer.step()
    optimizer.zero_grad()
print(f"RESULT {rows * tokens * STEPS / (now() - started):.0f}")
