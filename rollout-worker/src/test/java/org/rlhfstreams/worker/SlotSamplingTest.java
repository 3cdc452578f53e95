package org.rlhfstreams.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.exchange.GroupShare;

final class SlotSamplingTest {
  private static final int SLOTS = 4;

  private final FakeSlots slots = new FakeSlots(SLOTS).arrived(1);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SlotSampling sampling =
      new SlotSampling(slots, new WorkerMeters(registry, new GroupShare("rollout-workers"), SLOTS));

  private static RequestTask task(String id, int samples, int tokens) {
    return task(0, id, samples, tokens, 0);
  }

  private static RequestTask task(
      int partition, String id, int samples, int tokens, long minimumStep) {
    return Requests.task(partition, Requests.request(id, List.of(5), samples, tokens, minimumStep));
  }

  private List<String> ended() {
    return sampling.takeEnded().stream().map(task -> task.request().getRequestId()).toList();
  }

  private void advance(int tokens) {
    for (int i = 0; i < tokens; i++) {
      assertThat(sampling.advance()).isTrue();
    }
  }

  @Test
  void aLongResponseHoldsUpNoOther() {
    List<RequestTask> tasks = new ArrayList<>(List.of(task("long", 1, 1000)));
    for (int i = 0; i < 12; i++) {
      tasks.add(task("short" + i, 1, 2));
    }
    sampling.start(tasks);
    advance(1 + 4 * 2);
    assertThat(ended())
        .hasSize(12)
        .doesNotContain("long")
        .containsExactlyElementsOf(
            tasks.stream().skip(1).map(task -> task.request().getRequestId()).toList());
    assertThat(slots.inSlots()).containsExactly("long/0");
  }

  @Test
  void slotsStayFullHoweverUnevenTheResponsesAre() {
    SplittableRandom random = new SplittableRandom(1);
    int requests = 0;
    int open = 0;
    for (int token = 0; token < 5000; token++) {
      for (; open < 2 * SLOTS; open++) {
        sampling.start(List.of(task("request" + requests++, 1, 8 + random.nextInt(504))));
      }
      advance(1);
      open -= ended().size();
    }
    assertThat(registry.get("rlhf.worker.batch.fill").summary().mean()).isEqualTo(1);
    assertThat(registry.get("rlhf.worker.tokens").counter().count()).isEqualTo(4999.0 * SLOTS);
  }

  @Test
  void aRequestEndsWithItsLastResponseAndSaysWhichWeightsDrewIt() {
    sampling.start(List.of(task("one", 3, 2)));
    advance(2);
    assertThat(ended()).isEmpty();
    advance(1);
    List<RequestTask> tasks = sampling.takeEnded();
    assertThat(tasks).hasSize(1);
    assertThat(tasks.get(0).responses())
        .extracting(FinishedResponse::sampleIndex)
        .containsExactly(0, 1, 2);
    assertThat(tasks.get(0).responses().get(0).sampled().segments())
        .containsExactly(new VersionSegment(new WeightVersion(0, 1L), 0, 2));
    assertThat(tasks.get(0).responses().get(2).asked().id()).isEqualTo("one/2");
    assertThat(sampling.isIdle()).isTrue();
  }

  @Test
  void aRequestThatNeedsNewerWeightsLetsOthersPass() {
    sampling.start(List.of(task(0, "newer", 2, 2, 5), task(0, "older", 1, 2, 1)));
    advance(3);
    assertThat(ended()).containsExactly("older");
    assertThat(sampling.heldBack()).isEqualTo(2);
    assertThat(sampling.advance()).isFalse();
    assertThat(sampling.isIdle()).isFalse();
    slots.arrived(4);
    assertThat(sampling.advance()).isFalse();
    slots.arrived(5);
    advance(3);
    assertThat(ended()).containsExactly("newer");
    assertThat(sampling.heldBack()).isZero();
  }

  @Test
  void nothingOfALaterReleaseOvertakesAResponseOfOlderWeights() {
    sampling.start(List.of(task(0, "long", 1, 20, 1)));
    advance(2);
    slots.arrived(2);
    sampling.start(List.of(task(0, "later", 1, 2, 2), task(0, "sooner", 1, 2, 1)));
    advance(18);
    assertThat(ended()).containsExactly("sooner");
    assertThat(sampling.heldBack()).isEqualTo(1);
    advance(1);
    assertThat(ended()).containsExactly("long");
    advance(3);
    assertThat(ended()).containsExactly("later");
  }

  @Test
  void whatCannotBeSampledEndsAtOnceWithTheReason() {
    sampling.start(
        List.of(
            Requests.task(0, Requests.request("empty", List.of(), 2, 2, 0)), task("none", 0, 2)));
    sampling.advance();
    List<RequestTask> tasks = sampling.takeEnded();
    assertThat(tasks.get(0).refusal()).hasValue("request empty/0 has an empty prompt");
    assertThat(tasks.get(1).refusal()).isEmpty();
    assertThat(tasks.get(1).responses()).isEmpty();
    assertThat(sampling.isIdle()).isTrue();
  }

  @Test
  void whatTurnsOutToBeNothingToSampleEndsWithTheReasonAndTakesItsOtherResponsesAlong() {
    sampling.start(List.of(task("bad", 3, 9), task("good", 1, 2)));
    advance(1);
    slots.refuse("bad/0");
    slots.refuse("bad/1");
    advance(2);
    List<RequestTask> tasks = sampling.takeEnded();
    assertThat(tasks.get(0).refusal()).hasValue("bad/0 is bad");
    assertThat(tasks)
        .extracting(task -> task.request().getRequestId())
        .containsExactly("bad", "good");
    assertThat(sampling.isIdle()).isTrue();
    assertThat(slots.inSlots()).isEmpty();
  }

  @Test
  void ofRequestsThatAreDroppedNothingIsSampledFurther() {
    sampling.start(
        List.of(
            task(0, "kept", 1, 9, 0),
            task(1, "running", 2, 9, 0),
            task(1, "waiting", 4, 9, 0),
            task(1, "newer", 1, 9, 7)));
    advance(2);
    sampling.drop(task -> task.record().partition() == 1);
    assertThat(sampling.takeEnded()).hasSize(3).allMatch(RequestTask::isDropped);
    advance(1);
    assertThat(slots.inSlots()).containsExactly("kept/0");
    advance(7);
    assertThat(ended()).containsExactly("kept");
  }

  @Test
  void whoEndsFinishesWhatHasASlotAndLeavesTheRest() {
    sampling.start(
        List.of(
            task("first", 3, 3),
            task("partly", 2, 3),
            task("waiting", 2, 3),
            task(0, "newer", 1, 3, 7)));
    advance(2);
    assertThat(slots.inSlots()).containsExactly("first/0", "first/1", "first/2", "partly/0");
    sampling.dropWaiting();
    assertThat(sampling.takeEnded())
        .allMatch(RequestTask::isDropped)
        .extracting(task -> task.request().getRequestId())
        .containsExactlyInAnyOrder("waiting", "newer");
    advance(5);
    assertThat(ended()).containsExactly("first", "partly");
    assertThat(sampling.isIdle()).isTrue();
  }

  @Test
  void theSameRequestTwiceIsSampledTwice() {
    sampling.start(List.of(task(0, "same", 1, 2, 0), task(1, "same", 1, 5, 0)));
    advance(3);
    assertThat(ended()).containsExactly("same");
    advance(3);
    assertThat(ended()).containsExactly("same");
  }
}
