"""Matrix products of this machine in the type of the argument, GFLOP/s: the best of some large square ones."""
import sys
import time

import torch

a, b = (torch.randn(2048, 2048).to(getattr(torch, sys.argv[1])) for _ in range(2))
best = 0
for _ in range(10):
    started = time.perf_counter()
    a @ b
    best = max(best, 2 * 2048**3 / (time.perf_counter() - started) / 1e9)
print(f"RESULT {best:.1f}")
