  # Generation over slots. The caches are [layers, slots, key/value heads, capacity, head dimension];
  # the running rows are always the first slots. Positions past a row's length hold leftovers: the mask
  # keeps them unseen, and decoding overwrites them.

  # Reads prompts, and gives each to the rows that continue it. ids [prompts, time] right-padded,
  # last [prompts] the index of each prompt's last token, source [rows] the prompt of each new row,
  # whose slots start at `slot` -> logits after each row's prompt [rows, vocabulary]
  def prefill(self, ids: Tensor, positions: Tensor, cos_table: Tensor, sin_table: Tensor, slot: int, last: Tensor, source: Tensor, keys: Tensor, values: Tensor, w: List[Tensor]) -> Tensor:
    prompts = ids.size(0)
    time = ids.size(1)
    until = slot + source.size(0)
    cos = self.at_positions(cos_table, positions)
    sin = self.at_positions(sin_table, positions)
    full = torch.slice(positions, 0, 0, 0)
    windowed = self.visible_in_window(positions, full)
    x = self.embed(ids, positions, w)
    for l in range(self.layers):
      o = self.layer_offset(l)
      q, k, v = self.attention_inputs(x, cos, sin, w, o)
      torch.copy_(torch.slice(torch.slice(torch.select(keys, 0, l), 0, slot, until), 2, 0, time), torch.index_select(k, 0, source))
      torch.copy_(torch.slice(torch.slice(torch.select(values, 0, l), 0, slot, until), 2, 0, time), torch.index_select(v, 0, source))
      if self.windowed[l] == 1:
        mask = windowed
      else:
        mask = full
      a = self.attend(q, k, v, mask, l)
      x = self.feed_forward(self.attention_output(a, x, w, o), w, o)
    at_last = torch.gather(x, 1, torch.expand(torch.view(last, [prompts, 1, 1]), [prompts, 1, x.size(2)]))
    h = torch.squeeze(self.final_norm(at_last, w), 1)
    return torch.index_select(self.logits_of(h, w), 0, source)

  # One token for each of the first rows: tokens [rows], positions [rows], reach one more than the
  # largest position -> logits [rows, vocabulary]
  def decode(self, tokens: Tensor, positions: Tensor, reach: int, cos_table: Tensor, sin_table: Tensor, keys: Tensor, values: Tensor, w: List[Tensor]) -> Tensor:
    rows = tokens.size(0)
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
      grouped = torch.reshape(torch.squeeze(q, 2), [rows, self.key_value_heads, group, self.head_dimension])
      a = torch.scaled_dot_product_attention(grouped, torch.slice(layer_keys, 2, 0, reach), torch.slice(layer_values, 2, 0, reach), mask, 0., False, scale=self.attention_scale(l))
      a = torch.reshape(a, [rows, self.heads, 1, self.head_dimension])
      x = self.feed_forward(self.attention_output(a, x, w, o), w, o)
    h = torch.squeeze(self.final_norm(x, w), 1)
    return self.logits_of(h, w)

  def prefill_and_sample(self, ids: Tensor, positions: Tensor, cos_table: Tensor, sin_table: Tensor, slot: int, last: Tensor, source: Tensor, keys: Tensor, values: Tensor, settings: Tensor, uniform: Tensor, history: Tensor, forbidden: Tensor, w: List[Tensor]) -> List[Tensor]:
    return self.sample(self.prefill(ids, positions, cos_table, sin_table, slot, last, source, keys, values, w), settings, uniform, history, forbidden)

  def decode_and_sample(self, tokens: Tensor, positions: Tensor, reach: int, cos_table: Tensor, sin_table: Tensor, keys: Tensor, values: Tensor, settings: Tensor, uniform: Tensor, history: Tensor, forbidden: Tensor, w: List[Tensor]) -> List[Tensor]:
    return self.sample(self.decode(tokens, positions, reach, cos_table, sin_table, keys, values, w), settings, uniform, history, forbidden)

  # Moves a row's first tokens to another slot, so that the running rows stay the first ones.
  def move_row(self, source: int, destination: int, tokens: int, keys: Tensor, values: Tensor) -> Tensor:
    torch.copy_(torch.slice(torch.select(keys, 1, destination), 2, 0, tokens), torch.slice(torch.select(keys, 1, source), 2, 0, tokens))
    torch.copy_(torch.slice(torch.select(values, 1, destination), 2, 0, tokens), torch.slice(torch.select(values, 1, source), 2, 0, tokens))
    return keys

  # A cache with room for more slots and more tokens a slot, holding what this one held.
  def enlarge(self, cache: Tensor, slots: int, capacity: int) -> Tensor:
    larger = self.new_cache(cache, slots, capacity)
    torch.copy_(torch.slice(torch.slice(larger, 1, 0, cache.size(1)), 3, 0, cache.size(3)), cache)
    return larger

  # An empty cache, on the device of `like`.
  def new_cache(self, like: Tensor, slots: int, capacity: int) -> Tensor:
    if self.half:
      type = 15
    else:
      type = 6
    return torch.zeros([self.layers, slots, self.key_value_heads, capacity, self.head_dimension], dtype=type, layout=None, device=like.device)
