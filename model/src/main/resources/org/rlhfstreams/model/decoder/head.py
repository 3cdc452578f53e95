  # The vocabulary head on response tokens only, chunk by chunk and without autograd: the logits of a
  # whole batch never exist at once, and a chunk stays in the processor's cache.
  # h [tokens, hidden], targets [tokens], temperature [tokens, 1], all outputs [tokens]; arithmetic on
  # logits is in float32 whatever the weights are, or in float64 for weights in float64.

  def widened(self, x: Tensor) -> Tensor:
    if self.half:
      y = torch.to(x, 6)
    else:
      y = x
    return y

  def log_probabilities_of(self, logits: Tensor, temperature: Tensor) -> Tensor:
    return torch.log_softmax(self.widened(logits) / temperature, -1)

  # log-probabilities of the targets and entropies, at the sampling temperature
  def token_statistics(self, h: Tensor, targets: Tensor, temperature: Tensor, rows: Tensor, w: List[Tensor]) -> List[Tensor]:
    step = int(rows)
    log_probabilities = annotate(List[Tensor], [])
    entropies = annotate(List[Tensor], [])
    start = 0
    while start < h.size(0):
      end = min(start + step, h.size(0))
      p = self.log_probabilities_of(self.logits_of(h[start:end], w), temperature[start:end])
      log_probabilities.append(torch.squeeze(torch.gather(p, 1, torch.unsqueeze(targets[start:end], 1)), 1))
      entropies.append(torch.neg(torch.sum(torch.exp(p).mul_(p), [1])))
      start = end
    return [torch.cat(log_probabilities), torch.cat(entropies)]

  # The scalar head is the last tensor, [1, hidden]: a value head or a reward model's score -> [tokens]
  def scalar_head(self, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.squeeze(torch.linear(self.widened(h), self.widened(w[len(w) - 1])), 1)
