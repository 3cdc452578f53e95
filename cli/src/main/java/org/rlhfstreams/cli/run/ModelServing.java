package org.rlhfstreams.cli.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.rlhfstreams.cli.Interruption;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.worker.ModelServer;
import org.rlhfstreams.worker.ModelServerSettings;

/** A model that is served by this process until it is interrupted. */
public final class ModelServing {
  private static final int INTERRUPTED = 130;

  private final Path named;
  private final ModelDirectory model;
  private final ComputeType type;
  private final ModelServerSettings settings;

  /**
   * @param named the model, as the user named it
   */
  public ModelServing(
      Path named, ModelDirectory model, ComputeType type, ModelServerSettings settings) {
    this.named = named;
    this.model = model;
    this.type = type;
    this.settings = settings;
  }

  /**
   * Runs it; the exit code.
   *
   * @throws org.rlhfstreams.common.ExplainedException if the model cannot be loaded or the port is
   *     taken
   */
  public int run() throws Exception {
    Duration longest = ShutdownBudget.SERVER.plus(ShutdownBudget.COMPLETIONS);
    Consumer<String> messages = System.err::println;
    try (Interruption interruption = new Interruption(longest, messages)) {
      try (ModelServer server = ModelServer.start(model, type, settings)) {
        String typed = type.name().toLowerCase(Locale.ROOT);
        System.out.printf(
            "loading %s: %s on the %s%n", named, typed, ComputeDevice.isGpu() ? "GPU" : "CPU");
        RoleRun.awaitEnd(server.loaded(), interruption);
        if (!interruption.getAsBoolean()) {
          say(server);
          RoleRun.awaitEnd(new CompletableFuture<>(), interruption);
        }
      }
      System.out.println("closed");
      return INTERRUPTED;
    }
  }

  private void say(ModelServer server) {
    String base =
        String.format(
            Locale.ROOT, "http://%s:%d", server.endpoint().host(), server.endpoint().port());
    boolean chat = ChatTemplate.find(model.path()).isPresent();
    System.out.printf(
        "serving %s as %s at %s/v1: %d completions side by side, %d more may wait; health at"
            + " %s/health; Ctrl-C ends it%n",
        named, settings.name(), base, settings.slots(), settings.queue(), base);
    System.out.printf(
        "curl -s %s/v1/%s -d '{%s, \"max_tokens\": 40}'%n",
        base,
        chat ? "chat/completions" : "completions",
        chat
            ? "\"messages\": [{\"role\": \"user\", \"content\": \"Tell me a story.\"}]"
            : "\"prompt\": \"Once upon a time\"");
    if (!chat) {
      System.out.println(
          "this model has no chat template: /v1/chat/completions refuses, /v1/completions answers");
    }
  }
}
