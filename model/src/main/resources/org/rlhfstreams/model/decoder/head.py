  # The vocabulary head on response tokens only and without autograd, `rows` tokens at a time: the logits
  # of a whole batch never exist at once. Between the large products, parts stay in the processor's cache.
  # h [tokens, hidden], targets [tokens], temperature [tokens, 1], all outputs [tokens]; arithmetic on
  # logits is in float32 whatever the weights are, or in float64 for weights in float64.

  def widened(self, x: Tensor) -> Tensor:
    if self.half:
      y = torch.to(x, 6)
    else:
      y = x
    return y

  # Logits [tokens, vocabulary] at the temperature, in float32 or wider.
  def tempered(self, logits: Tensor, temperature: Tensor, changed: bool) -> Tensor:
    z = self.widened(logits)
    if changed:
      z = z / temperature
    return z

  # Rows of logits that fit the processor's cache in float32.
  def cached_rows(self, logits: Tensor) -> int:
    return max(1, 1048576 // logits.size(1))

  # log-probabilities of the targets, at the sampling temperature, and their entropies where asked for
  def token_statistics(self, h: Tensor, targets: Tensor, temperature: Tensor, rows: Tensor, with_entropy: Tensor, w: List[Tensor]) -> List[Tensor]:
    step = int(rows)
    changed = bool(torch.any(torch.ne(temperature, 1.)))
    entropy = bool(with_entropy)
    log_probabilities = annotate(List[Tensor], [])
    entropies = annotate(List[Tensor], [])
    first = 0
    while first < h.size(0):
      until = min(first + step, h.size(0))
      logits = self.logits_of(h[first:until], w)
      part = self.cached_rows(logits)
      start = first
      while start < until:
        end = min(start + part, until)
        z = self.tempered(logits[start - first:end - first], temperature[start:end], changed)
        log_p = torch.log_softmax(z, -1)
        log_probabilities.append(torch.squeeze(torch.gather(log_p, 1, torch.unsqueeze(targets[start:end], 1)), 1))
        if entropy:
          entropies.append(torch.neg(torch.sum(torch.softmax(z, -1).mul_(log_p), [1])))
        start = end
      first = until
    if entropy:
      result = [torch.cat(log_probabilities), torch.cat(entropies)]
    else:
      result = [torch.cat(log_probabilities)]
    return result

  # The scalar head is the last tensor, [1, hidden]: a value head or a reward model's score -> [tokens]
  def scalar_head(self, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.squeeze(torch.linear(self.widened(h), self.widened(w[len(w) - 1])), 1)
