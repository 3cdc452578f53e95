  # Global L2 norm over all gradients, as torch.nn.utils.clip_grad_norm_ takes it.
  def norm_of(self, g: List[Tensor]) -> Tensor:
    if self.on_gpu:
      norms = torch._foreach_norm(g, 2)
    else:
      norms = annotate(List[Tensor], [])
      for x in g:
        norms.append(torch.norm(x.float(), 2))
    return torch.norm(torch.stack(norms), 2)

  def scale(self, factor: Tensor, g: List[Tensor]) -> Tensor:
    torch._foreach_mul_(g, float(factor))
    return factor

  # Overwrites each of `to` with the tensor in the same place of `source`, rounded to its type.
  def copy_all(self, to: List[Tensor], source: List[Tensor]) -> Tensor:
    if self.on_gpu:
      torch._foreach_copy_(to, source)
    else:
      for i in range(len(to)):
        torch.copy_(to[i], source[i])
    return to[0]

  def zero(self, anchor: Tensor, g: List[Tensor]) -> Tensor:
    torch._foreach_zero_(g)
    return anchor

  # Decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2); step counts from 1.
  def adamw(self, settings: Tensor, step: Tensor, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor]) -> Tensor:
    steps = annotate(List[Tensor], [])
    for x in w:
      steps.append(step)
    torch._fused_adamw_(w, g, m, v, annotate(List[Tensor], []), steps, lr=float(settings[LEARNING_RATE]), beta1=float(settings[BETA1]), beta2=float(settings[BETA2]), weight_decay=float(settings[WEIGHT_DECAY]), eps=float(settings[EPSILON]), amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    return step

  # x as bfloat16, rounded up with the probability of what is cut off, so that a moment that moves by less
  # than a rounding step still moves on average. The draws are a hash of the element and the step: a
  # resumed run makes the same ones.
  def dithered(self, x: Tensor, step: Tensor) -> Tensor:
    n = torch.arange(x.numel(), dtype=INT64, layout=None, device=x.device)
    hash = torch.bitwise_and(torch.bitwise_right_shift((n + 1) * 2654435761 + int(step) * 40503, 13), 65535)
    draw = torch.view_as(torch.to(hash, FLOAT32) / 65536. - 0.5, x)
    mantissa, exponent = torch.frexp(x)
    spacing = torch.ldexp(torch.ones_like(x), exponent - 8) # of bfloat16 numbers as large as x
    moved = torch.where(torch.eq(x, 0.), x, x + draw * spacing)
    return torch.to(moved, BFLOAT16)

  # The same with moments in bfloat16.
  def adamw_half(self, settings: Tensor, step: Tensor, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor]) -> Tensor:
    for i in range(len(w)):
      first = torch.to(m[i], FLOAT32)
      second = torch.to(v[i], FLOAT32)
      self.adamw(settings, step, [w[i]], [g[i]], [first], [second])
      torch.copy_(m[i], self.dithered(first, step))
      torch.copy_(v[i], self.dithered(second, step + 1))
    return step
