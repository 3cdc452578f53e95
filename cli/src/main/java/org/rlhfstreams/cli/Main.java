package org.rlhfstreams.cli;

import java.util.Locale;
import org.rlhfstreams.cli.command.RlhfCommand;
import org.rlhfstreams.schemas.EventSerdes;

/** The {@code rlhf} command. */
public final class Main {
  private Main() {}

  /** Exits with 0 when done, 1 when failed, 2 on wrong use, 130 when interrupted. */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // scripts read what is printed
    EventSerdes.trustEvents();
    System.exit(RlhfCommand.commandLine().execute(arguments));
  }
}
