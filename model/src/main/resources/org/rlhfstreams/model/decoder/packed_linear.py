  # Products with weights in oneDNN's own layout: 2 to 6 times as fast as plain ones for few rows, and a
  # row's result does not depend, to the bit, on how many rows there are. For inference on the CPU.

  def linear(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, weight, bias, "none", annotate(List[Optional[number]], []), "")

  def linear_activated(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    if self.activation == 0:
      y = ops.mkldnn._linear_pointwise(x, weight, bias, "swish", annotate(List[Optional[number]], []), "")
    else:
      y = self.activate(self.linear(x, weight, bias))
    return y

  def linear_times(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], other: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, other, weight, bias, "mul")

  def linear_plus(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], other: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, other, weight, bias, "add")

  def pack_matrix(self, weight: Tensor) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(weight, 16)
