package org.rlhfstreams.model.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.Goldens;
import org.rlhfstreams.model.ModelException;

/** Thousands of damaged files: each opens, or ends in an error that names it. */
final class DamagedFilesTest {
  private static final List<String> NUMBERS =
      List.of(
          "-1",
          "0",
          "1",
          "7",
          "1.5",
          "1e400",
          "2147483648",
          "9223372036854775807",
          "99999999999999999999",
          "null",
          "true",
          "\"4\"",
          "[]",
          "{}",
          "[1,2]",
          "-0",
          "4294967296");
  private static final Pattern NUMBER = Pattern.compile("(?<=[\\[:, ])\\d+(\\.\\d+)?");
  private static final Pattern VALUE =
      Pattern.compile("\"[^\"]*\"|true|false|null|\\[[^\\[\\]]*\\]|\\{[^{}]*\\}");

  @TempDir private Path temporary;

  @Test
  void aDamagedSafetensorsHeaderOpensOrIsNamed() throws IOException {
    byte[] whole = ModelFiles.read(Goldens.model("gpt2").resolve("model.safetensors"));
    Path file = temporary.resolve("damaged.safetensors");
    int opened = 0;
    for (int seed = 0; seed < 2500; seed++) {
      Files.write(file, damagedFile(whole, new Random(seed)));
      try {
        SafetensorsFile safetensors = SafetensorsFile.open(file);
        for (String name : safetensors.names()) {
          assertThat(safetensors.bytes(name).remaining())
              .isEqualTo(ModelFiles.length(safetensors, name));
        }
        opened++;
      } catch (ModelException e) {
        assertThat(e).as("seed " + seed).hasMessageContaining(file.toString());
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(opened).isBetween(1, 2499);
  }

  private static byte[] damagedFile(byte[] whole, Random random) {
    int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] bytes = whole.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          bytes[random.nextInt(8 + length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
      }
      case 1 -> {
        return Arrays.copyOf(bytes, random.nextInt(random.nextBoolean() ? 64 : bytes.length));
      }
      default -> {
        String header = new String(whole, 8, length, StandardCharsets.UTF_8);
        byte[] damaged = damaged(header, random).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(whole.length - length + damaged.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(damaged.length)
            .put(damaged)
            .put(whole, 8 + length, whole.length - 8 - length)
            .array();
      }
    }
  }

  @Test
  void aDamagedConfigurationOpensOrIsNamed() throws IOException {
    int opened = 0;
    for (String golden : ModelFiles.goldens()) {
      Path model = ModelFiles.copy(golden, temporary.resolve(golden));
      String whole = Files.readString(model.resolve("config.json"));
      for (int seed = 0; seed < 150; seed++) {
        Random random = new Random(seed);
        byte[] damaged = damaged(whole, random).getBytes(StandardCharsets.UTF_8);
        if (damaged.length > 0 && random.nextInt(4) == 0) {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(model.resolve("config.json"), damaged);
        opened += opens(model, golden + ", seed " + seed) ? 1 : 0;
      }
    }
    assertThat(opened).isPositive();
  }

  private static boolean opens(Path model, String which) {
    try {
      assertThat(ModelDirectory.open(model).expectedTensors()).isNotEmpty();
      return true;
    } catch (ModelException e) {
      assertThat(e)
          .as(which)
          .hasMessageContaining(model.toString())
          .hasMessageContaining("config.json");
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(which, e);
    }
  }

  private static String damaged(String json, Random random) {
    String damaged = json;
    for (int times = 1 + random.nextInt(2); times > 0; times--) {
      damaged = damagedOnce(damaged, random);
    }
    return damaged;
  }

  private static String damagedOnce(String json, Random random) {
    int at = random.nextInt(json.length() + 1);
    int to = Math.min(json.length(), at + 1 + random.nextInt(40));
    return switch (random.nextInt(6)) {
      case 0 -> json.substring(0, at) + json.substring(to);
      case 1 -> json.substring(0, to) + json.substring(at);
      case 2 -> json.substring(0, at) + "[".repeat(random.nextInt(3000)) + json.substring(at);
      case 3 -> replaceOne(json, VALUE, random);
      default -> replaceOne(json, NUMBER, random);
    };
  }

  private static String replaceOne(String json, Pattern what, Random random) {
    List<MatchResult> matches = what.matcher(json).results().toList();
    if (matches.isEmpty()) {
      return json + "?";
    }
    MatchResult match = matches.get(random.nextInt(matches.size()));
    return json.substring(0, match.start())
        + NUMBERS.get(random.nextInt(NUMBERS.size()))
        + json.substring(match.end());
  }
}
