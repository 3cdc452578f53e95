  # Weight gradients of the linear surrogate sum(h * d_h), added into g: the gradients of t, those of
  # the weights that are trained. h carries the graph of hidden_at.
  def backward(self, h: Tensor, d_h: Tensor, t: List[Tensor], g: List[Tensor]) -> Tensor:
    gradients = torch.autograd.grad([torch.sum(h * d_h)], t, None, None, False, True)
    for i in range(len(t)):
      gradient = gradients[i]
      if torch.__isnot__(gradient, None):
        torch.add_(g[i], unchecked_cast(Tensor, gradient))
    return d_h
