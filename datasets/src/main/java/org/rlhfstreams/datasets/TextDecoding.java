package org.rlhfstreams.datasets;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * How the bytes of a text file are read: as its byte order mark says, else as UTF-8. UTF-16 and
 * UTF-32 without a mark are known by the zeros of their first characters, as JSON's specification
 * has it.
 */
final class TextDecoding {
  private static final int MARK = 0xFEFF;
  private static final int LOOK_AHEAD = 4;

  private TextDecoding() {}

  /**
   * The text of a file, without its mark.
   *
   * @param bytes supports marks
   */
  static BufferedReader of(BufferedInputStream bytes) throws IOException {
    bytes.mark(LOOK_AHEAD);
    byte[] first = bytes.readNBytes(LOOK_AHEAD);
    bytes.reset();
    BufferedReader text = new BufferedReader(new EscapingReader(bytes, charset(first)), 1 << 16);
    text.mark(1);
    if (text.read() != MARK) {
      text.reset();
    }
    return text;
  }

  private static Charset charset(byte[] first) {
    int[] b = new int[LOOK_AHEAD];
    for (int i = 0; i < LOOK_AHEAD; i++) {
      b[i] = i < first.length ? first[i] & 0xFF : -1;
    }
    boolean[] zero = {b[0] == 0, b[1] == 0, b[2] == 0, b[3] == 0};
    if ((b[0] == 0xFF && b[1] == 0xFE && zero[2] && zero[3])
        || (!zero[0] && zero[1] && zero[2] && zero[3])) {
      return Charset.forName("UTF-32LE");
    }
    if ((zero[0] && zero[1] && b[2] == 0xFE && b[3] == 0xFF)
        || (zero[0] && zero[1] && zero[2] && b[3] > 0)) {
      return Charset.forName("UTF-32BE");
    }
    if ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] > 0 && zero[1] && b[2] > 0 && zero[3])) {
      return StandardCharsets.UTF_16LE;
    }
    if ((b[0] == 0xFE && b[1] == 0xFF) || (zero[0] && b[1] > 0 && zero[2] && b[3] > 0)) {
      return StandardCharsets.UTF_16BE;
    }
    return StandardCharsets.UTF_8;
  }
}
