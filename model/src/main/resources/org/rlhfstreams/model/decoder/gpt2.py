  # GPT-2: a layer's tensors are weight and bias of ln_1, c_attn, c_proj, ln_2, c_fc and c_proj;
  # matrices are stored [in, out].

  def norm(self, x: Tensor, w: List[Tensor], i: int) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], w[i], w[i + 1], self.norm_epsilon)

  # x times the layer's matrix i, with its bias and adapter
  def project(self, x: Tensor, w: List[Tensor], o: int, i: int) -> Tensor:
    if self.fused:
      y = self.linear(x, w[o + i], annotate(Optional[Tensor], w[o + i + 1]))
    else:
      y = torch.matmul(x, w[o + i]) + w[o + i + 1]
    return self.adapted(y, x, w, o, i)

  def embed(self, ids: Tensor, positions: Tensor, w: List[Tensor]) -> Tensor:
    return torch.embedding(w[0], ids) + torch.embedding(w[1], positions)

  def attention_inputs(self, x: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], o: int) -> Tuple[Tensor, Tensor, Tensor]:
    q, k, v = torch.chunk(self.project(self.norm(x, w, o), w, o, 2), 3, -1)
    return (self.split_heads(q, self.heads), self.split_heads(k, self.heads), self.split_heads(v, self.heads))

  def attention_output(self, a: Tensor, residual: Tensor, w: List[Tensor], o: int) -> Tensor:
    return residual + self.project(self.merge_heads(a), w, o, 4)

  def feed_forward(self, x: Tensor, w: List[Tensor], o: int) -> Tensor:
    h = self.norm(x, w, o + 6)
    if self.fused:
      inner = self.linear_activated(h, w[o + 8], annotate(Optional[Tensor], w[o + 9]))
    else:
      inner = self.activate(self.project(h, w, o, 8))
    return x + self.project(inner, w, o, 10)

  def final_norm(self, x: Tensor, w: List[Tensor]) -> Tensor:
    return self.norm(x, w, self.final)

  # Weights laid out for inference: every matrix output-first and packed.
  def pack(self, w: List[Tensor]) -> List[Tensor]:
    packed = annotate(List[Tensor], [])
    for x in w:
      packed.append(torch.clone(x)) # the engine's own memory: Java frees that of x
    for l in range(self.layers):
      o = self.layer_offset(l)
      for i in [2, 4, 8, 10]:
        packed[o + i] = self.pack_matrix(torch.contiguous(torch.t(w[o + i])))
    if not self.classifier:
      packed.append(self.pack_matrix(w[self.head_index]))
    return packed
