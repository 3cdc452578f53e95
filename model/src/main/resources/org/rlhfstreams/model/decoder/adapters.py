  # The layers' matrices with their adapters added in: W + scale B A, in float32 or wider. Tensors in the
  # order of the weights, without the adapters.
  def merged(self, w: List[Tensor]) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    for i in range(self.base_tensors):
      result.append(self.widened(w[i]))
    for l in range(self.layers):
      for i in range(self.stride):
        if self.adapter_at[i] != MISSING:
          a = self.adapters + l * self.adapter_stride + self.adapter_at[i]
          change = torch.matmul(self.widened(w[a + 1]), self.widened(w[a])) * self.adapter_scale
          if self.input_first:
            change = torch.t(change)
          o = self.layer_offset(l)
          result[o + i] = result[o + i] + change
    return result
