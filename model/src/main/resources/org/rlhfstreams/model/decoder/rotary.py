  # Llama, Mistral, Qwen2 and Qwen3: a layer's tensors are norm, q, k, v, o, norm, gate, up, down, then
  # those of q, k, v biases, o bias, gate, up, down biases and q, k norms that the configuration has.

  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(-1) // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

  def norm(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.rms_norm(x, [x.size(-1)], weight, self.norm_epsilon)

  # x times the layer's matrix i, plus its bias; biases start at `bias` in the layer, 0 for none
  def project(self, x: Tensor, w: List[Tensor], o: int, i: int, bias: int) -> Tensor:
    if bias > 0:
      y = torch.linear(x, w[o + i], w[o + bias])
    else:
      y = torch.linear(x, w[o + i])
    return y

  def bias_at(self, first: int, i: int) -> int:
    if first > 0:
      at = first + i
    else:
      at = 0
    return at

  def embed(self, ids: Tensor, positions: Tensor, w: List[Tensor]) -> Tensor:
    return torch.embedding(w[0], ids)

  def attention_inputs(self, x: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], o: int) -> Tuple[Tensor, Tensor, Tensor]:
    h = self.norm(x, w[o])
    b = self.input_bias
    q = self.split_heads(self.project(h, w, o, 1, self.bias_at(b, 0)), self.heads)
    k = self.split_heads(self.project(h, w, o, 2, self.bias_at(b, 1)), self.key_value_heads)
    v = self.split_heads(self.project(h, w, o, 3, self.bias_at(b, 2)), self.key_value_heads)
    if self.query_key_norms > 0:
      q = self.norm(q, w[o + self.query_key_norms])
      k = self.norm(k, w[o + self.query_key_norms + 1])
    return (self.rotate(q, cos, sin), self.rotate(k, cos, sin), v)

  def attention_output(self, a: Tensor, w: List[Tensor], o: int) -> Tensor:
    return self.project(self.merge_heads(a), w, o, 4, self.output_bias)

  def feed_forward(self, x: Tensor, w: List[Tensor], o: int) -> Tensor:
    h = self.norm(x, w[o + 5])
    b = self.feed_forward_bias
    gated = self.activate(self.project(h, w, o, 6, self.bias_at(b, 0))) * self.project(h, w, o, 7, self.bias_at(b, 1))
    return x + self.project(gated, w, o, 8, self.bias_at(b, 2))

  def final_norm(self, x: Tensor, w: List[Tensor]) -> Tensor:
    return self.norm(x, w[self.final])
