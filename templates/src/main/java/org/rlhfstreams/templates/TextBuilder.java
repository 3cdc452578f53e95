package org.rlhfstreams.templates;

/** A text in the making, paid for before it grows. */
final class TextBuilder {
  private final Meter meter;
  private final StringBuilder text = new StringBuilder();

  TextBuilder(Meter meter) {
    this.meter = meter;
  }

  Meter meter() {
    return meter;
  }

  TextBuilder append(String piece) {
    grow(piece.length());
    text.append(piece);
    return this;
  }

  TextBuilder append(String source, int from, int until) {
    grow(until - from);
    text.append(source, from, until);
    return this;
  }

  TextBuilder append(char character) {
    grow(1);
    text.append(character);
    return this;
  }

  TextBuilder appendCodePoint(int codePoint) {
    grow(2);
    text.appendCodePoint(codePoint);
    return this;
  }

  TextBuilder repeat(String piece, long times) {
    if (times > 0 && !piece.isEmpty()) {
      grow(times > Integer.MAX_VALUE ? Long.MAX_VALUE / 2 : piece.length() * times);
      text.append(piece.repeat((int) times));
    }
    return this;
  }

  int codePoints() {
    return text.codePointCount(0, text.length());
  }

  private void grow(long characters) {
    meter.checkLength(text.length() + characters);
    meter.scan(characters);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
