  # Llama, Mistral, Qwen2 and Qwen3: a layer's tensors are norm, q, k, v, o, norm, gate, up, down, then
  # those of q, k, v biases, o bias, gate, up, down biases and q, k norms that the configuration has.

  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(-1) // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

  def norm(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.rms_norm(x, [x.size(-1)], weight, self.norm_epsilon)

  # The i-th of the biases that start at `first` in the layer; 0 stands for none.
  def bias(self, w: List[Tensor], o: int, first: int, i: int) -> Optional[Tensor]:
    b = annotate(Optional[Tensor], None)
    if first > 0:
      b = annotate(Optional[Tensor], w[o + first + i])
    return b

  # x times the layer's matrix i, with its bias and adapter
  def project(self, x: Tensor, w: List[Tensor], o: int, i: int, biases: int, b: int) -> Tensor:
    return self.adapted(self.linear(x, w[o + i], self.bias(w, o, biases, b)), x, w, o, i)

  def embed(self, ids: Tensor, positions: Tensor, w: List[Tensor]) -> Tensor:
    return torch.embedding(w[0], ids)

  def attention_inputs(self, x: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], o: int) -> Tuple[Tensor, Tensor, Tensor]:
    h = self.norm(x, w[o])
    b = self.input_bias
    if self.fused:
      all = self.split_heads(self.linear(h, w[o + 1], self.bias(w, o, b, 0)), self.heads + 2 * self.key_value_heads)
      q, k, v = torch.split_with_sizes(all, [self.heads, self.key_value_heads, self.key_value_heads], 1)
      if self.query_key_norms == 0:
        both = self.rotate(all[:, :self.heads + self.key_value_heads], cos, sin)
        return (both[:, :self.heads], both[:, self.heads:], v)
    else:
      q = self.split_heads(self.project(h, w, o, 1, b, 0), self.heads)
      k = self.split_heads(self.project(h, w, o, 2, b, 1), self.key_value_heads)
      v = self.split_heads(self.project(h, w, o, 3, b, 2), self.key_value_heads)
    if self.query_key_norms > 0:
      q = self.norm(q, w[o + self.query_key_norms])
      k = self.norm(k, w[o + self.query_key_norms + 1])
    return (self.rotate(q, cos, sin), self.rotate(k, cos, sin), v)

  # residual plus the projection of the heads' outputs a
  def attention_output(self, a: Tensor, residual: Tensor, w: List[Tensor], o: int) -> Tensor:
    merged = self.merge_heads(a)
    return self.adapted(self.linear_plus(merged, w[o + 4], self.bias(w, o, self.output_bias, 0), residual), merged, w, o, 4)

  def feed_forward(self, x: Tensor, w: List[Tensor], o: int) -> Tensor:
    h = self.norm(x, w[o + 5])
    b = self.feed_forward_bias
    if self.adapters > 0:
      gated = self.activate(self.project(h, w, o, 6, b, 0)) * self.project(h, w, o, 7, b, 1)
    else:
      gate = self.linear_activated(h, w[o + 6], self.bias(w, o, b, 0))
      gated = self.linear_times(h, w[o + 7], self.bias(w, o, b, 1), gate)
    return self.adapted(self.linear_plus(gated, w[o + 8], self.bias(w, o, b, 2), x), gated, w, o, 8)

  def final_norm(self, x: Tensor, w: List[Tensor]) -> Tensor:
    return self.norm(x, w[self.final])

  # Weights laid out for inference: q, k and v as one matrix, every matrix packed.
  def pack(self, w: List[Tensor]) -> List[Tensor]:
    packed = annotate(List[Tensor], [])
    for x in w:
      packed.append(torch.clone(x)) # the engine's own memory: Java frees that of x
    for l in range(self.layers):
      o = self.layer_offset(l)
      packed[o + 1] = self.pack_matrix(torch.cat([w[o + 1], w[o + 2], w[o + 3]], 0))
      packed[o + 2] = packed[o]
      packed[o + 3] = packed[o]
      for i in [4, 6, 7, 8]:
        packed[o + i] = self.pack_matrix(w[o + i])
      if self.input_bias > 0:
        b = o + self.input_bias
        packed[b] = torch.cat([w[b], w[b + 1], w[b + 2]], 0)
    if not self.classifier:
      packed.append(self.pack_matrix(w[self.head_index]))
    return packed
