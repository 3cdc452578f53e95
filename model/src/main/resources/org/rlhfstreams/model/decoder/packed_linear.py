  # Products with weights in oneDNN's own layout: 2 to 6 times as fast as plain ones for few rows, and a
  # row's result does not depend, to the bit, on how many rows there are. For inference on the CPU.

  def linear(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, weight, bias, "none", annotate(List[Optional[number]], []), "")

  # Fused, also because PyTorch's own functions treat the last elements of a tensor in another way than
  # the others; quick_gelu alone has no fused form.
  def linear_activated(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    name, algorithm = self.fused_activation()
    y = ops.mkldnn._linear_pointwise(x, weight, bias, name, annotate(List[Optional[number]], []), algorithm)
    if self.activation == 3:
      y = self.activate(y)
    elif self.activation == 5:
      y = y * y
    return y

  def fused_activation(self) -> Tuple[str, str]:
    name = "none"
    algorithm = ""
    if self.activation == 0:
      name = "swish"
    elif self.activation == 1:
      name = "gelu"
      algorithm = "none"
    elif self.activation == 2:
      name = "gelu"
      algorithm = "tanh"
    elif self.activation == 4 or self.activation == 5:
      name = "relu"
    elif self.activation == 6:
      name = "tanh"
    elif self.activation == 7:
      name = "sigmoid"
    return (name, algorithm)

  def linear_times(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], other: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, other, weight, bias, "mul")

  def linear_plus(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], other: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, other, weight, bias, "add")

  def pack_matrix(self, weight: Tensor) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(weight, 16)
