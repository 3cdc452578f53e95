  # The decoder's frame, the same for every architecture. The architecture's own fragment gives embed,
  # attention_inputs, attention_output, feed_forward, final_norm and pack_layer; plain_linear.py or
  # packed_linear.py gives the products with weights.
  # Weights arrive as one list in the order of TransformerConfiguration.tensors: embeddings, `stride` tensors a layer from
  # `first_layer` on, the final norm, and a head at `head_index`; for inference `pack_layer` lays out each layer, and the head is last
  # (`fused` says which of the two a list is). README.md says what the names in capitals are.
  # Rows are right-padded: with causal attention a real token never sees padding.

  def pack_head(self, weight: Tensor) -> Tensor:
    return self.pack_matrix(self.as_computed(weight))

  # In inference a table of which rows are read may be in bfloat16 where the other weights are in float32.
  def as_computed(self, x: Tensor) -> Tensor:
    y = x
    if x.dtype == BFLOAT16:
      if not self.half:
        y = torch.to(x, FLOAT32)
    return y

  def rows_of(self, table: Tensor, ids: Tensor) -> Tensor:
    return self.as_computed(torch.embedding(table, ids))

  def layer_offset(self, l: int) -> int:
    return self.first_layer + l * self.stride

  def split_heads(self, x: Tensor, heads: int) -> Tensor:
    return torch.transpose(torch.view(x, [x.size(0), x.size(1), heads, self.head_dimension]), 1, 2)

  def merge_heads(self, x: Tensor) -> Tensor:
    return torch.reshape(torch.transpose(x, 1, 2), [x.size(0), x.size(2), self.heads * self.head_dimension])

  def share_heads(self, x: Tensor) -> Tensor:
    # grouped-query attention: each key/value head serves heads / key_value_heads query heads
    if self.heads == self.key_value_heads:
      y = x
    else:
      y = torch.repeat_interleave(x, self.heads // self.key_value_heads, 1)
    return y

  def activate(self, x: Tensor) -> Tensor:
    return ACTIVATION_OF_X

  # What scores are multiplied by before the softmax.
  def attention_scale(self, l: int) -> float:
    if self.scaled_by_layer:
      scale = self.head_scale / float(l + 1)
    else:
      scale = self.head_scale
    return scale

  # Which keys each query sees, [batch or 1, 1, time, time]; empty where causality alone decides.
  # segments is empty, or [batch, time]: a token sees segment 0 and its own (one prompt, several responses).
  def visible(self, segments: Tensor) -> Tensor:
    if segments.numel() == 0:
      mask = segments
    else:
      time = segments.size(1)
      own = torch.eq(torch.unsqueeze(segments, 2), torch.unsqueeze(segments, 1))
      shared = torch.eq(torch.unsqueeze(segments, 1), 0)
      causal = torch.tril(torch.ones([time, time], dtype=BOOL, layout=None, device=segments.device))
      mask = torch.unsqueeze(torch.logical_and(torch.logical_or(own, shared), causal), 1)
    return mask

  # The same for layers that see a window alone; positions [time] or [batch, time].
  def visible_in_window(self, positions: Tensor, mask: Tensor) -> Tensor:
    time = positions.size(-1)
    if self.window == 0 or time <= self.window:
      windowed = mask
    else:
      distance = torch.unsqueeze(positions, -1) - torch.unsqueeze(positions, -2)
      near = torch.lt(distance, self.window)
      if mask.numel() == 0:
        windowed = torch.logical_and(near, torch.ge(distance, 0))
        if windowed.dim() == 3:
          windowed = torch.unsqueeze(windowed, 1)
      else:
        if near.dim() == 3:
          near = torch.unsqueeze(near, 1)
        windowed = torch.logical_and(near, mask)
    return windowed

  def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, l: int) -> Tensor:
    keys = self.share_heads(k)
    values = self.share_heads(v)
    scale = self.attention_scale(l)
    if self.half and not self.on_gpu and q.numel() // self.head_dimension * keys.size(2) <= MOST_SCORES_BY_PRODUCTS:
      # in bfloat16 a processor's fused kernel takes four times as long as the products that it saves writing down
      a = self.attend_by_products(q, keys, values, mask, scale)
    elif mask.numel() == 0:
      a = torch.scaled_dot_product_attention(q, keys, values, None, 0., True, scale=scale)
    else:
      a = torch.scaled_dot_product_attention(q, keys, values, mask, 0., False, scale=scale)
    return a

  def attend_by_products(self, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor, scale: float) -> Tensor:
    time = keys.size(2)
    if mask.numel() == 0:
      # added inside the product: hidden scores need no pass of their own on the way back
      hidden = torch.triu(torch.full([1, time, time], self.minus_infinity, dtype=q.dtype, layout=None, device=q.device), 1)
      flat = [q.size(0) * self.heads, time, self.head_dimension]
      scores = torch.baddbmm(hidden, torch.reshape(q, flat), torch.transpose(torch.reshape(keys, flat), 1, 2), beta=1, alpha=scale)
      a = torch.view(torch.bmm(torch.softmax(scores, -1), torch.reshape(values, flat)), q.size())
    else:
      scores = torch.matmul(q * scale, torch.transpose(keys, 2, 3))
      scores = torch.masked_fill_(scores, torch.logical_not(mask), self.minus_infinity)
      a = torch.matmul(torch.softmax(scores, -1), values)
    return a

  # One layer: x [batch, time, hidden] -> the same
  def layer(self, l: int, x: Tensor, cos: Tensor, sin: Tensor, full: Tensor, windowed: Tensor, w: List[Tensor]) -> Tensor:
    o = self.layer_offset(l)
    q, k, v = self.attention_inputs(x, cos, sin, w, o)
    if self.windowed[l] == 1:
      mask = windowed
    else:
      mask = full
    a = self.attend(q, k, v, mask, l)
    return self.feed_forward(self.attention_output(a, x, w, o), w, o)

  # The layer's tensor i, or None where this model's layers do not have it.
  def optional(self, w: List[Tensor], o: int, i: int) -> Optional[Tensor]:
    tensor = annotate(Optional[Tensor], None)
    if i != MISSING:
      tensor = annotate(Optional[Tensor], w[o + i])
    return tensor

  # y, the product of x with the layer's matrix i, with the change that the matrix's adapter makes:
  # Hu et al. 2022, eq. 3
  def adapted(self, y: Tensor, x: Tensor, w: List[Tensor], o: int, i: int) -> Tensor:
    if self.adapters > 0 and self.adapter_at[i] != MISSING:
      l = (o - self.first_layer) // self.stride
      a = self.adapters + l * self.adapter_stride + self.adapter_at[i]
      z = y + torch.linear(torch.linear(x, w[a]), w[a + 1]) * self.adapter_scale
    else:
      z = y
    return z

  # Rows of a rotary table at positions [time] or [batch, time], to multiply [batch, heads, time, dimension]
  def at_positions(self, table: Tensor, positions: Tensor) -> Tensor:
    if self.rotary:
      rows = torch.embedding(table, positions)
      if rows.dim() == 3:
        rows = torch.unsqueeze(rows, 1)
    else:
      rows = table
    return rows

  # What all layers share: rows of the rotary tables, and the masks of full and of windowed attention.
  def surroundings(self, positions: Tensor, segments: Tensor, cos_table: Tensor, sin_table: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    full = self.visible(segments)
    windowed = self.visible_in_window(positions, full)
    return (self.at_positions(cos_table, positions), self.at_positions(sin_table, positions), full, windowed)

  # ids [batch, time], positions [time] or [batch, time], segments empty or [batch, time]
  # -> hidden states [batch, time, hidden]
  def hidden(self, ids: Tensor, positions: Tensor, segments: Tensor, cos_table: Tensor, sin_table: Tensor, w: List[Tensor]) -> Tensor:
    cos, sin, full, windowed = self.surroundings(positions, segments, cos_table, sin_table)
    x = self.embed(ids, positions, w)
    for l in range(self.layers):
      x = self.layer(l, x, cos, sin, full, windowed, w)
    return self.final_norm(x, w)

  # hidden states of chosen tokens: index [tokens] into batch * time -> [tokens, hidden]
  def hidden_at(self, ids: Tensor, positions: Tensor, segments: Tensor, index: Tensor, cos_table: Tensor, sin_table: Tensor, w: List[Tensor]) -> Tensor:
    h = self.hidden(ids, positions, segments, cos_table, sin_table, w)
    return torch.index_select(torch.view(h, [-1, h.size(2)]), 0, index)

  def head(self, w: List[Tensor]) -> Tensor:
    if self.fused:
      weight = w[len(w) - 1]
    else:
      weight = w[self.head_index]
    return weight

  # h [tokens, hidden] -> logits [tokens, vocabulary]
  def logits_of(self, h: Tensor, w: List[Tensor]) -> Tensor:
    return self.linear(h, self.head(w), None)

  # every token's logits [batch, time, vocabulary]; for checks and small models only
  def logits(self, ids: Tensor, positions: Tensor, segments: Tensor, cos_table: Tensor, sin_table: Tensor, w: List[Tensor]) -> Tensor:
    return self.logits_of(self.hidden(ids, positions, segments, cos_table, sin_table, w), w)
