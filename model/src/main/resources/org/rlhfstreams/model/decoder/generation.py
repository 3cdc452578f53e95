  # Generation over slots. The caches are [layers, slots, key/value heads, capacity, head dimension];
  # the running rows are always the first slots. They are of the weights' type, but attention is in float32
  # always: over few queries that is up to four times as fast. Positions past a row's length hold leftovers: the mask
  # keeps them unseen, and decoding overwrites them.
  # On a GPU attention is one kernel in the type of the cache instead: there the number of operations counts, and
  # products depend on how many rows there are in any case.

  # Attention of queries [rows, key/value heads, n, dimension] to cached keys and values [rows, key/value
  # heads, tokens, dimension], tokens in whole blocks of CACHE_BLOCK; bias [rows * key/value heads or 1, n or 1, tokens] is
  # minus infinity where a query does not see a token, else 0.
  # Each block is multiplied by itself and hidden blocks add exact zeros, so that a row's result does not
  # depend, to the bit, on other rows or on how far the cache reaches.
  def attend_in_blocks(self, q: Tensor, keys: Tensor, values: Tensor, bias: Tensor, scale: float) -> Tensor:
    n = q.size(2)
    sequences = q.size(0) * self.key_value_heads
    blocks = keys.size(2) // CACHE_BLOCK
    pieces = [sequences * blocks, CACHE_BLOCK, self.head_dimension]
    k = torch.transpose(torch.reshape(keys, pieces), 1, 2)
    q = torch.reshape(q, [sequences, n, self.head_dimension])
    if blocks == 1:
      p = torch.softmax(torch.baddbmm(bias, q, k, beta=1, alpha=scale), -1)
      a = torch.bmm(p, torch.reshape(values, pieces))
    else:
      each = torch.expand(torch.unsqueeze(q, 1), [sequences, blocks, n, self.head_dimension])
      scores = torch.bmm(torch.reshape(each, [sequences * blocks, n, self.head_dimension]), k)
      scores = torch.reshape(torch.transpose(torch.view(scores, [sequences, blocks, n, CACHE_BLOCK]), 1, 2), [sequences, n, blocks * CACHE_BLOCK])
      p = torch.softmax(torch.add(bias, scores, alpha=scale), -1)
      p = torch.reshape(torch.transpose(torch.view(p, [sequences, n, blocks, CACHE_BLOCK]), 1, 2), [sequences * blocks, n, CACHE_BLOCK])
      parts = torch.bmm(p, torch.reshape(values, pieces))
      a = torch.sum(torch.view(parts, [sequences, blocks, n, self.head_dimension]), [1])
    return torch.view(a, [sequences // self.key_value_heads, self.key_value_heads, n, self.head_dimension])

  # 0 and minus infinity, in float32
  def bias_of(self, hidden: Tensor) -> Tensor:
    zeros = torch.zeros(hidden.size(), dtype=FLOAT32, layout=None, device=hidden.device)
    return torch.masked_fill_(zeros, hidden, self.minus_infinity)

  # The same for each row's queries to the cache, from hidden [rows, 1, tokens].
  def cache_bias(self, hidden: Tensor, keys: Tensor) -> Tensor:
    bias = self.bias_of(hidden)
    if self.on_gpu:
      bias = torch.to(torch.unsqueeze(bias, 1), keys.dtype)
    else:
      bias = torch.repeat_interleave(bias, self.key_value_heads, 0)
    return bias

  # Attention of a whole prompt to itself, CACHE_BLOCK queries at a time: q [rows, heads, tokens, dimension], keys
  # and values as above -> [rows, heads, tokens, dimension]
  def attend_to_prompt(self, q: Tensor, keys: Tensor, values: Tensor, window: int, scale: float) -> Tensor:
    rows = q.size(0)
    tokens = q.size(2)
    group = self.heads // self.key_value_heads
    grouped = torch.reshape(q, [rows, self.key_value_heads, group, tokens, self.head_dimension])
    parts = annotate(List[Tensor], [])
    start = 0
    while start < tokens:
      end = start + CACHE_BLOCK
      reach = end
      queries = torch.arange(start, end, dtype=INT64, layout=None, device=q.device)
      columns = torch.arange(reach, dtype=INT64, layout=None, device=q.device)
      distance = torch.unsqueeze(queries, 1) - torch.unsqueeze(columns, 0)
      hidden = torch.lt(distance, 0)
      if window > 0:
        hidden = torch.logical_or(hidden, torch.ge(distance, window))
      bias = torch.repeat(torch.unsqueeze(self.bias_of(hidden), 0), [1, group, 1])
      part = torch.reshape(grouped[:, :, :, start:end], [rows, self.key_value_heads, group * CACHE_BLOCK, self.head_dimension])
      a = self.attend_in_blocks(part, keys[:, :, :reach], values[:, :, :reach], bias, scale)
      parts.append(torch.reshape(a, [rows, self.heads, CACHE_BLOCK, self.head_dimension]))
      start = end
    return torch.cat(parts, 2)

  def window_of(self, l: int) -> int:
    if self.windowed[l] == 1:
      window = self.window
    else:
      window = 0
    return window

  # Reads prompts, and gives each to the rows that continue it. ids [prompts, time] right-padded,
  # last [prompts] the index of each prompt's last token, source [rows] the prompt of each new row,
  # whose slots start at `slot` -> logits after each row's prompt [rows, vocabulary]
  def prefill(self, ids: Tensor, positions: Tensor, cos_table: Tensor, sin_table: Tensor, slot: int, last: Tensor, source: Tensor, keys: Tensor, values: Tensor, w: List[Tensor]) -> Tensor:
    prompts = ids.size(0)
    time = ids.size(1)
    until = slot + source.size(0)
    cos = self.at_positions(cos_table, positions)
    sin = self.at_positions(sin_table, positions)
    whole = [0, 0, 0, (CACHE_BLOCK - time % CACHE_BLOCK) % CACHE_BLOCK]
    nothing = torch.empty([0], dtype=BOOL, layout=None, device=ids.device)
    windowed = nothing
    if self.on_gpu:
      windowed = self.visible_in_window(positions, nothing)
    x = self.embed(ids, positions, w)
    for l in range(self.layers):
      o = self.layer_offset(l)
      q, k, v = self.attention_inputs(x, cos, sin, w, o)
      if self.on_gpu:
        mask = nothing
        if self.windowed[l] == 1:
          mask = windowed
        a = self.attend(q, k, v, mask, l)
      else:
        k = torch.constant_pad_nd(self.widened(k), whole)
        v = torch.constant_pad_nd(self.widened(v), whole)
        q = torch.constant_pad_nd(self.widened(q), whole)
        a = torch.slice(self.attend_to_prompt(q, k, v, self.window_of(l), self.attention_scale(l)), 2, 0, time)
        a = torch.to(a, x.dtype)
      torch.copy_(torch.slice(torch.slice(torch.select(keys, 0, l), 0, slot, until), 2, 0, k.size(2)), torch.index_select(k, 0, source))
      torch.copy_(torch.slice(torch.slice(torch.select(values, 0, l), 0, slot, until), 2, 0, k.size(2)), torch.index_select(v, 0, source))
      x = self.feed_forward(self.attention_output(a, x, w, o), w, o)
    at_last = torch.gather(x, 1, torch.expand(torch.view(last, [prompts, 1, 1]), [prompts, 1, x.size(2)]))
    h = torch.squeeze(self.final_norm(at_last, w), 1)
    return torch.index_select(self.logits_of(h, w), 0, source)

  # One token for each of the first rows: tokens [rows], positions [rows] below reach, a multiple of CACHE_BLOCK -> logits [rows, vocabulary]
  def decode(self, tokens: Tensor, positions: Tensor, reach: int, cos_table: Tensor, sin_table: Tensor, keys: Tensor, values: Tensor, w: List[Tensor]) -> Tensor:
    rows = tokens.size(0)
    at = torch.unsqueeze(positions, 1)
    cos = self.at_positions(cos_table, at)
    sin = self.at_positions(sin_table, at)
    columns = torch.arange(reach, dtype=INT64, layout=None, device=positions.device)
    distance = torch.view(positions, [rows, 1, 1]) - torch.view(columns, [1, 1, reach])
    hidden = torch.lt(distance, 0)
    unseen = self.cache_bias(hidden, keys)
    outside = unseen
    if self.window > 0:
      outside = self.cache_bias(torch.logical_or(hidden, torch.ge(distance, self.window)), keys)
    row_index = torch.arange(rows, dtype=INT64, layout=None, device=positions.device)
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
        bias = outside
      else:
        bias = unseen
      k = torch.slice(layer_keys, 2, 0, reach)
      v = torch.slice(layer_values, 2, 0, reach)
      grouped = [rows, self.key_value_heads, group, self.head_dimension]
      if self.on_gpu:
        a = torch.scaled_dot_product_attention(torch.reshape(q, grouped), k, v, bias, 0., False, scale=self.attention_scale(l))
      else:
        a = self.attend_in_blocks(torch.reshape(self.widened(q), grouped), self.widened(k), self.widened(v), bias, self.attention_scale(l))
      a = torch.to(torch.reshape(a, [rows, self.heads, 1, self.head_dimension]), x.dtype)
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
    return torch.zeros([self.layers, slots, self.key_value_heads, capacity, self.head_dimension], dtype=self.cache_dtype(), layout=None, device=like.device)

  def cache_dtype(self) -> int:
    dtype = FLOAT32
    if self.half:
      dtype = BFLOAT16
    return dtype
