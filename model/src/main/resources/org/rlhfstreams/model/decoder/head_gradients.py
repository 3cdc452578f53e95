  # Gradients of sum(d_lp * lp + d_entropy * entropy), for outputs as token_statistics gives them:
  # returned on h [tokens, hidden], and added into d_weight, the head's weight gradient, unless it is
  # empty.
  # d lp_y / d z = onehot(y) - p;  d H / d z_j = -p_j (log p_j + H)
  def token_gradients(self, h: Tensor, targets: Tensor, temperature: Tensor, rows: Tensor, d_lp: Tensor, d_entropy: Tensor, with_entropy: Tensor, d_weight: Tensor, w: List[Tensor]) -> Tensor:
    step = int(rows)
    weight = self.head(w)
    d_h = torch.empty_like(h)
    start = 0
    while start < h.size(0):
      end = min(start + step, h.size(0))
      part = h[start:end]
      p = self.log_probabilities_of(torch.linear(part, weight), temperature[start:end])
      c = torch.to(torch.unsqueeze(d_lp[start:end], 1), p.dtype)
      if bool(with_entropy):
        probabilities = torch.exp(p)
        entropy = torch.neg(torch.sum(probabilities * p, [1], True))
        d_z = torch.neg(probabilities * (c + torch.unsqueeze(d_entropy[start:end], 1) * (p + entropy)))
      else:
        d_z = torch.exp_(p).mul_(torch.neg(c))
      d_z = torch.scatter_add_(d_z, 1, torch.unsqueeze(targets[start:end], 1), c)
      d_z = torch.to(torch.div_(d_z, temperature[start:end]), h.dtype)
      torch.copy_(d_h[start:end], torch.matmul(d_z, weight))
      if d_weight.numel() > 0:
        torch.add_(d_weight, torch.matmul(torch.t(d_z), part))
      start = end
    return d_h

  # Gradients of sum(d_value * value): returned on h, and added into d_weight.
  def scalar_gradients(self, h: Tensor, d_value: Tensor, d_weight: Tensor, w: List[Tensor]) -> Tensor:
    wide = self.widened(h)
    c = torch.to(torch.unsqueeze(d_value, 1), wide.dtype)
    torch.addmm_(d_weight, torch.t(c), wide)
    return torch.to(torch.matmul(c, self.widened(w[len(w) - 1])), h.dtype)
