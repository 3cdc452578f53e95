package org.rlhfstreams.model.torchscript;

/** PyTorch's element types, by which a script asks for a tensor's type. */
enum ScalarType {
  INT64(4),
  FLOAT32(6),
  FLOAT64(7),
  BOOL(11),
  BFLOAT16(15);

  private final int code;

  ScalarType(int code) {
    this.code = code;
  }

  /** The number that serialized TorchScript has for it, {@code c10::ScalarType}. */
  int code() {
    return code;
  }
}
