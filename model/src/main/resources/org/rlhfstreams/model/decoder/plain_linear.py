  # Products with weights as they are, which a gradient can flow through, on any device.

  def linear(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    return torch.linear(x, weight, bias)

  def linear_activated(self, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    return self.activate(torch.linear(x, weight, bias))

  def linear_times(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], other: Tensor) -> Tensor:
    return torch.linear(x, weight, bias) * other

  def linear_plus(self, x: Tensor, weight: Tensor, bias: Optional[Tensor], other: Tensor) -> Tensor:
    return torch.linear(x, weight, bias) + other

  def pack_matrix(self, weight: Tensor) -> Tensor:
    return weight
