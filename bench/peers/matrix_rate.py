"""bfloat16 matrix products of this machine, GFLOP/s: the best of some large square ones."""
import time

import torch

a, b = (torch.randn(2048, 2048).bfloat16() for _ in range(2))
best = 0
for _ in range(10):
    started = time.perf_counter()
    a @ b
    best = max(best, 2 * 2048**3 / (time.perf_counter() - started) / 1e9)
print(f"RESULT {best:.1f}")
