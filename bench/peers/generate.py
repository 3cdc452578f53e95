"""Tokens a second of transformers.generate. Arguments: model directory, batch, new tokens, dtype."""
import sys
import time

import torch
from transformers import AutoModelForCausalLM

directory, batch, tokens, dtype = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
device = "cuda" if torch.cuda.is_available() else "cpu"
model = AutoModelForCausalLM.from_pretrained(directory, dtype=getattr(torch, dtype)).to(device).eval()
ids = torch.randint(10, 4000, (batch, 16), device=device)
best = 0
for _ in range(3):
    started = time.perf_counter()
    model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=0.7, top_k=0, top_p=1.0,
                   max_new_tokens=tokens, min_new_tokens=tokens, pad_token_id=3)
    best = max(best, batch * tokens / (time.perf_counter() - started))
print(f"RESULT {best:.1f}")
