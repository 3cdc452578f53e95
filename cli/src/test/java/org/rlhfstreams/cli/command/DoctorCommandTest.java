package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line for each check, and the exit code of what they say. */
@Tag("slow")
final class DoctorCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private static List<String> subjects(JsonNode report) {
    List<String> subjects = new ArrayList<>();
    report.get("checks").forEach(check -> subjects.add(check.get("subject").asText()));
    return subjects;
  }

  private static List<String> problems(JsonNode report) {
    List<String> problems = new ArrayList<>();
    report
        .get("checks")
        .forEach(
            check -> {
              if (check.get("state").asText().equals("problem")) {
                problems.add(check.get("fact").asText() + ": " + check.get("remedy").asText());
              }
            });
    return problems;
  }

  @Test
  void aSoundMachineAndClusterHaveNoProblem() throws IOException {
    try (CommandCluster cluster = CommandCluster.start(directory.resolve("log"))) {
      cluster.expecting(0, "topics", "create");
      JsonNode report =
          JSON.readTree(
              cluster
                  .expecting(
                      0,
                      "doctor",
                      "--json",
                      "--model",
                      STARTER,
                      "--output",
                      directory.resolve("run").toString())
                  .output());
      assertThat(problems(report)).isEmpty();
      assertThat(report.get("problems").asInt()).isZero();
      assertThat(subjects(report))
          .contains(
              "Java",
              "cores",
              "memory",
              "native cache",
              "PyTorch",
              "GPU",
              "learner",
              "rollout worker",
              "scorers",
              "all roles",
              "disk, runs",
              "disk, temporary",
              "ports",
              "broker",
              "guarantees",
              "registry");
    }
  }

  @Test
  void eachProblemSaysWhatMendsItAndTheExitCodeIsOne() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CommandRun run =
          CommandRun.expecting(
              1,
              "doctor",
              "--model",
              directory.resolve("nowhere").toString(),
              "--learner.http-port",
              String.valueOf(taken.getLocalPort()),
              "--model.device",
              "cuda:7",
              "--output",
              file.resolve("run").toString(),
              "--bootstrap-servers",
              "127.0.0.1:1",
              "--schema-registry-url",
              "http://127.0.0.1:1",
              "--connection.start-timeout",
              "1s");
      assertThat(run.output())
          .containsPattern("(?m)^problem +model +.*nowhere")
          .containsPattern("(?m)^problem +port +.*set learner.http-port to another")
          .containsPattern("(?m)^problem +GPU +.*set model.device to auto or cpu")
          .containsPattern("(?m)^problem +disk, runs +.*name another one with --output")
          .containsPattern("(?m)^problem +broker +.*connection.bootstrap-servers")
          .containsPattern("(?m)^problem +registry +.*connection.schema-registry-url")
          .containsPattern("\n6 problems, (no|\\d+) notes?\n$");
      assertThat(run.errors()).doesNotContain("\tat ");
    }
  }

  @Test
  void withoutABrokerItIsSaidThatNoneWasAsked() {
    assertThat(
            CommandRun.expecting(0, "doctor", "--output", directory.resolve("run").toString())
                .output())
        .containsPattern("(?m)^note +broker +none named.*--bootstrap-servers HOST:PORT")
        .containsPattern("(?m)^note +model +none named: --model DIR")
        .contains("no problems, ");
  }
}
