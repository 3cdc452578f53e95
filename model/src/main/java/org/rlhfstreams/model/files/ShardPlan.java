package org.rlhfstreams.model.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a weight file may get before a model is split into several; only a single tensor may
 * make one larger.
 *
 * @param limit in bytes of tensors
 */
public record ShardPlan(long limit) {
  /** 5 GB, as Hugging Face's libraries split by default. */
  public static final ShardPlan DEFAULT = new ShardPlan(5_000_000_000L);

  private static final Pattern SIZE = Pattern.compile("(\\d{1,18}) *([A-Z]*)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "", 1L,
          "B", 1L,
          "KB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "TB", 1_000_000_000_000L,
          "KIB", 1L << 10,
          "MIB", 1L << 20,
          "GIB", 1L << 30,
          "TIB", 1L << 40);

  public ShardPlan {
    if (limit < 1) {
      throw new IllegalArgumentException("a weight file needs room for at least one byte");
    }
  }

  /**
   * Reads a size such as {@code 5GB}, {@code 500MB} or {@code 2GiB}.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static ShardPlan parse(String size) {
    Matcher matcher = SIZE.matcher(size.strip().toUpperCase(Locale.ROOT));
    Long unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
    try {
      if (unit != null) {
        return new ShardPlan(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
      }
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException(expected(size), e);
    }
    throw new IllegalArgumentException(expected(size));
  }

  private static String expected(String size) {
    return "\"%s\" is no size: expected one above 0, such as 5GB, 500MB or 2GiB".formatted(size);
  }

  /** Fills one file after the other, as huggingface_hub does; never an empty one. */
  List<List<TensorSource>> split(List<TensorSource> tensors) {
    List<List<TensorSource>> shards = new ArrayList<>();
    List<TensorSource> current = new ArrayList<>();
    long size = 0;
    for (TensorSource tensor : tensors) {
      if (tensor.bytes() > limit) {
        shards.add(List.of(tensor));
        continue;
      }
      if (size + tensor.bytes() > limit) {
        shards.add(current);
        current = new ArrayList<>();
        size = 0;
      }
      current.add(tensor);
      size += tensor.bytes();
    }
    if (!current.isEmpty()) {
      shards.add(current);
    }
    return shards;
  }
}
