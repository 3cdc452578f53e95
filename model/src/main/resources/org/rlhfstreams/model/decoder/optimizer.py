  # Global L2 norm over all gradients, as torch.nn.utils.clip_grad_norm_ takes it.
  def norm_of(self, g: List[Tensor]) -> Tensor:
    norms = annotate(List[Tensor], [])
    for x in g:
      norms.append(torch.norm(x.float(), 2))
    return torch.norm(torch.stack(norms), 2)

  def scale(self, factor: Tensor, g: List[Tensor]) -> Tensor:
    torch._foreach_mul_(g, float(factor))
    return factor

  # Overwrites each of `to` with the tensor in the same place of `source`, rounded to its type.
  def copy_all(self, to: List[Tensor], source: List[Tensor]) -> Tensor:
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
    torch._fused_adamw_(w, g, m, v, annotate(List[Tensor], []), steps, lr=float(settings[0]), beta1=float(settings[1]), beta2=float(settings[2]), weight_decay=float(settings[3]), eps=float(settings[4]), amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    return step
