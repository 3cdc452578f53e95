  # Copies in another element type: the Java side has no operation for bfloat16. Always copies, since what
  # it hands over lies in memory of Java that goes with the tensor.

  def to_bfloat16(self, x: Tensor) -> Tensor:
    return torch.to(x, 15, False, True)

  def to_float32(self, x: Tensor) -> Tensor:
    return torch.to(x, 6, False, True)

  def to_float64(self, x: Tensor) -> Tensor:
    return torch.to(x, 7, False, True)
