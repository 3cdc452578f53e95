package org.rlhfstreams.model.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the roles of one process need at their peaks, without what every process has, and what would
 * make them smaller.
 *
 * @param roles bytes by part, by the role's name, in order
 * @param savings in no order
 */
public record MemoryNeeds(Map<String, MemoryPhase> roles, List<MemorySaving> savings) {
  private static final int SAVINGS = 3;
  private static final int NAME = 20;
  private static final int COLUMN = 13;

  public MemoryNeeds {
    roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    savings = List.copyOf(savings);
  }

  /** Of one role; what the process itself takes is left out. */
  static MemoryNeeds of(String role, MemoryPhase peak, List<MemorySaving> savings) {
    Map<MemoryPart, Long> parts = new EnumMap<>(MemoryPart.class);
    parts.putAll(peak.parts());
    parts.remove(MemoryPart.PROCESS);
    parts.remove(MemoryPart.FILES);
    return new MemoryNeeds(Map.of(role, new MemoryPhase(peak.name(), parts)), savings);
  }

  /** Of these roles and others in one process. */
  public MemoryNeeds and(MemoryNeeds others) {
    Map<String, MemoryPhase> all = new LinkedHashMap<>(roles);
    all.putAll(others.roles);
    List<MemorySaving> both = new ArrayList<>(savings);
    both.addAll(others.savings);
    return new MemoryNeeds(all, both);
  }

  /**
   * With the Java machine, its heap and the libraries.
   *
   * @param heap bytes that it may grow to
   */
  public MemoryNeeds withProcess(long heap) {
    Map<MemoryPart, Long> parts = new EnumMap<>(MemoryPart.class);
    parts.put(MemoryPart.PROCESS, ProcessMemory.BYTES);
    parts.put(MemoryPart.HEAP, heap);
    return and(new MemoryNeeds(Map.of("process", new MemoryPhase("process", parts)), List.of()));
  }

  /** Bytes in all. */
  public long bytes() {
    return roles.values().stream().mapToLong(MemoryPhase::total).sum();
  }

  /** The settings that save most, most first; those of one name count together. */
  public List<MemorySaving> best() {
    Map<String, Long> together = new LinkedHashMap<>();
    savings.forEach(saving -> together.merge(saving.setting(), saving.bytes(), Long::sum));
    return together.entrySet().stream()
        .filter(saving -> saving.getValue() > 0)
        .map(saving -> new MemorySaving(saving.getKey(), saving.getValue()))
        .sorted(Comparator.comparingLong(MemorySaving::bytes).reversed())
        .limit(SAVINGS)
        .toList();
  }

  /** A table to print, in megabytes: a row a role, a column for each part that is needed. */
  List<String> lines() {
    List<MemoryPart> columns =
        Arrays.stream(MemoryPart.values())
            .filter(part -> roles.values().stream().anyMatch(role -> role.bytes(part) > 0))
            .toList();
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder(padded("MB", NAME)).append(right("all"));
    columns.forEach(part -> head.append(right(part.label())));
    lines.add(head.toString());
    roles.forEach(
        (name, role) -> {
          StringBuilder line = new StringBuilder(padded(name, NAME)).append(right(role.total()));
          columns.forEach(part -> line.append(right(role.bytes(part))));
          lines.add(line.toString());
        });
    return lines;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static String right(String text) {
    return " ".repeat(Math.max(1, COLUMN - text.length())) + text;
  }

  private static String right(long bytes) {
    return right(bytes == 0 ? "-" : String.format(Locale.ROOT, "%,.0f", bytes / 1e6));
  }
}
