  # The Llama decoder. Weights arrive as one list in the order of ModelDirectory.expectedTensors:
  # the embedding, `stride` tensors a layer (norm, q, k, v, o, norm, gate, up, down, then biases), the
  # final norm, and then a head where it has its own.
  # Rows are right-padded: with causal attention a real token never sees padding, so no mask is needed.

  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(-1) // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

  def norm(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.rms_norm(x, [x.size(-1)], weight, self.norm_epsilon)

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

  # x times the layer's matrix i, plus its bias where biases start above 0 in the layer
  def project(self, x: Tensor, w: List[Tensor], o: int, i: int, bias: int, bias_index: int) -> Tensor:
    if bias > 0:
      y = torch.linear(x, w[o + i], w[o + bias + bias_index])
    else:
      y = torch.linear(x, w[o + i])
    return y

  def attention_output(self, a: Tensor, w: List[Tensor], o: int) -> Tensor:
    return self.project(self.merge_heads(a), w, o, 4, self.attention_bias, 3)

  def attention_inputs(self, h: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], o: int) -> Tuple[Tensor, Tensor, Tensor]:
    q = self.rotate(self.split_heads(self.project(h, w, o, 1, self.attention_bias, 0), self.heads), cos, sin)
    k = self.rotate(self.split_heads(self.project(h, w, o, 2, self.attention_bias, 1), self.key_value_heads), cos, sin)
    v = self.split_heads(self.project(h, w, o, 3, self.attention_bias, 2), self.key_value_heads)
    return (q, k, v)

  def feed_forward(self, x: Tensor, w: List[Tensor], o: int) -> Tensor:
    h = self.norm(x, w[o + 5])
    b = self.feed_forward_bias
    gated = torch.silu(self.project(h, w, o, 6, b, 0)) * self.project(h, w, o, 7, b, 1)
    return x + self.project(gated, w, o, 8, b, 2)

  # ids [batch, time] -> hidden states [batch, time, hidden]
  def hidden(self, ids: Tensor, cos_table: Tensor, sin_table: Tensor, w: List[Tensor]) -> Tensor:
    cos = cos_table[0:ids.size(1)]
    sin = sin_table[0:ids.size(1)]
    x = torch.embedding(w[0], ids)
    for l in range(self.layers):
      o = 1 + l * self.stride
      q, k, v = self.attention_inputs(self.norm(x, w[o]), cos, sin, w, o)
      a = torch.scaled_dot_product_attention(q, self.share_heads(k), self.share_heads(v), None, 0., True)
      x = self.feed_forward(x + self.attention_output(a, w, o), w, o)
    return self.norm(x, w[1 + self.layers * self.stride])

  # hidden states of chosen tokens: index [tokens] into batch * time -> [tokens, hidden]
  def hidden_at(self, ids: Tensor, index: Tensor, cos_table: Tensor, sin_table: Tensor, w: List[Tensor]) -> Tensor:
    h = self.hidden(ids, cos_table, sin_table, w)
    return torch.index_select(torch.view(h, [-1, h.size(2)]), 0, index)

  def head(self, w: List[Tensor]) -> Tensor:
    if self.tied:
      weight = w[0]
    else:
      weight = w[2 + self.layers * self.stride]
    return weight

  # every token's logits [batch, time, vocabulary]; for checks and small models only
  def logits(self, ids: Tensor, cos_table: Tensor, sin_table: Tensor, w: List[Tensor]) -> Tensor:
    return torch.linear(self.hidden(ids, cos_table, sin_table, w), self.head(w))
