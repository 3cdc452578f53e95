package org.rlhfstreams.it.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The roles of a run; those that have come to the end of their work are left out of what happens.
 */
final class Roles implements AutoCloseable {
  private final List<Role> all = new ArrayList<>();

  void add(Role role) {
    all.add(role);
  }

  private Stream<Role> working() {
    return all.stream().filter(role -> !role.isDone());
  }

  /** One of those at work. */
  Role any(Random random) {
    return any(random, role -> true);
  }

  /** One of those at work that fulfil something. */
  Role any(Random random, Predicate<Role> condition) {
    List<Role> left = working().filter(condition).toList();
    return left.get(random.nextInt(left.size()));
  }

  Role named(String name) {
    return all.stream().filter(role -> role.name().equals(name)).findFirst().orElseThrow();
  }

  /** Names of those at work. */
  String working(String delimiter) {
    return working().map(Role::name).collect(Collectors.joining(delimiter));
  }

  /** Starts those again that have ended before their work was done. */
  void lookAfter(List<String> notes) {
    all.forEach(role -> role.lookAfter().ifPresent(notes::add));
  }

  /** Ends those at work, as an orchestrator does, one after another. */
  void terminate() {
    for (Role role : working().toList()) {
      role.terminate();
      role.process().awaitExit();
    }
  }

  @Override
  public void close() {
    all.forEach(Role::close);
  }
}
