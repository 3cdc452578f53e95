  # Copies in another element type: the Java side has no operation for bfloat16. Always copies, since what
  # it hands over lies in memory of Java that goes with the tensor.

  def to_bfloat16(self, x: Tensor) -> Tensor:
    return torch.to(x, BFLOAT16, False, True)

  def to_float32(self, x: Tensor) -> Tensor:
    return torch.to(x, FLOAT32, False, True)

  def to_float64(self, x: Tensor) -> Tensor:
    return torch.to(x, FLOAT64, False, True)

  # Room for n numbers, to be filled by fill_part.
  def room(self, n: Tensor, like: Tensor) -> Tensor:
    return torch.empty([int(n)], dtype=like.dtype, layout=None, device=like.device)

  def fill_part(self, room: Tensor, start: Tensor, part: Tensor) -> Tensor:
    first = int(start)
    torch.copy_(torch.view(room, [-1])[first:first + part.numel()], part)
    return room

  # bfloat16 is the upper half of float32. pairs [n / 2]: two numbers in each int32, the first in the lower
  # half -> their bits as float32, written into bits [n], int32
  def widen_pairs(self, pairs: Tensor, bits: Tensor) -> Tensor:
    both = torch.view(bits, [-1, 2])
    torch.copy_(both[:, 0], torch.bitwise_left_shift(pairs, 16))
    torch.copy_(both[:, 1], torch.bitwise_and(pairs, -65536))
    return bits

  # Whether all numbers are finite. One that is not makes the sum so; the sum of others can overflow.
  def finite(self, x: Tensor) -> Tensor:
    known = torch.isfinite(torch.sum(x, dtype=FLOAT64))
    if not bool(known):
      known = torch.all(torch.isfinite(x))
    return known
