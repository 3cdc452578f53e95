  # How a token is drawn. A row's draw depends on its own logits, settings and uniform number alone.

  # Lowers the scores of tokens that a row has had already (Keskar et al. 2019, section 4.1).
  # history [rows, n] token ids, repeats and padding with any of the row's own are harmless.
  def penalise(self, z: Tensor, penalty: Tensor, history: Tensor) -> Tensor:
    seen = torch.gather(z, 1, history)
    factor = torch.unsqueeze(penalty, 1)
    lowered = torch.where(torch.lt(seen, 0.), seen * factor, seen / factor)
    return torch.scatter(z, 1, history, lowered)

  # Which tokens the settings leave, [rows, vocabulary]; the likeliest is always among them.
  def kept(self, p: Tensor, top_k: Tensor, top_p: Tensor, min_p: Tensor) -> Tensor:
    kept = torch.ge(p, torch.unsqueeze(min_p, 1) * torch.amax(p, [1], True))
    if bool(torch.any(torch.logical_or(torch.gt(top_k, 0.), torch.lt(top_p, 1.)))):
      ranked, order = torch.sort(p, stable=True, dim=-1, descending=True)
      before = torch.cumsum(ranked, -1) - ranked
      rank = torch.unsqueeze(torch.arange(p.size(1), dtype=INT64, layout=None, device=p.device), 0)
      k = torch.unsqueeze(top_k, 1)
      in_top_k = torch.logical_or(torch.le(k, 0.), torch.lt(rank, k))
      nucleus = torch.unsqueeze(top_p, 1)
      in_nucleus = torch.logical_or(torch.ge(nucleus, 1.), torch.lt(before, nucleus))
      chosen = torch.logical_or(torch.logical_and(in_top_k, in_nucleus), torch.eq(rank, 0))
      kept = torch.logical_and(kept, torch.scatter(torch.zeros_like(kept), 1, order, chosen))
    return kept

  # Sums of p [rows, n] by blocks of SUM_BLOCK, in double [rows, blocks].
  def block_sums(self, p: Tensor) -> Tensor:
    return torch.sum(torch.view(self.in_blocks(p), [p.size(0), -1, SUM_BLOCK]), [2], False, dtype=FLOAT64)

  def in_blocks(self, p: Tensor) -> Tensor:
    short = p.size(1) % SUM_BLOCK
    if short > 0:
      padded = torch.constant_pad_nd(p, [0, SUM_BLOCK - short])
    else:
      padded = p
    return padded

  # The first index at which the running sum of p passes target, by blocks: one short sum a block, then
  # one block in double. p [rows, n], target [rows] a share of the whole in [0, 1) -> [rows]
  def invert(self, p: Tensor, share: Tensor) -> Tensor:
    rows = p.size(0)
    width = SUM_BLOCK
    blocks = torch.view(self.in_blocks(p), [rows, -1, width])
    ends = torch.cumsum(self.block_sums(p), 1)
    target = torch.unsqueeze(share, 1) * ends[:, -1:]
    block = torch.clamp(torch.sum(torch.le(ends, target), [1], True), 0, ends.size(1) - 1)
    start = torch.where(torch.gt(block, 0), torch.gather(ends, 1, torch.clamp(block - 1, 0)), torch.zeros_like(target))
    inside = torch.squeeze(torch.gather(blocks, 1, torch.expand(torch.unsqueeze(block, 2), [rows, 1, width])), 1)
    sums = start + torch.cumsum(torch.to(inside, FLOAT64), 1)
    # a draw at the very end must not land on a token without probability
    positive = torch.gt(inside, 0.)
    columns = torch.arange(width, dtype=INT64, layout=None, device=p.device)
    last = torch.amax(torch.where(positive, columns, torch.zeros_like(columns)), [1])
    index = torch.minimum(torch.sum(torch.le(sums, target), [1]), last)
    return torch.squeeze(block, 1) * width + index

  # Draws one token a row by inverting the distribution at uniform [rows] in [0, 1).
  # settings [settings, rows], a row for each SamplingSetting; STOP_FORBIDDEN is for the tokens of `forbidden`.
  # -> tokens [rows]; their log-probabilities under the distribution drawn from (greedy: under the
  # softmax at temperature 1); under the model alone, at temperature 1; and under the model alone at the temperature
  # that the token was drawn at, which is what training divides logits by
  def sample(self, logits: Tensor, settings: Tensor, uniform: Tensor, history: Tensor, forbidden: Tensor) -> List[Tensor]:
    temperature = settings[TEMPERATURE]
    greedy = torch.eq(temperature, 0.)
    raw = torch.to(logits, FLOAT32)
    z = raw
    changed = bool(torch.any(torch.ne(settings[REPETITION_PENALTY], 1.)))
    if changed:
      z = self.penalise(z, settings[REPETITION_PENALTY], history)
    if bool(torch.any(torch.gt(settings[STOP_FORBIDDEN], 0.))):
      blocked = torch.index_fill(torch.zeros_like(z), 1, forbidden, 1.)
      z = torch.masked_fill(z, torch.gt(blocked * torch.unsqueeze(settings[STOP_FORBIDDEN], 1), 0.), self.minus_infinity)
      changed = True
    scale = torch.unsqueeze(torch.where(greedy, torch.ones_like(temperature), temperature), 1)
    tempered = bool(torch.any(torch.ne(scale, 1.)))
    if tempered:
      p = torch.softmax(z / scale, -1)
    else:
      p = torch.softmax(z, -1)
    narrowed = torch.logical_or(torch.logical_or(torch.gt(settings[TOP_K], 0.), torch.lt(settings[TOP_P], 1.)), torch.gt(settings[MIN_P], 0.))
    filtered = bool(torch.any(narrowed))
    if filtered:
      p = p * self.kept(p, settings[TOP_K], settings[TOP_P], settings[MIN_P])
      whole = torch.ones_like(temperature)
      p = p / torch.unsqueeze(torch.where(narrowed, torch.to(torch.sum(self.block_sums(p), [1]), FLOAT32), whole), 1)
    drawn = self.invert(p, uniform)
    if bool(torch.any(greedy)):
      drawn = torch.where(greedy, torch.argmax(z, -1), drawn)
    chosen = torch.unsqueeze(drawn, 1)
    log_probabilities = torch.squeeze(torch.log(torch.gather(p, 1, chosen)), 1)
    model = log_probabilities
    if tempered or filtered or changed:
      model = torch.squeeze(torch.gather(torch.log_softmax(raw, -1), 1, chosen), 1)
    whole = log_probabilities
    if filtered or changed:
      whole = model
      if tempered:
        whole = torch.squeeze(torch.gather(torch.log_softmax(raw / scale, -1), 1, chosen), 1)
    return [drawn, log_probabilities, model, whole]
