  # h [tokens, hidden] -> logits [tokens, vocabulary] that no gradient flows through
  def graphless_logits(self, h: Tensor, w: List[Tensor]) -> Tensor:
    return self.logits_of(h, w)
