  # The layers' matrices with their adapters added in: W + scale B A, in float32 or wider, or rounded to
  # bfloat16 at once. Tensors in the order of the weights, without the adapters.
  def merged(self, w: List[Tensor], rounded: Tensor) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    for i in range(self.base_tensors):
      x = self.merged_at(i, w)
      if bool(rounded):
        x = torch.to(x, BFLOAT16, False, False)
      result.append(x)
    return result

  # One of them, in float32 or wider.
  def merged_tensor(self, w: List[Tensor], index: Tensor) -> Tensor:
    return self.merged_at(int(index), w)

  def merged_at(self, i: int, w: List[Tensor]) -> Tensor:
    x = self.widened(w[i])
    if i >= self.first_layer and i < self.first_layer + self.layers * self.stride:
      l = (i - self.first_layer) // self.stride
      j = (i - self.first_layer) % self.stride
      if self.adapter_at[j] != MISSING:
        a = self.adapters + l * self.adapter_stride + self.adapter_at[j]
        change = torch.matmul(self.widened(w[a + 1]), self.widened(w[a])) * self.adapter_scale
        if self.input_first:
          change = torch.t(change)
        x = x + change
    return x
