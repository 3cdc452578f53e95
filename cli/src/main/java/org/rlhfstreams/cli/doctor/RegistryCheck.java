package org.rlhfstreams.cli.doctor;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * The schema registry answers.
 *
 * @param url of it
 * @param failure why it does not, with what to do; if so
 */
public record RegistryCheck(String url, Optional<String> failure) implements Check {
  /**
   * Asks it.
   *
   * @param messages takes a line when there is something to wait for
   */
  public static RegistryCheck measure(KafkaConnection connection, Consumer<String> messages) {
    String url = connection.configuration().connection().schemaRegistryUrl();
    try {
      new BrokerWait(connection, messages).awaitRegistry();
      return new RegistryCheck(url, Optional.empty());
    } catch (ExplainedException e) {
      return new RegistryCheck(url, Optional.of(e.getMessage()));
    }
  }

  @Override
  public List<Diagnosis> diagnoses() {
    return List.of(
        failure.isEmpty()
            ? Diagnosis.ok("registry", url + " answers")
            : Diagnosis.problem("registry", failure.get(), ""));
  }
}
