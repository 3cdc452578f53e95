package org.rlhfstreams.it.chaos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The wall clock of one process, which can be set while it runs: a library of a few lines that is
 * loaded before the C library. Durations stay true, as those of a monotonic clock do.
 */
final class FakeClock {
  private static final Path SOURCE = Path.of("src", "test", "native", "clock.c").toAbsolutePath();

  private final Path library;
  private final Path wrongBy;
  private Duration wrong = Duration.ZERO;

  private FakeClock(Path library, Path wrongBy) {
    this.library = library;
    this.wrongBy = wrongBy;
  }

  /**
   * Compiles the library.
   *
   * @return empty where there is no C compiler
   */
  static Optional<Path> library(Path directory) throws IOException {
    Path library = directory.resolve("clock.so");
    try {
      return Commands.run(
                  "cc",
                  "-shared",
                  "-fPIC",
                  "-O2",
                  "-o",
                  library.toString(),
                  SOURCE.toString(),
                  "-ldl")
              == 0
          ? Optional.of(library)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * A clock that is right until it is set.
   *
   * @param wrongBy file that says how wrong it is
   */
  static FakeClock of(Path library, Path wrongBy) throws IOException {
    FakeClock clock = new FakeClock(library, wrongBy);
    clock.set(clock.wrong);
    return clock;
  }

  /** Variables of the process that has this clock. */
  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "CLOCK_WRONG_BY", wrongBy.toString());
  }

  /**
   * Steps it.
   *
   * @return whether it goes back
   */
  boolean set(Duration to) throws IOException {
    boolean back = to.compareTo(wrong) < 0;
    wrong = to;
    ByteBuffer seconds = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    seconds.putLong(wrong.toSeconds()).flip();
    // Written over and not anew: the process has the file mapped.
    try (FileChannel file =
        FileChannel.open(wrongBy, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(seconds, 0);
    }
    return back;
  }
}
