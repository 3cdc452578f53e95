package org.rlhfstreams.cli.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Measures this machine, and its cluster if one is named, and judges both. */
public final class Examination {
  private final RlhfConfiguration configuration;
  private final Path output;
  private final boolean cluster;
  private final Consumer<String> messages;

  /**
   * @param output where a run would be written
   * @param cluster whether broker and registry are asked
   * @param messages takes a line when there is something to wait for
   */
  public Examination(
      RlhfConfiguration configuration, Path output, boolean cluster, Consumer<String> messages) {
    this.configuration = configuration;
    this.output = output;
    this.cluster = cluster;
    this.messages = messages;
  }

  /** What was found, a line each. */
  public List<Diagnosis> diagnoses() {
    List<Diagnosis> diagnoses = new ArrayList<>();
    NativeLibraryCheck library = NativeLibraryCheck.measure();
    GpuCheck gpu = GpuCheck.measure(configuration.model().device(), library.failure().isEmpty());
    diagnoses.addAll(JavaCheck.measure().diagnoses());
    diagnoses.addAll(MachineCheck.measure().diagnoses());
    diagnoses.addAll(library.diagnoses());
    diagnoses.addAll(gpu.diagnoses());
    diagnoses.addAll(ofModel(gpu.usable()));
    diagnoses.addAll(ofDisks());
    diagnoses.addAll(PortCheck.measure(configuration).diagnoses());
    diagnoses.addAll(ofCluster());
    return diagnoses;
  }

  private List<Diagnosis> ofModel(int gpus) {
    Optional<Path> policy = configuration.model().policy();
    return policy.isPresent()
        ? ModelMemoryCheck.measure(configuration, policy.get(), gpus).diagnoses()
        : List.of(
            Diagnosis.note(
                "model", "none named", "--model DIR says what each role needs with one"));
  }

  private List<Diagnosis> ofDisks() {
    List<Diagnosis> diagnoses = new ArrayList<>();
    long needed = RunDisk.OTHERS;
    String why = "a run takes";
    Optional<Path> policy = configuration.model().policy();
    if (policy.isPresent()) {
      try {
        needed = RunDisk.bytes(configuration, policy.get());
        why = "a run with " + policy.get() + " takes up to";
      } catch (ExplainedException e) {
        // The check of its memory says what is wrong with the model.
        needed = RunDisk.OTHERS;
      }
    }
    diagnoses.addAll(
        DiskCheck.measure("runs", output, needed, why, "--output (rlhf up: --data-directory)")
            .diagnoses());
    diagnoses.addAll(
        DiskCheck.measure(
                "temporary",
                Path.of(System.getProperty("java.io.tmpdir")),
                RunDisk.OTHERS,
                "indexes of topics take up to",
                "RLHF_JAVA_OPTIONS=-Djava.io.tmpdir=DIR")
            .diagnoses());
    return diagnoses;
  }

  private List<Diagnosis> ofCluster() {
    if (!cluster) {
      return List.of(
          Diagnosis.note(
              "broker",
              "none named, and rlhf demo, train and up bring one",
              "--bootstrap-servers HOST:PORT asks another"));
    }
    KafkaConnection connection = new KafkaConnection(configuration);
    List<Diagnosis> diagnoses =
        new ArrayList<>(BrokerCheck.measure(connection, messages).diagnoses());
    diagnoses.addAll(RegistryCheck.measure(connection, messages).diagnoses());
    return diagnoses;
  }
}
