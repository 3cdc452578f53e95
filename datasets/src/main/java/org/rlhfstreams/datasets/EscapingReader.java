package org.rlhfstreams.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * Decodes bytes and keeps those that are not of the encoding: each becomes a lone high surrogate
 * from U+DB00 on, which no valid text has. So the rows around a bad one can be read, and the bad
 * one is told by {@link WholeText}; a replacement character would pass for content.
 */
final class EscapingReader extends Reader {
  private static final int ESCAPE = 0xDB00;
  private static final int BYTES = 1 << 16;

  private final InputStream input;
  private final CharsetDecoder decoder;
  private final byte[] buffer = new byte[BYTES];
  private final ByteBuffer bytes = ByteBuffer.wrap(buffer).limit(0);
  private final CharBuffer characters = CharBuffer.allocate(BYTES).flip();
  private boolean atEnd;

  EscapingReader(InputStream input, Charset charset) {
    this.input = input;
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** Whether a character stands for a byte that could not be decoded, if it stands alone. */
  static boolean escapes(char character) {
    return character >= ESCAPE && character <= ESCAPE + 0xFF;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!characters.hasRemaining()) {
      if (atEnd && !bytes.hasRemaining()) {
        return -1;
      }
      decode();
    }
    int count = Math.min(length, characters.remaining());
    characters.get(target, offset, count);
    return count;
  }

  private void decode() throws IOException {
    characters.clear();
    CoderResult result = decoder.decode(bytes, characters, atEnd);
    while (result.isError() && characters.remaining() >= result.length()) {
      for (int i = 0; i < result.length(); i++) {
        characters.put((char) (ESCAPE + (bytes.get() & 0xFF)));
      }
      result = decoder.decode(bytes, characters, atEnd);
    }
    characters.flip();
    if (result.isUnderflow() && !atEnd) {
      fill();
    }
  }

  private void fill() throws IOException {
    bytes.compact();
    int count = input.read(buffer, bytes.position(), bytes.remaining());
    if (count < 0) {
      atEnd = true;
    } else {
      bytes.position(bytes.position() + count);
    }
    bytes.flip();
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
