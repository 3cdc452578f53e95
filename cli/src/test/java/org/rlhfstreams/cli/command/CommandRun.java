package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** What a command printed, on both streams. */
record CommandRun(String output, String errors) {
  static final String STARTER = "../models/starter";

  /** Runs a command that is to end with an exit code. */
  static CommandRun expecting(int code, String... arguments) {
    return typing("", code, arguments);
  }

  /** Runs a command while somebody types. */
  static CommandRun typing(String input, int code, String... arguments) {
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    InputStream inBefore = System.in;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    StringWriter messages = new StringWriter();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      CommandLine line = RlhfCommand.commandLine().setErr(new PrintWriter(messages, true));
      assertThat(line.execute(arguments)).as(messages.toString()).isEqualTo(code);
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
      System.setIn(inBefore);
    }
    return new CommandRun(
        out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8) + messages);
  }
}
