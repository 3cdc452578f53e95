  # Generation over slots. The caches are [layers, slots, key/value heads, capacity, head dimension];
  # the running rows are always the first slots. Positions past a row's length hold leftovers: the mask
  # keeps them unseen, and decoding overwrites them.

  # Reads the prompts of new rows into the slots from `slot` on. ids [rows, time] right-padded,
  # last [rows] the index of each prompt's last token -> logits after the prompt [rows, vocabulary]
  def prefill(self, ids: Tensor, positions: Tensor, cos_table: Tensor, sin_table: Tensor, slot: Tensor, last: Tensor, keys: Tensor, values: Tensor, w: List[Tensor]) -> Tensor:
    rows = ids.size(0)
    time = ids.size(1)
    first = int(slot)
    cos = self.at_positions(cos_table, positions)
    sin = self.at_positions(sin_table, positions)
    full = torch.slice(positions, 0, 0, 0)
    windowed = self.visible_in_window(positions, full)
    x = self.embed(ids, positions, w)
    for l in range(self.layers):
      o = self.layer_offset(l)
      q, k, v = self.attention_inputs(x, cos, sin, w, o)
      torch.copy_(torch.slice(torch.slice(torch.select(keys, 0, l), 0, first, first + rows), 2, 0, time), k)
      torch.copy_(torch.slice(torch.slice(torch.select(values, 0, l), 0, first, first + rows), 2, 0, time), v)
      if self.windowed[l] == 1:
        mask = windowed
      else:
        mask = full
      a = self.attend(q, k, v, mask, l)
      x = self.feed_forward(x + self.attention_output(a, w, o), w, o)
    at_last = torch.gather(x, 1, torch.expand(torch.view(last, [rows, 1, 1]), [rows, 1, x.size(2)]))
    h = torch.squeeze(self.final_norm(at_last, w), 1)
    return torch.linear(h, self.head(w))

  # One token for each of the first rows: tokens [rows], positions [rows] -> logits [rows, vocabulary]
  def decode(self, tokens: Tensor, positions: Tensor, cos_table: Tensor, sin_table: Tensor, keys: Tensor, values: Tensor, w: List[Tensor]) -> Tensor:
    rows = tokens.size(0)
    reach = int(torch.max(positions)) + 1
    at = torch.unsqueeze(positions, 1)
    cos = self.at_positions(cos_table, at)
    sin = self.at_positions(sin_table, at)
    columns = torch.arange(reach, dtype=4, layout=None, device=positions.device)
    distance = torch.view(positions, [rows, 1, 1, 1]) - torch.view(columns, [1, 1, 1, reach])
    full = torch.ge(distance, 0)
    windowed = full
    if self.window > 0:
      windowed = torch.logical_and(full, torch.lt(distance, self.window))
    row_index = torch.arange(rows, dtype=4, layout=None, device=positions.device)
    where = annotate(List[Optional[Tensor]], [row_index, None, positions])
    # the queries that share a key/value head stand where a sequence's queries would
    group = self.heads // self.key_value_heads
    x = self.embed(torch.unsqueeze(tokens, 1), at, w)
    for l in range(self.layers):
      o = self.layer_offset(l)
      q, k, v = self.attention_inputs(x, cos, sin, w, o)
      layer_keys = torch.slice(torch.select(keys, 0, l), 0, 0, rows)
      layer_values = torch.slice(torch.select(values, 0, l), 0, 0, rows)
      torch.index_put_(layer_keys, where, torch.squeeze(k, 2))
      torch.index_put_(layer_values, where, torch.squeeze(v, 2))
      if self.windowed[l] == 1:
        mask = windowed
      else:
        mask = full
      grouped = torch.view(torch.squeeze(q, 2), [rows, self.key_value_heads, group, self.head_dimension])
      a = torch.scaled_dot_product_attention(grouped, torch.slice(layer_keys, 2, 0, reach), torch.slice(layer_values, 2, 0, reach), mask, 0., False, scale=self.attention_scale(l))
      a = torch.view(torch.contiguous(a), [rows, self.heads, 1, self.head_dimension])
      x = self.feed_forward(x + self.attention_output(a, w, o), w, o)
    h = torch.squeeze(self.final_norm(x, w), 1)
    return torch.linear(h, self.head(w))

  # Draws one token a row by inverting the distribution at uniform [rows] in [0, 1).
  # settings [3, rows]: temperature (0 takes the most likely token), top_k (0: all), top_p (1: all)
  # -> tokens [rows], and their log-probabilities [rows] under the distribution drawn from
  # (greedy: under the softmax at temperature 1)
  def sample(self, logits: Tensor, settings: Tensor, uniform: Tensor) -> List[Tensor]:
    temperature = settings[0]
    greedy = torch.eq(temperature, 0.)
    scale = torch.unsqueeze(torch.where(greedy, torch.ones_like(temperature), temperature), 1)
    log_p = torch.log_softmax(logits.float() / scale, -1)
    top_k = torch.unsqueeze(settings[1], 1)
    top_p = torch.unsqueeze(settings[2], 1)
    if bool(torch.any(torch.logical_or(torch.gt(top_k, 0.), torch.lt(top_p, 1.)))):
      ranked, order = torch.sort(log_p, -1, True)
      mass = torch.exp(ranked)
      before = torch.cumsum(mass, -1) - mass
      rank = torch.unsqueeze(torch.arange(logits.size(1), dtype=4, layout=None, device=logits.device), 0)
      in_top_k = torch.logical_or(torch.le(top_k, 0.), torch.lt(rank, top_k))
      in_nucleus = torch.logical_or(torch.ge(top_p, 1.), torch.lt(before, top_p))
      kept = torch.logical_or(torch.logical_and(in_top_k, in_nucleus), torch.eq(rank, 0))
      dropped = torch.scatter(torch.zeros_like(kept), 1, order, torch.logical_not(kept))
      log_p = torch.log_softmax(torch.masked_fill(log_p, dropped, self.minus_infinity), -1)
    cumulative = torch.cumsum(torch.exp(log_p.double()), -1)
    target = torch.unsqueeze(uniform, 1) * cumulative[:, -1:]
    drawn = torch.clamp(torch.sum(torch.le(cumulative, target), [1]), 0, logits.size(1) - 1)
    tokens = torch.where(greedy, torch.argmax(logits, -1), drawn)
    return [tokens, torch.squeeze(torch.gather(log_p, 1, torch.unsqueeze(tokens, 1)), 1)]

  def prefill_and_sample(self, ids: Tensor, prompt_positions: Tensor, settings: Tensor, uniform: Tensor, cos_table: Tensor, sin_table: Tensor, slot: Tensor, last: Tensor, keys: Tensor, values: Tensor, w: List[Tensor]) -> List[Tensor]:
    return self.sample(self.prefill(ids, prompt_positions, cos_table, sin_table, slot, last, keys, values, w), settings, uniform)

  def decode_and_sample(self, tokens: Tensor, settings: Tensor, uniform: Tensor, positions: Tensor, cos_table: Tensor, sin_table: Tensor, keys: Tensor, values: Tensor, w: List[Tensor]) -> List[Tensor]:
    return self.sample(self.decode(tokens, positions, cos_table, sin_table, keys, values, w), settings, uniform)

  # Moves a row's cache to another slot, so that the running rows stay the first ones.
  def move_row(self, source: Tensor, destination: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    torch.copy_(torch.select(keys, 1, int(destination)), torch.select(keys, 1, int(source)))
    torch.copy_(torch.select(values, 1, int(destination)), torch.select(values, 1, int(source)))
    return source
