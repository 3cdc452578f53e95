  # Products with weights in oneDNN's own layout: 2 to 6 times as fast as plain ones for few rows, and a
  # row's result does not depend, to the bit, on how many rows there are. For inference on the CPU.

  def linear(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, weight, bias, "none", annotate(List[Optional[number]], []), "")

  # Fused as far as oneDNN can, also because PyTorch's own functions treat the last elements of a tensor in another way
  # than the others.
  def linear_activated(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    x = ops.mkldnn._linear_pointwise(x, weight, bias, FUSED_ACTIVATION, annotate(List[Optional[number]], []), FUSED_ALGORITHM)
    return REST_OF_ACTIVATION_OF_X

  def linear_times(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], other: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, other, weight, bias, "mul")

  def linear_plus(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], other: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, other, weight, bias, "add")

  def pack_matrix(self, weight: Tensor) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(weight, 16)
