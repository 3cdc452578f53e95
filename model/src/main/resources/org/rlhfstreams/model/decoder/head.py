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

  # log-probabilities of the targets, at the sampling temperature, and their entropies where asked for.
  # With keep, what token_gradients needs follows, part by part: logits where there are entropies, else the
  # probabilities that take their place.
  def token_statistics(self, h: Tensor, targets: Tensor, temperature: Tensor, rows: Tensor, with_entropy: Tensor, keep: Tensor, w: List[Tensor]) -> List[Tensor]:
    step = int(rows)
    changed = bool(torch.any(torch.ne(temperature, 1.)))
    entropy = bool(with_entropy)
    kept = bool(keep)
    log_probabilities = annotate(List[Tensor], [])
    entropies = annotate(List[Tensor], [])
    parts = annotate(List[Tensor], [])
    first = 0
    while first < h.size(0):
      until = min(first + step, h.size(0))
      logits = self.logits_of(h[first:until], w)
      if kept:
        parts.append(logits)
      part = self.cached_rows(logits)
      start = first
      while start < until:
        end = min(start + part, until)
        chunk = logits[start - first:end - first]
        z = self.tempered(chunk, temperature[start:end], changed)
        target = torch.unsqueeze(targets[start:end], 1)
        if kept and not entropy:
          log_p = self.replace_by_probabilities(chunk, z, target)
        else:
          log_q = torch.log_softmax(z, -1)
          log_p = torch.gather(log_q, 1, target)
          if entropy:
            entropies.append(torch.neg(torch.sum(torch.softmax(z, -1).mul_(log_q), [1])))
        log_probabilities.append(torch.squeeze(log_p, 1))
        start = end
      first = until
    result = [torch.cat(log_probabilities)]
    if entropy:
      result.append(torch.cat(entropies))
    return torch.add(result, parts)

  # Overwrites logits with the probabilities of z -> log-probabilities of the targets, [tokens, 1]
  def replace_by_probabilities(self, logits: Tensor, z: Tensor, target: Tensor) -> Tensor:
    at_target = torch.gather(z, 1, target)
    largest = torch.amax(z, [1], True)
    e = torch.exp_(torch.sub_(z, largest))
    total = torch.sum(e, [1], True)
    torch.copy_(logits, torch.div_(e, total))
    return at_target - largest - torch.log(total)

  # The scalar head is the last tensor, [1, hidden]: a value head or a reward model's score -> [tokens]
  def scalar_head(self, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.squeeze(torch.linear(self.widened(h), self.widened(w[len(w) - 1])), 1)
