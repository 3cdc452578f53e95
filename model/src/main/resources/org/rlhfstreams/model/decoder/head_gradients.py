  # Gradients of sum(d_lp * lp + d_entropy * entropy), for outputs as token_statistics gives them:
  # returned on h [tokens, hidden], and added into d_weight, the head's weight gradient, unless it is
  # empty. kept is what token_statistics gave to keep, and is overwritten; or one empty tensor. `differences` says that
  # it is p - onehot, of which each row's gradient is a multiple: [tokens, hidden] is multiplied, not the vocabulary.
  # d lp_y / d z = onehot(y) - p;  d H / d z_j = -p_j (log p_j + H)
  def token_gradients(self, h: Tensor, targets: Tensor, temperature: Tensor, rows: Tensor, d_lp: Tensor, d_entropy: Tensor, with_entropy: Tensor, d_weight: Tensor, differences: Tensor, kept: List[Tensor], w: List[Tensor]) -> Tensor:
    step = int(rows)
    changed = bool(torch.any(torch.ne(temperature, 1.)))
    entropy = bool(with_entropy)
    scaled = bool(differences)
    weight = self.head(w)
    d_h = torch.empty_like(h)
    first = 0
    while first < h.size(0):
      until = min(first + step, h.size(0))
      if kept[0].numel() == 0:
        logits = self.graphless_logits(h[first:until], w)
      else:
        logits = kept[first // step]
      x = h[first:until]
      if scaled:
        c = torch.neg(torch.unsqueeze(d_lp[first:until], 1))
        if changed:
          c = c / temperature[first:until]
        torch.copy_(d_h[first:until], torch.matmul(logits, weight) * c)
        x = torch.to(x * c, h.dtype)
      else:
        part = self.cached_rows(logits)
        start = first
        while start < until:
          end = min(start + part, until)
          chunk = logits[start - first:end - first]
          z = self.tempered(chunk, temperature[start:end], changed)
          torch.copy_(chunk, self.logit_gradients(z, torch.unsqueeze(targets[start:end], 1), torch.unsqueeze(d_lp[start:end], 1), torch.unsqueeze(d_entropy[start:end], 1), entropy, temperature[start:end], changed))
          start = end
        torch.copy_(d_h[first:until], torch.matmul(logits, weight))
      if d_weight.numel() > 0:
        if self.half:
          torch.add_(d_weight, torch.matmul(torch.t(logits), x))
        else:
          torch.addmm_(d_weight, torch.t(logits), x)
      first = until
    return d_h

  def logit_gradients(self, z: Tensor, target: Tensor, d_lp: Tensor, d_entropy: Tensor, entropy: bool, temperature: Tensor, changed: bool) -> Tensor:
    d_z = torch.softmax(z, -1)
    c = torch.to(d_lp, d_z.dtype)
    if entropy:
      log_p = torch.log_softmax(z, -1)
      total = torch.neg(torch.sum(d_z * log_p, [1], True))
      d_z = d_z.mul_(torch.neg(c + d_entropy * (log_p + total)))
    else:
      d_z = d_z.mul_(torch.neg(c))
    d_z = torch.scatter_add_(d_z, 1, target, c)
    if changed:
      d_z = torch.div_(d_z, temperature)
    return d_z

  # Gradients of sum(d_value * value): returned on h, and added into d_weight.
  def scalar_gradients(self, h: Tensor, d_value: Tensor, d_weight: Tensor, w: List[Tensor]) -> Tensor:
    wide = self.widened(h)
    c = torch.to(torch.unsqueeze(d_value, 1), wide.dtype)
    torch.addmm_(d_weight, torch.t(c), wide)
    return torch.to(torch.matmul(c, self.widened(w[len(w) - 1])), h.dtype)
