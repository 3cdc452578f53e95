package org.rlhfstreams.service.lineage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.rlhfstreams.service.ledger.Fingerprint;
import org.rlhfstreams.service.ledger.Ledger;

/**
 * Enters what records say into a ledger. The identity of a response is {@code
 * requestId/sampleIndex} from its admission on. One thread.
 */
final class AccountEntries {
  private static final int ROLLOUT = 1;
  private static final int VERSION = 2;
  private static final int STEP = 3;
  private static final int PREFERENCE = 4;
  private static final int COMPARISON = 5;
  private static final int REMEMBERED = 64;

  /** What an example's id has behind that of its preference. */
  static final String[] PARTS = {"", "/chosen", "/rejected"};

  private final Fingerprint identity = new Fingerprint();
  private final Ledger.Writer writer;
  private final long[] used = new long[2 * REMEMBERED];

  AccountEntries(Ledger ledger) {
    this.writer = ledger.writer();
    Arrays.fill(used, -1);
  }

  /** A request that asks for a number of responses. */
  void admitted(byte[] requestId, int start, int length, int samples, long place) {
    for (int i = 0; i < samples; i++) {
      identity.ofPart(ROLLOUT, requestId, start, length, i);
      writer.enter(identity, Fact.ADMITTED.code(0, i), place);
    }
  }

  /** A response that is at a place, or was given up there. */
  void rollout(Fact fact, int group, byte[] rolloutId, int start, int length, long place) {
    identity.of(ROLLOUT, rolloutId, start, length);
    writer.enter(identity, fact.code(group, 0), place);
  }

  /** A response of a request, by its index. */
  void sample(Fact fact, int group, byte[] requestId, int start, int length, int index, long at) {
    identity.ofPart(ROLLOUT, requestId, start, length, index);
    writer.enter(identity, fact.code(group, 0), at);
  }

  /** A response that a step of a run has learned from. */
  void learned(int run, int index, String rolloutId, long place) {
    identity.of(ROLLOUT, rolloutId);
    writer.enter(identity, Fact.LEARNED.code(run, index), place);
  }

  /** Weights that have drawn tokens; entered again only after many others. */
  void used(long generation, long step, long place) {
    int slot = 2 * (int) Math.floorMod(step, (long) REMEMBERED);
    if (used[slot] == generation && used[slot + 1] == step) {
      return;
    }
    used[slot] = generation;
    used[slot + 1] = step;
    identity.of(VERSION, generation, step);
    writer.enter(
        identity, Fact.USED.code((int) generation & (Fact.MOST_GROUPS - 1), (int) step), place);
  }

  /** Weights that a run has made. */
  void made(long generation, long step, long place) {
    identity.of(VERSION, generation, step);
    writer.enter(identity, Fact.MADE.code(0, 0), place);
  }

  /** A step that a run has done. */
  void stepped(int run, long step, long place) {
    identity.of(STEP, run, step);
    writer.enter(identity, Fact.STEPPED.code(run, (int) step), place);
  }

  /** What happened to a preference. */
  void preference(Fact fact, int group, String id, long place) {
    identity.of(PREFERENCE, id.substring(0, id.length() - PARTS[part(id)].length()));
    writer.enter(identity, fact.code(group, 0), place);
  }

  /** A step of a run has learned from an example of a preference. */
  void followed(int run, int index, String exampleId, long place) {
    int part = part(exampleId);
    identity.of(PREFERENCE, exampleId.substring(0, exampleId.length() - PARTS[part].length()));
    writer.enter(identity, Fact.FOLLOWED.code(run, index * PARTS.length + part), place);
  }

  /** A preference is one example, or two that have its id and a part behind it. */
  private static int part(String id) {
    for (int part = 1; part < PARTS.length; part++) {
      if (id.endsWith(PARTS[part])) {
        return part;
      }
    }
    return 0;
  }

  /** What happened to a comparison. */
  void comparison(Fact fact, String id, long place) {
    identity.of(COMPARISON, id);
    writer.enter(identity, fact.code(0, 0), place);
  }

  /** For tests and small topics, by text. */
  void admitted(String requestId, int samples, long place) {
    byte[] bytes = requestId.getBytes(StandardCharsets.UTF_8);
    admitted(bytes, 0, bytes.length, samples, place);
  }

  /** The same for {@link #rollout(Fact, int, byte[], int, int, long)}. */
  void rollout(Fact fact, int group, String rolloutId, long place) {
    byte[] bytes = rolloutId.getBytes(StandardCharsets.UTF_8);
    rollout(fact, group, bytes, 0, bytes.length, place);
  }

  void flush() {
    writer.flush();
  }
}
