  # The weights that are trained: all, or the adapters and what follows them. g holds their gradients.
  def trained(self, w: List[Tensor]) -> List[Tensor]:
    return w[self.first_trained:]

  # Adds gradients from `first` on into g; None stands for a weight that takes no part.
  def add_gradients(self, gradients: List[Optional[Tensor]], first: int, g: List[Tensor]) -> int:
    for i in range(len(g)):
      gradient = gradients[first + i]
      if torch.__isnot__(gradient, None):
        torch.add_(g[i], unchecked_cast(Tensor, gradient))
    return len(g)

  # Weight gradients of the linear surrogate sum(h * d_h), added by autograd itself to the weights' own
  # gradients, one weight after another: those of all weights at once would take as much again. For weights
  # that own their gradients, see own_gradients.
  def backward_in_place(self, h: Tensor, d_h: Tensor) -> Tensor:
    torch.autograd.backward([torch.sum(h * d_h)], None, None, False)
    return d_h

  # Gives each weight a gradient of its own, all zeros, that autograd adds to.
  def own_gradients(self, w: List[Tensor]) -> Tensor:
    for x in w:
      torch.autograd.backward([torch.sum(x * 0.)], None, None, False)
    return w[0]

  # Weight gradients of the linear surrogate sum(h * d_h), added into g. h carries the graph of
  # hidden_at.
  def backward(self, h: Tensor, d_h: Tensor, w: List[Tensor], g: List[Tensor]) -> Tensor:
    self.add_gradients(torch.autograd.grad([torch.sum(h * d_h)], self.trained(w), None, None, False, True), 0, g)
    return d_h

  # hidden_at without a graph, and what backward_by_layer needs to compute each layer again
  # -> the hidden states [tokens, hidden], then each layer's input and the last one's output
  def hidden_and_layers(self, ids: Tensor, positions: Tensor, segments: Tensor, index: Tensor, cos_table: Tensor, sin_table: Tensor, w: List[Tensor]) -> List[Tensor]:
    cos, sin, full, windowed = self.surroundings(positions, segments, cos_table, sin_table)
    x = self.embed(ids, positions, w)
    states = annotate(List[Tensor], [x])
    for l in range(self.layers):
      x = self.layer(l, x, cos, sin, full, windowed, w)
      states.append(x)
    h = self.final_norm(x, w)
    return torch.add([torch.index_select(torch.view(h, [-1, h.size(2)]), 0, index)], states)

  # Gradients of sum(y * d_y) on x, returned, and on t, added into g.
  def backward_through(self, y: Tensor, d_y: Tensor, x: Tensor, t: List[Tensor], g: List[Tensor]) -> Tensor:
    gradients = torch.autograd.grad([torch.sum(y * d_y)], torch.add([x], t), None, None, False, True)
    self.add_gradients(gradients, 1, g)
    return unchecked_cast(Tensor, gradients[0])

  # As backward, from the states of hidden_and_layers: one layer's graph exists at a time.
  def backward_by_layer(self, ids: Tensor, positions: Tensor, segments: Tensor, index: Tensor, d_h: Tensor, cos_table: Tensor, sin_table: Tensor, states: List[Tensor], w: List[Tensor], g: List[Tensor]) -> Tensor:
    t = self.trained(w)
    cos, sin, full, windowed = self.surroundings(positions, segments, cos_table, sin_table)
    x = torch.requires_grad_(torch.detach(states[self.layers]), True)
    h = self.final_norm(x, w)
    chosen = torch.index_select(torch.view(h, [-1, h.size(2)]), 0, index)
    d_x = self.backward_through(chosen, d_h, x, t, g)
    for i in range(self.layers):
      l = self.layers - 1 - i
      x = torch.requires_grad_(torch.detach(states[l]), True)
      y = self.layer(l, x, cos, sin, full, windowed, w)
      d_x = self.backward_through(y, d_x, x, t, g)
    embedded = self.embed(ids, positions, w)
    if embedded.requires_grad:
      d_x = self.backward(embedded, d_x, w, g)
    return d_x
