package org.rlhfstreams.cli.command;

import ai.djl.engine.Engine;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.model.torchscript.TorchRuntime;
import picocli.CommandLine.Command;

/** What this machine has, what it lacks, and the command that installs it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Checks this machine, and says how to install what is missing.")
public final class DoctorCommand implements Callable<Integer> {
  private static final int NEEDED_JAVA = 17;
  private static final long NEEDED_BYTES = 3L << 30;

  private boolean sound = true;

  @Override
  public Integer call() {
    int java = Runtime.version().feature();
    need(java >= NEEDED_JAVA, "Java " + java, "apt-get install openjdk-17-jdk");
    need(onPath("mvn"), "Maven", "apt-get install maven");
    want(onPath("docker"), "Docker, for containers", "apt-get install docker.io");
    want(
        onPath("chromium") || onPath("google-chrome"),
        "Chromium, for browser tests",
        "apt-get install chromium chromium-driver");
    long memory = MachineMemory.bytes();
    need(
        memory >= NEEDED_BYTES,
        String.format(Locale.ROOT, "%.1f GB of memory", memory / 1e9),
        "the demo needs 3 GB");
    TorchRuntime.prepare();
    Engine engine = Engine.getEngine("PyTorch");
    need(
        true,
        String.format(
            Locale.ROOT,
            "PyTorch %s with %d threads, %d GPUs",
            engine.getVersion(),
            TorchRuntime.threads(),
            engine.getGpuCount()),
        "");
    String home = System.getenv("RLHF_HOME");
    Path starter = Path.of(home == null ? "." : home, "models", "starter", "model.safetensors");
    need(Files.exists(starter), "the starter model", "check the repository out again");
    return sound ? 0 : 1;
  }

  private void need(boolean there, String what, String remedy) {
    System.out.println((there ? "ok       " : "MISSING  ") + what + (there ? "" : ": " + remedy));
    sound &= there;
  }

  private static void want(boolean there, String what, String remedy) {
    System.out.println((there ? "ok       " : "optional ") + what + (there ? "" : ": " + remedy));
  }

  private static boolean onPath(String program) {
    for (String directory : System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1)) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
