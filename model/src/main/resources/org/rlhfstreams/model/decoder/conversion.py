  # Element types that the Java side has no operations for.

  def to_bfloat16(self, x: Tensor) -> Tensor:
    return torch.to(x, 15)

  def to_float32(self, x: Tensor) -> Tensor:
    return torch.to(x, 6)

  def to_float64(self, x: Tensor) -> Tensor:
    return torch.to(x, 7)
