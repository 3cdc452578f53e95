package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The metrics that docs/observability.md lists. */
final class MetricsTable {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(rlhf_\\w+)` \\| (\\w+) \\|");

  private final Set<String> always = new TreeSet<>();
  private final Set<String> sometimes = new TreeSet<>();

  private MetricsTable() {}

  static MetricsTable read() throws IOException {
    MetricsTable table = new MetricsTable();
    String page = Files.readString(Repository.root().resolve("docs/observability.md"));
    ROW.matcher(page)
        .results()
        .forEach(
            row -> {
              // A counter that has tags is there once it has counted.
              boolean tagged =
                  row.group(1).matches("rlhf_(dead_letters|scores_(lost|late|unmatched))_total");
              boolean people = row.group(1).startsWith("rlhf_people_");
              boolean engine = row.group(1).startsWith("rlhf_worker_engine_");
              (tagged || people || engine ? table.sometimes : table.always).add(row.group(1));
            });
    return table;
  }

  /** All that are listed. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(always);
    names.addAll(sometimes);
    return names;
  }

  /** What the role people shows and no other does. */
  Set<String> people() {
    return sometimes.stream()
        .filter(name -> name.startsWith("rlhf_people_"))
        .collect(Collectors.toSet());
  }

  /** What the roles show is what is listed. */
  void requireSame(List<Set<String>> shown) {
    Set<String> all = new TreeSet<>();
    shown.forEach(all::addAll);
    all.removeAll(sometimes);
    assertThat(all).isEqualTo(always);
  }
}
