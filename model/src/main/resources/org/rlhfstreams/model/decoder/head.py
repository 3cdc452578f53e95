  # The vocabulary head on response tokens only, chunk by chunk and without autograd: the logits of a
  # whole batch never exist at once. h [tokens, hidden], targets [tokens]; all outputs [tokens].
  # temperature [tokens, 1].

  # log-probabilities of the targets and entropies, at the sampling temperature
  def token_statistics(self, h: Tensor, targets: Tensor, temperature: Tensor, rows: Tensor, w: List[Tensor]) -> List[Tensor]:
    step = int(rows)
    weight = self.head(w)
    log_probabilities = torch.empty_like(torch.select(h, 1, 0))
    entropies = torch.empty_like(torch.select(h, 1, 0))
    start = 0
    while start < h.size(0):
      end = min(start + step, h.size(0))
      p = torch.log_softmax(torch.linear(h[start:end], weight) / temperature[start:end], -1)
      torch.copy_(log_probabilities[start:end], torch.squeeze(torch.gather(p, 1, torch.unsqueeze(targets[start:end], 1)), 1))
      torch.copy_(entropies[start:end], torch.neg(torch.sum(torch.exp(p) * p, [1])))
      start = end
    return [log_probabilities, entropies]

  # Gradients of sum(d_lp * lp + d_entropy * entropy): returned on h [tokens, hidden], and added into the
  # head's weight gradient in g.
  # d lp_y / d z = onehot(y) - p;  d H / d z_j = -p_j (log p_j + H)
  def token_gradients(self, h: Tensor, targets: Tensor, temperature: Tensor, rows: Tensor, d_lp: Tensor, d_entropy: Tensor, with_entropy: Tensor, w: List[Tensor], g: List[Tensor]) -> Tensor:
    step = int(rows)
    weight = self.head(w)
    d_h = torch.empty_like(h)
    d_weight = self.head(g)
    start = 0
    while start < h.size(0):
      end = min(start + step, h.size(0))
      part = h[start:end]
      p = torch.log_softmax(torch.linear(part, weight) / temperature[start:end], -1)
      c = torch.unsqueeze(d_lp[start:end], 1)
      probabilities = torch.exp(p)
      if bool(with_entropy):
        entropy = torch.neg(torch.sum(probabilities * p, [1], True))
        d_z = torch.neg(probabilities * (c + torch.unsqueeze(d_entropy[start:end], 1) * (p + entropy)))
      else:
        d_z = torch.neg_(torch.mul_(probabilities, c))
      d_z = torch.scatter_add_(d_z, 1, torch.unsqueeze(targets[start:end], 1), c)
      d_z = torch.div_(d_z, temperature[start:end])
      torch.copy_(d_h[start:end], torch.matmul(d_z, weight))
      torch.addmm_(d_weight, torch.t(d_z), part)
      start = end
    return d_h

  # The scalar head is the last tensor, [1, hidden]: a value head or a reward model's score -> [tokens]
  def scalar_head(self, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.squeeze(torch.linear(h, w[len(w) - 1]), 1)

  # Gradients of sum(d_value * value): returned on h, and added into the head's weight gradient in g.
  def scalar_gradients(self, h: Tensor, d_value: Tensor, w: List[Tensor], g: List[Tensor]) -> Tensor:
    c = torch.unsqueeze(d_value, 1)
    torch.addmm_(g[len(g) - 1], torch.t(c), h)
    return torch.matmul(c, w[len(w) - 1])
