  # A layer of Llama, Mistral, Qwen2 and Qwen3.

  def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(-1) // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

  def norm(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.rms_norm(x, [x.size(-1)], weight, self.norm_epsilon)

  # x times the layer's matrix i, with its bias, if the model has one, and its adapter
  def project(self, x: Tensor, w: List[Tensor], o: int, i: int, bias: int) -> Tensor:
    return self.adapted(self.linear(x, w[o + i], self.optional(w, o, bias)), x, w, o, i)

  def embed(self, ids: Tensor, positions: Tensor, w: List[Tensor]) -> Tensor:
    return self.rows_of(w[EMBED_TOKENS], ids)

  def attention_inputs(self, x: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], o: int) -> Tuple[Tensor, Tensor, Tensor]:
    h = self.norm(x, w[o + INPUT_LAYERNORM])
    if self.fused:
      all = self.split_heads(self.linear(h, w[o + SELF_ATTN_Q_PROJ], self.optional(w, o, SELF_ATTN_Q_PROJ_BIAS)), self.heads + 2 * self.key_value_heads)
      q, k, v = torch.split_with_sizes(all, [self.heads, self.key_value_heads, self.key_value_heads], 1)
      if SELF_ATTN_Q_NORM == MISSING:
        both = self.rotate(all[:, :self.heads + self.key_value_heads], cos, sin)
        return (both[:, :self.heads], both[:, self.heads:], v)
    else:
      q = self.split_heads(self.project(h, w, o, SELF_ATTN_Q_PROJ, SELF_ATTN_Q_PROJ_BIAS), self.heads)
      k = self.split_heads(self.project(h, w, o, SELF_ATTN_K_PROJ, SELF_ATTN_K_PROJ_BIAS), self.key_value_heads)
      v = self.split_heads(self.project(h, w, o, SELF_ATTN_V_PROJ, SELF_ATTN_V_PROJ_BIAS), self.key_value_heads)
    if SELF_ATTN_Q_NORM != MISSING:
      q = self.norm(q, w[o + SELF_ATTN_Q_NORM])
      k = self.norm(k, w[o + SELF_ATTN_K_NORM])
    return (self.rotate(q, cos, sin), self.rotate(k, cos, sin), v)

  # residual plus the projection of the heads' outputs a
  def attention_output(self, a: Tensor, residual: Tensor, w: List[Tensor], o: int) -> Tensor:
    merged = self.merge_heads(a)
    y = self.linear_plus(merged, w[o + SELF_ATTN_O_PROJ], self.optional(w, o, SELF_ATTN_O_PROJ_BIAS), residual)
    return self.adapted(y, merged, w, o, SELF_ATTN_O_PROJ)

  def feed_forward(self, x: Tensor, w: List[Tensor], o: int) -> Tensor:
    h = self.norm(x, w[o + POST_ATTENTION_LAYERNORM])
    if self.adapters > 0:
      gate = self.activate(self.project(h, w, o, MLP_GATE_PROJ, MLP_GATE_PROJ_BIAS))
      gated = gate * self.project(h, w, o, MLP_UP_PROJ, MLP_UP_PROJ_BIAS)
    else:
      gate = self.linear_activated(h, w[o + MLP_GATE_PROJ], self.optional(w, o, MLP_GATE_PROJ_BIAS))
      gated = self.linear_times(h, w[o + MLP_UP_PROJ], self.optional(w, o, MLP_UP_PROJ_BIAS), gate)
    y = self.linear_plus(gated, w[o + MLP_DOWN_PROJ], self.optional(w, o, MLP_DOWN_PROJ_BIAS), x)
    return self.adapted(y, gated, w, o, MLP_DOWN_PROJ)

  def final_norm(self, x: Tensor, w: List[Tensor]) -> Tensor:
    return self.norm(x, w[NORM])

  # A layer's weights laid out for inference: q, k and v as one matrix in the place of q, every matrix packed.
  def pack_layer(self, w: List[Tensor]) -> List[Tensor]:
    packed = annotate(List[Tensor], [])
    for x in w:
      packed.append(x)
    packed[SELF_ATTN_Q_PROJ] = self.pack_matrix(torch.cat([w[SELF_ATTN_Q_PROJ], w[SELF_ATTN_K_PROJ], w[SELF_ATTN_V_PROJ]], 0))
    packed[SELF_ATTN_K_PROJ] = packed[INPUT_LAYERNORM] # it is part of the one matrix now
    packed[SELF_ATTN_V_PROJ] = packed[INPUT_LAYERNORM]
    for i in [SELF_ATTN_O_PROJ, MLP_GATE_PROJ, MLP_UP_PROJ, MLP_DOWN_PROJ]:
      packed[i] = self.pack_matrix(w[i])
    if SELF_ATTN_Q_PROJ_BIAS != MISSING:
      packed[SELF_ATTN_Q_PROJ_BIAS] = torch.cat([w[SELF_ATTN_Q_PROJ_BIAS], w[SELF_ATTN_K_PROJ_BIAS], w[SELF_ATTN_V_PROJ_BIAS]], 0)
    return packed
