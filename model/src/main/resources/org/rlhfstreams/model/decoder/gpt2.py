  # A layer of GPT-2; matrices are stored [in, out].

  def norm(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], weight, bias, self.norm_epsilon)

  # x times the layer's matrix i, with its bias and adapter
  def project(self, x: Tensor, w: List[Tensor], o: int, i: int, bias: int) -> Tensor:
    if self.fused:
      y = self.linear(x, w[o + i], annotate(Optional[Tensor], w[o + bias]))
    else:
      y = torch.matmul(x, w[o + i]) + w[o + bias]
    return self.adapted(y, x, w, o, i)

  def embed(self, ids: Tensor, positions: Tensor, w: List[Tensor]) -> Tensor:
    return self.rows_of(w[WTE], ids) + self.rows_of(w[WPE], positions)

  def attention_inputs(self, x: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], o: int) -> Tuple[Tensor, Tensor, Tensor]:
    h = self.norm(x, w[o + LN_1], w[o + LN_1_BIAS])
    q, k, v = torch.chunk(self.project(h, w, o, ATTN_C_ATTN, ATTN_C_ATTN_BIAS), 3, -1)
    return (self.split_heads(q, self.heads), self.split_heads(k, self.heads), self.split_heads(v, self.heads))

  def attention_output(self, a: Tensor, residual: Tensor, w: List[Tensor], o: int) -> Tensor:
    return residual + self.project(self.merge_heads(a), w, o, ATTN_C_PROJ, ATTN_C_PROJ_BIAS)

  def feed_forward(self, x: Tensor, w: List[Tensor], o: int) -> Tensor:
    h = self.norm(x, w[o + LN_2], w[o + LN_2_BIAS])
    if self.fused:
      inner = self.linear_activated(h, w[o + MLP_C_FC], annotate(Optional[Tensor], w[o + MLP_C_FC_BIAS]))
    else:
      inner = self.activate(self.project(h, w, o, MLP_C_FC, MLP_C_FC_BIAS))
    return x + self.project(inner, w, o, MLP_C_PROJ, MLP_C_PROJ_BIAS)

  def final_norm(self, x: Tensor, w: List[Tensor]) -> Tensor:
    return self.norm(x, w[LN_F], w[LN_F_BIAS])

  # A layer's weights laid out for inference: every matrix output-first and packed.
  def pack_layer(self, w: List[Tensor]) -> List[Tensor]:
    packed = annotate(List[Tensor], [])
    for x in w:
      packed.append(x)
    for i in [ATTN_C_ATTN, ATTN_C_PROJ, MLP_C_FC, MLP_C_PROJ]:
      packed[i] = self.pack_matrix(torch.contiguous(torch.t(w[i])))
    return packed
