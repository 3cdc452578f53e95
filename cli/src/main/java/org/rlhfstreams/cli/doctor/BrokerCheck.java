package org.rlhfstreams.cli.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.TopicAdministrator.TopicState;
import org.rlhfstreams.service.kafka.BrokerWait;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.Guarantee;
import org.rlhfstreams.service.log.LogGuarantees;

/**
 * The broker answers and guarantees what exactly-once needs.
 *
 * @param address of the broker
 * @param failure why nothing can be read from it, with what to do; if so
 * @param missing topics that do not exist
 * @param guarantees of the topics that do, and of a broker
 */
public record BrokerCheck(
    String address, Optional<String> failure, List<String> missing, List<Guarantee> guarantees)
    implements Check {

  public BrokerCheck {
    missing = List.copyOf(missing);
    guarantees = List.copyOf(guarantees);
  }

  /**
   * Asks it.
   *
   * @param messages takes a line when there is something to wait for
   */
  public static BrokerCheck measure(KafkaConnection connection, Consumer<String> messages) {
    String address = connection.configuration().connection().bootstrapServers();
    try {
      new BrokerWait(connection, messages).awaitBroker();
      try (Admin admin = connection.admin()) {
        List<TopicState> states =
            new TopicAdministrator(admin, 1).describe(connection.topics().all());
        return new BrokerCheck(
            address,
            Optional.empty(),
            states.stream()
                .filter(state -> !state.exists())
                .map(state -> state.topic().name())
                .toList(),
            new LogGuarantees(connection, admin)
                .read(states.stream().filter(TopicState::exists).map(TopicState::topic).toList()));
      }
    } catch (ExplainedException e) {
      return new BrokerCheck(address, Optional.of(e.getMessage()), List.of(), List.of());
    } catch (KafkaException e) {
      return new BrokerCheck(
          address,
          Optional.of(
              RootCause.message(e) + ": rlhf topics acls prints what each role must be allowed"),
          List.of(),
          List.of());
    }
  }

  @Override
  public List<Diagnosis> diagnoses() {
    if (failure.isPresent()) {
      return List.of(Diagnosis.problem("broker", failure.get(), ""));
    }
    List<Diagnosis> diagnoses = new ArrayList<>();
    diagnoses.add(Diagnosis.ok("broker", address + " answers"));
    if (!missing.isEmpty()) {
      diagnoses.add(
          Diagnosis.note(
              "topics",
              String.format(Locale.ROOT, "%d do not exist yet", missing.size()),
              "rlhf topics create makes them, and so does the first role that may"));
    }
    long met = guarantees.stream().filter(is(Guarantee.State.MET)).count();
    if (met > 0) {
      diagnoses.add(
          Diagnosis.ok(
              "guarantees", String.format(Locale.ROOT, "%d of %d met", met, guarantees.size())));
    }
    guarantees.stream()
        .filter(is(Guarantee.State.BROKEN))
        .map(BrokerCheck::broken)
        .forEach(diagnoses::add);
    Map<String, List<Guarantee>> weak = new LinkedHashMap<>();
    guarantees.stream()
        .filter(is(Guarantee.State.WEAK))
        .forEach(
            guarantee ->
                weak.computeIfAbsent(guarantee.setting(), setting -> new ArrayList<>())
                    .add(guarantee));
    weak.forEach((setting, those) -> diagnoses.add(weak(setting, those)));
    return diagnoses;
  }

  private static Predicate<Guarantee> is(Guarantee.State state) {
    return guarantee -> guarantee.state() == state;
  }

  private static Diagnosis broken(Guarantee guarantee) {
    return Diagnosis.problem(
        "guarantees",
        "%s has %s=%s, but needs %s"
            .formatted(
                guarantee.where(), guarantee.setting(), guarantee.actual(), guarantee.needed()),
        guarantee.remedy());
  }

  /** One setting of many topics is one line; the first one's command shows how. */
  private static Diagnosis weak(String setting, List<Guarantee> those) {
    Guarantee first = those.get(0);
    String fact =
        String.format(
            Locale.ROOT,
            "%s has %s=%s, better %s",
            first.where(),
            setting,
            first.actual(),
            first.needed());
    return Diagnosis.note(
        "guarantees",
        fact,
        those.size() == 1
            ? first.remedy()
            : String.format(
                Locale.ROOT,
                "%s; so have %d more, whose commands rlhf topics describe prints",
                first.remedy(),
                those.size() - 1));
  }
}
