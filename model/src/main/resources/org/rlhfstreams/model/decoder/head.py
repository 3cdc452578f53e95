  # The vocabulary head on response tokens only and without autograd, `rows` tokens at a time: the logits
  # of a whole batch never exist at once. Between the large products, parts stay in the processor's cache.
  # h [tokens, hidden], targets [tokens], temperature [tokens, 1], all outputs [tokens]; arithmetic on
  # logits is in float32 whatever the weights are, or in float64 for weights in float64.

  def widened(self, x: Tensor) -> Tensor:
    if self.half:
      y = torch.to(x, FLOAT32)
    else:
      y = x
    return y

  # Logits [tokens, vocabulary] at the temperature, in float32 or wider.
  def tempered(self, logits: Tensor, temperature: Tensor, changed: bool) -> Tensor:
    z = self.widened(logits)
    if changed:
      z = z / temperature
    return z

  # Rows of logits that fit the processor's cache in float32; on a GPU all, since each operation has its price there.
  def cached_rows(self, logits: Tensor) -> int:
    if self.on_gpu:
      rows = logits.size(0)
    else:
      rows = max(1, 1048576 // logits.size(1))
    return rows

  # log-probabilities of the targets, at the sampling temperature, and their entropies where asked for; then,
  # part by part, what token_gradients needs: with KEEP_LOGITS the logits,
  # with KEEP_DIFFERENCES in their place p - onehot, the gradient of -lp on them
  def token_statistics(self, h: Tensor, targets: Tensor, temperature: Tensor, rows: Tensor, with_entropy: Tensor, keep: Tensor, w: List[Tensor]) -> List[Tensor]:
    step = int(rows)
    changed = bool(torch.any(torch.ne(temperature, 1.)))
    entropy = bool(with_entropy)
    kept = int(keep)
    log_probabilities = annotate(List[Tensor], [])
    entropies = annotate(List[Tensor], [])
    parts = annotate(List[Tensor], [])
    first = 0
    while first < h.size(0):
      until = min(first + step, h.size(0))
      logits = self.graphless_logits(h[first:until], w)
      if kept != KEEP_NOTHING:
        parts.append(logits)
      part = self.cached_rows(logits)
      start = first
      while start < until:
        end = min(start + part, until)
        chunk = logits[start - first:end - first]
        target = torch.unsqueeze(targets[start:end], 1)
        z = self.tempered(chunk, temperature[start:end], changed)
        largest = torch.amax(z, [1], True)
        p = torch.softmax(z, -1)
        log_total = torch.neg(torch.log(torch.amax(p, [1], True))) # the largest logit's p is exp(0) / total
        log_p = torch.gather(z, 1, target) - largest - log_total
        log_probabilities.append(torch.squeeze(log_p, 1))
        if entropy:
          entropies.append(torch.squeeze(log_total - torch.sum((z - largest) * p, [1], True), 1))
        if kept == KEEP_DIFFERENCES:
          torch.copy_(chunk, p)
          # from the log-probability: p - 1 would be lost in bfloat16 where p is near 1
          torch.scatter_(chunk, 1, target, torch.to(torch.expm1(log_p), chunk.dtype))
        start = end
      first = until
    result = [torch.cat(log_probabilities)]
    if entropy:
      result.append(torch.cat(entropies))
    return torch.add(result, parts)

  # The scalar head is the last tensor, [1, hidden]: a value head or a reward model's score -> [tokens]
  def scalar_head(self, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.squeeze(torch.linear(self.widened(h), self.widened(w[len(w) - 1])), 1)
