package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventProtocol;

/** A header that claims terabytes is refused by what the readers' own models have. */
final class ForgedWeightsTest {
  private static final long LARGEST = Integer.MAX_VALUE - 9L;

  @TempDir private Path directory;

  private RlhfProcess up(String maxSteps) {
    return RlhfProcess.up(directory, 8, "--max-steps", maxSteps);
  }

  /** Agrees with itself, so that only a model can tell. */
  private static WeightRecord forged(WeightVersion version) {
    List<TensorLayout> tensors =
        LongStream.range(0, 100)
            .mapToObj(
                i ->
                    TensorLayout.newBuilder()
                        .setName("tensor" + i)
                        .setDtype("BF16")
                        .setShape(List.of(LARGEST / 2))
                        .setOffset(i * LARGEST)
                        .setLength(LARGEST)
                        .build())
            .toList();
    long bytes = 100 * LARGEST;
    return new WeightRecord(
        version,
        WeightHeader.newBuilder()
            .setKind(WeightKind.ANCHOR)
            .setBase(null)
            .setModelFamily("llama")
            .setProtocol(EventProtocol.VERSION)
            .setTensors(tensors)
            .setChunks(Math.toIntExact(bytes / 900_000 + 1))
            .setBytes(bytes)
            .build());
  }

  private int steps() throws IOException {
    Path metrics = directory.resolve("rlhf-data").resolve("output").resolve("metrics.jsonl");
    return Files.readAllLines(metrics, StandardCharsets.UTF_8).size();
  }

  @Test
  void theRunGoesOnAndStartsAgain() throws Exception {
    try (RlhfProcess first = up("100000")) {
      Matcher address = first.awaitLine("up: broker (\\S+), registry (\\S+), a new run");
      Log log = new Log(address.group(1), address.group(2));
      first.awaitLine("step 2/");
      for (var topic : List.of(log.topics().policyWeights(), log.topics().rewardWeights())) {
        log.write(topic, "0.999999", forged(new WeightVersion(0, 999_999L)));
      }
      first.awaitLine("version 0.999999 is refused: ");
      int before = steps();
      await("the run goes on").atMost(Duration.ofMinutes(2)).until(() -> steps() > before + 3);
      first.interrupt();
      assertThat(first.awaitExit()).isEqualTo(130);
    }
    try (RlhfProcess second = up("100000")) {
      second.awaitLine("going on");
      second.awaitLine("version 0.999999 is refused: ");
      int before = steps();
      await("the run goes on").atMost(Duration.ofMinutes(2)).until(() -> steps() > before + 1);
      second.interrupt();
      assertThat(second.awaitExit()).isEqualTo(130);
    }
  }
}
