package org.rlhfstreams.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rlhfstreams.events.DeadLetter;

/**
 * The rule that a dead letter always fits into its topic. One that would not loses the end of its
 * value, and of reason, key and headers what is longer than such things are; it names what was cut.
 * Nothing is cut of a letter that fits.
 */
public final class DeadLetterSize {
  /**
   * Left of the topic's limit for the rest of the letter, the record around it and data that
   * compression makes larger.
   */
  private static final int RESERVE = 1 << 16;

  private static final int ROOM = Topics.LARGEST_BATCH - RESERVE;
  // Even all three at their longest leave more than half a mebibyte to the value.
  private static final int LONGEST_PART = 1 << 16;
  // What Avro writes before each string or bytes, at most.
  private static final int LENGTH_BYTES = 5;
  // The rest of a letter: place, stage, kind, times; rather more than less.
  private static final int ENVELOPE_BYTES = 256;
  private static final String MORE = "…";

  private DeadLetterSize() {}

  /** Whether a letter fits as it is. */
  public static boolean fits(DeadLetter letter) {
    return bytes(letter) <= ROOM;
  }

  /** Whether letters are whole and fit into one record together. */
  public static boolean fit(List<DeadLetter> letters) {
    boolean whole = letters.stream().allMatch(letter -> letter.getCut().isEmpty());
    return whole
        && letters.stream().mapToLong(letter -> bytes(letter) + ENVELOPE_BYTES).sum() <= ROOM;
  }

  /** Bytes of what a letter holds of the record, and of its reason. */
  private static long bytes(DeadLetter letter) {
    long headers = 0;
    for (Map.Entry<String, ByteBuffer> header : letter.getHeaders().entrySet()) {
      headers += bytes(header);
    }
    return headers
        + size(letter.getKey())
        + size(letter.getValue())
        + text(letter.getReason()).length
        + text(letter.getTopic()).length;
  }

  /** The letter, or what fits of it. */
  public static DeadLetter fitted(DeadLetter letter) {
    if (fits(letter)) {
      return letter;
    }
    List<String> cut = new ArrayList<>();
    DeadLetter.Builder fitted = DeadLetter.newBuilder(letter);
    if (size(letter.getKey()) > LONGEST_PART) {
      fitted.setKey(first(letter.getKey(), LONGEST_PART));
      cut.add("key");
    }
    String reason = first(letter.getReason());
    if (!reason.equals(letter.getReason())) {
      fitted.setReason(reason);
      cut.add("reason");
    }
    Map<String, ByteBuffer> headers = first(letter.getHeaders());
    if (headers.size() < letter.getHeaders().size()) {
      fitted.setHeaders(headers);
      cut.add("headers");
    }
    long others = bytes(fitted.build()) - size(letter.getValue());
    int room = Math.toIntExact(ROOM - others);
    if (size(letter.getValue()) > room) {
      fitted.setOriginalValueBytes((long) size(letter.getValue()));
      fitted.setValue(first(letter.getValue(), room));
      cut.add("value");
    }
    return fitted.setCut(cut).build();
  }

  /** Those that fit, the first by name. */
  private static Map<String, ByteBuffer> first(Map<String, ByteBuffer> headers) {
    Map<String, ByteBuffer> kept = new TreeMap<>();
    int left = LONGEST_PART;
    for (Map.Entry<String, ByteBuffer> header : new TreeMap<>(headers).entrySet()) {
      int bytes = bytes(header);
      if (bytes <= left) {
        kept.put(header.getKey(), header.getValue());
        left -= bytes;
      }
    }
    return kept;
  }

  private static String first(String reason) {
    byte[] bytes = text(reason);
    if (bytes.length <= LONGEST_PART) {
      return reason;
    }
    int end = LONGEST_PART;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--; // within a character of several bytes
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8) + MORE;
  }

  private static ByteBuffer first(ByteBuffer bytes, int count) {
    return bytes.duplicate().limit(bytes.position() + count);
  }

  private static int bytes(Map.Entry<String, ByteBuffer> header) {
    return text(header.getKey()).length + header.getValue().remaining() + 2 * LENGTH_BYTES;
  }

  private static int size(ByteBuffer bytes) {
    return bytes == null ? 0 : bytes.remaining();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
