  # h [tokens, hidden] -> logits [tokens, vocabulary] that no gradient flows through. For float32 on the CPU: oneDNN's
  # product of few rows with a wide matrix takes three quarters of the time of the one that PyTorch chooses.
  def graphless_logits(self, h: Tensor, w: List[Tensor]) -> Tensor:
    return ops.mkldnn._linear_pointwise(h, self.head(w), annotate(Optional[Tensor], None), "none", annotate(List[Optional[number]], []), "")
