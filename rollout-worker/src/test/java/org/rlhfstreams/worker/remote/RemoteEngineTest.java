package org.rlhfstreams.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.DirectoryWeights;
import org.rlhfstreams.worker.engine.EndedResponse;
import org.rlhfstreams.worker.remote.EngineStub.Answer;
import org.rlhfstreams.worker.remote.EngineStub.Drawn;

/** Whatever an engine does, each response comes once, and of weights that were proven. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class RemoteEngineTest {
  private static final WeightVersion FIRST = new WeightVersion(0, 1L);
  private static final WeightVersion SECOND = new WeightVersion(0, 2L);
  private static final int SLOTS = 4;
  private static final int STOP = 3;

  @TempDir private Path directory;
  private final ModelDirectory model = ModelDirectory.open(Path.of("..", "models", "starter"));
  private final Versions versions = new Versions();
  private final FakeProof proof = new FakeProof();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private EngineStub stub = new EngineStub();

  private final class Versions implements WeightSource {
    private volatile WeightVersion newest = FIRST;

    @Override
    public Optional<WeightVersion> newest() {
      return Optional.ofNullable(newest);
    }

    @Override
    public Optional<WeightLease> lease() {
      return newest().map(version -> new DirectoryWeights(version, model));
    }
  }

  private RemoteEngine engine() {
    return engine(Duration.ofSeconds(30));
  }

  private RemoteEngine engine(Duration longest) {
    EngineServer server = new VllmServer(stub.address(), EngineSecret.none());
    EngineKeeper keeper = keeper(server);
    EngineMeters meters = new EngineMeters(registry);
    RemoteEngine.Limits limits = new RemoteEngine.Limits(SLOTS, 512, 2048, Set.of(STOP), longest);
    opened.add(keeper);
    RemoteEngine engine = new RemoteEngine(server, keeper, limits, pauses(), meters);
    opened.add(engine);
    return engine;
  }

  private EngineKeeper keeper(EngineServer server) {
    return EngineKeeper.start(
        server,
        versions,
        () -> proof,
        new EngineImage(model, directory),
        pauses(),
        new EngineMeters(registry));
  }

  private static Backoff pauses() {
    return new Backoff(Duration.ofMillis(5), Duration.ofMillis(40));
  }

  private RemoteEngine ready() {
    RemoteEngine engine = engine();
    await().until(() -> engine.unready().isEmpty());
    engine.refresh();
    return engine;
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    stub.close();
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(
              left.map(file -> file.getFileName().toString()).filter(name -> !name.equals("start")))
          .isEmpty();
    }
  }

  private static GenerationRequest request(String id, int tokens) {
    return new GenerationRequest(id, new int[] {20, 30}, new Sampling(1, 0, 1, tokens, 7));
  }

  /** Responses, as many as are expected; more would fail the test. */
  private static List<EndedResponse> responses(RemoteEngine engine, int expected) {
    List<EndedResponse> ended = new ArrayList<>();
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              ended.addAll(engine.step());
              return ended.size() >= expected;
            });
    for (int i = 0; i < 5; i++) {
      ended.addAll(engine.step());
    }
    assertThat(ended).hasSize(expected);
    assertThat(engine.running()).isZero();
    return ended;
  }

  private List<EndedResponse> four(RemoteEngine engine) {
    for (int i = 0; i < 4; i++) {
      engine.submit(request("r/" + i, 4));
    }
    return responses(engine, 4);
  }

  private static List<String> ids(List<EndedResponse> ended) {
    return ended.stream().map(response -> response.request().id()).toList();
  }

  private static void assertEachOnce(List<EndedResponse> ended) {
    assertThat(ids(ended)).containsExactlyInAnyOrder("r/0", "r/1", "r/2", "r/3");
    assertThat(ended)
        .allSatisfy(
            response -> {
              assertThat(response.refusal()).isEmpty();
              EndedResponse.Sampled sampled = response.sampled().orElseThrow();
              assertThat(sampled.tokenIds()).containsExactly(7, 7, 7, 7);
              assertThat(sampled.logProbabilities()).containsExactly(-1, -1, -1, -1);
              assertThat(sampled.wholeLogProbabilities()).containsExactly(-1, -1, -1, -1);
              assertThat(sampled.segments()).containsExactly(new VersionSegment(FIRST, 0, 4));
            });
  }

  @Test
  void answersLeaveAsTheyFinish() {
    CountDownLatch held = new CountDownLatch(1);
    stub.mishap(
        (n, body) -> {
          if (body.get("request_id").asText().startsWith("long/")) {
            held.await();
          }
          return Optional.empty();
        });
    RemoteEngine engine = ready();
    engine.submit(request("long/0", 4));
    engine.submit(request("short/0", 4));
    engine.submit(request("short/1", 4));
    List<EndedResponse> ended = new ArrayList<>();
    await().until(() -> ended.addAll(engine.step()) && ended.size() == 2);
    assertThat(ids(ended)).containsExactlyInAnyOrder("short/0", "short/1");
    assertThat(engine.running()).isEqualTo(1);
    assertThat(engine.oldestInUse()).contains(FIRST);
    held.countDown();
    assertThat(ids(responses(engine, 1))).containsExactly("long/0");
    assertThat(engine.tokensDrawn()).isEqualTo(12);
  }

  @Test
  void whatIsAskedForIsWhatTheRequestSays() {
    RemoteEngine engine = ready();
    engine.submit(
        new GenerationRequest("r/0", new int[] {20, 30}, new Sampling(0.7, 0, 1, 600, -5)));
    stub.mishap(
        (n, body) ->
            Optional.of(
                Answer.of(
                    200,
                    EngineStub.response(
                            new Drawn(new int[] {9, STOP}, new float[] {-2, -1}, true),
                            stub.label())
                        .toString())));
    EndedResponse.Sampled sampled = responses(engine, 1).get(0).sampled().orElseThrow();
    assertThat(sampled.stopped()).isTrue();
    assertThat(sampled.tokenIds()).containsExactly(9, STOP);
    JsonNode body = stub.asked().get(0);
    JsonNode sampling = body.get("sampling_params");
    assertThat(body.get("token_ids").toString()).isEqualTo("[20,30]");
    assertThat(sampling.get("temperature").asDouble()).isEqualTo(0.7);
    assertThat(sampling.get("seed").asLong()).isEqualTo(-5);
    assertThat(sampling.get("max_tokens").asInt()).as("as the context has room for").isEqualTo(510);
    assertThat(sampling.get("stop_token_ids").toString()).isEqualTo("[" + STOP + "]");
    assertThat(sampling.get("ignore_eos").asBoolean()).isTrue();
  }

  @Test
  void noMoreAreAskedForAtOnceThanItHasSlots() {
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    stub.mishap(
        (n, body) -> {
          most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          TimeUnit.MILLISECONDS.sleep(2);
          atOnce.decrementAndGet();
          return Optional.empty();
        });
    RemoteEngine engine = ready();
    for (int i = 0; i < 40; i++) {
      engine.submit(request("r/" + i, 2));
    }
    responses(engine, 40);
    assertThat(most.get()).isBetween(2, SLOTS);
  }

  @Test
  void whatCannotBeSampledIsRefusedBeforeItIsAskedFor() {
    RemoteEngine engine = ready();
    assertThatThrownBy(
            () ->
                engine.submit(
                    new GenerationRequest("r/0", new int[] {5}, new Sampling(1, 20, 1, 4, 1))))
        .hasMessageContaining("sampling.top-k = 0");
    assertThatThrownBy(
            () ->
                engine.submit(
                    new GenerationRequest("r/0", new int[] {4000}, new Sampling(1, 0, 1, 4, 1))))
        .hasMessageContaining("outside the vocabulary");
    engine.step();
    assertThat(stub.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void anEngineThatHasTooMuchToDoIsAskedAgainLater(int status) {
    stub.mishap(
        (n, body) -> n < 6 ? Optional.of(new Answer(status, "busy", Map.of())) : Optional.empty());
    assertEachOnce(four(ready()));
    assertThat(stub.asked()).hasSize(10);
    assertThat(repeated("busy")).isEqualTo(6);
  }

  private double repeated(String reason) {
    return registry.get("rlhf.worker.engine.repeated").tag("reason", reason).counter().count();
  }

  @Test
  void anErrorCostsNoResponseAndNoneIsAskedForInAStorm() {
    stub.mishap(
        (n, body) -> n < 4 ? Optional.of(Answer.of(500, "out of memory")) : Optional.empty());
    assertEachOnce(four(ready()));
    assertThat(stub.asked()).hasSizeLessThan(10);
  }

  @Test
  void whileItFailsItIsAskedForOneResponseAtATime() {
    RemoteEngine engine = ready();
    stub.mishap((n, body) -> Optional.of(Answer.of(429, "")));
    for (int i = 0; i < 4; i++) {
      engine.submit(request("r/" + i, 4));
    }
    long until = System.nanoTime() + Duration.ofMillis(400).toNanos();
    while (System.nanoTime() < until) {
      assertThat(engine.step()).isEmpty();
    }
    // Pauses grow to 40 ms: some ten after the first four, not the hundreds that answers allow.
    assertThat(stub.asked()).hasSizeLessThan(30);
    stub.mishap((n, body) -> Optional.empty());
    assertEachOnce(responses(engine, 4));
  }

  @Test
  void aRequestThatFailsEachTimeIsRefusedAndOthersGoOn() {
    stub.mishap(
        (n, body) ->
            body.get("request_id").asText().startsWith("bad/")
                ? Optional.of(Answer.of(500, "it cannot"))
                : Optional.empty());
    RemoteEngine engine = ready();
    engine.submit(request("bad/0", 4));
    engine.submit(request("good/0", 4));
    List<EndedResponse> ended = responses(engine, 2);
    assertThat(ended)
        .filteredOn(one -> one.request().id().equals("good/0"))
        .allMatch(one -> one.sampled().isPresent());
    assertThat(ended)
        .filteredOn(one -> one.request().id().equals("bad/0"))
        .singleElement()
        .satisfies(
            one ->
                assertThat(one.refusal().orElseThrow()).contains("5 times").contains("it cannot"));
  }

  @Test
  void aRequestThatItDoesNotTakeIsRefusedAtOnce() {
    stub.mishap((n, body) -> Optional.of(Answer.of(400, "{\"message\":\"too long for me\"}")));
    RemoteEngine engine = ready();
    engine.submit(request("r/0", 4));
    assertThat(responses(engine, 1).get(0).refusal().orElseThrow()).contains("too long for me");
    assertThat(stub.asked()).hasSize(1);
  }

  @Test
  void aContextThatIsShorterThanTheModelsIsNamed() {
    stub.mishap(
        (n, body) ->
            Optional.of(
                Answer.of(
                    200,
                    EngineStub.response(
                            new Drawn(new int[] {9}, new float[] {-2}, false), stub.label())
                        .toString())));
    RemoteEngine engine = ready();
    engine.submit(request("r/0", 4));
    assertThat(responses(engine, 1).get(0).refusal().orElseThrow()).contains("--max-model-len");
  }

  /** What makes of an answer one that no engine gives. */
  private static Map<String, Consumer<ObjectNode>> nonsense() {
    Map<String, Consumer<ObjectNode>> nonsense = new LinkedHashMap<>();
    nonsense.put("no log probabilities", choice -> choice.remove("logprobs"));
    nonsense.put("one too few", choice -> ((ArrayNode) choice.at("/logprobs/content")).remove(0));
    nonsense.put(
        "above one", choice -> ((ObjectNode) choice.at("/logprobs/content/0")).put("logprob", 0.5));
    nonsense.put(
        "minus infinity",
        choice -> ((ObjectNode) choice.at("/logprobs/content/0")).put("logprob", -9999.0));
    nonsense.put(
        "not a number",
        choice -> ((ObjectNode) choice.at("/logprobs/content/0")).put("logprob", "NaN"));
    nonsense.put(
        "of another token",
        choice -> ((ObjectNode) choice.at("/logprobs/content/1")).put("token_id", 8));
    nonsense.put(
        "text for tokens",
        choice -> choice.putArray("token_ids").add("a").add("b").add("c").add("d"));
    nonsense.put("too long", choice -> ((ArrayNode) choice.get("token_ids")).add(7));
    nonsense.put("empty", choice -> choice.putArray("token_ids"));
    nonsense.put(
        "unknown token",
        choice -> {
          ((ArrayNode) choice.get("token_ids")).set(0, 5000);
          ((ObjectNode) choice.at("/logprobs/content/0")).put("token_id", 5000);
        });
    nonsense.put("gap", choice -> ((ObjectNode) choice.at("/weight_versions/0")).put("start", 1));
    nonsense.put(
        "short versions", choice -> ((ObjectNode) choice.at("/weight_versions/0")).put("end", 3));
    nonsense.put("stopped without stop", choice -> choice.put("finish_reason", "stop"));
    nonsense.put("aborted", choice -> choice.put("finish_reason", "abort"));
    return nonsense;
  }

  private static String spoilt(Consumer<ObjectNode> spoil, String label) {
    ObjectNode answer =
        EngineStub.response(
            new Drawn(new int[] {7, 7, 7, 7}, new float[] {-1, -1, -1, -1}, false), label);
    spoil.accept((ObjectNode) answer.at("/choices/0"));
    return answer.toString();
  }

  @Test
  void nonsenseIsAskedForAgain() {
    RemoteEngine engine = ready();
    assertAskedAgainAfter(engine, "no JSON", () -> "<html>");
    nonsense()
        .forEach(
            (name, spoil) ->
                assertAskedAgainAfter(engine, name, () -> spoilt(spoil, stub.label())));
  }

  private void assertAskedAgainAfter(RemoteEngine engine, String name, Supplier<String> nonsense) {
    AtomicInteger seen = new AtomicInteger();
    stub.mishap(
        (n, body) ->
            seen.getAndIncrement() < 1
                ? Optional.of(Answer.of(200, nonsense.get()))
                : Optional.empty());
    assertEachOnce(four(engine));
    assertThat(seen.get()).as(name).isEqualTo(5);
  }

  @Test
  void oneThatHangsIsAskedForAgain() {
    CountDownLatch never = new CountDownLatch(1);
    stub.mishap(
        (n, body) -> {
          if (n == 0) {
            never.await();
          }
          return Optional.empty();
        });
    RemoteEngine engine = engine(Duration.ofMillis(300));
    await().until(() -> engine.unready().isEmpty());
    engine.refresh();
    assertEachOnce(four(engine));
    assertThat(repeated("away")).isEqualTo(1);
    never.countDown();
  }

  @Test
  void aConnectionThatBreaksCostsNoResponse() {
    stub.mishap((n, body) -> n < 3 ? null : Optional.empty());
    assertEachOnce(four(ready()));
  }

  @Test
  void anEngineThatComesLaterIsWaitedFor() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    stub.close();
    EngineServer server =
        new VllmServer(URI.create("http://127.0.0.1:" + port), EngineSecret.none());
    EngineKeeper keeper = keeper(server);
    opened.add(keeper);
    await().until(() -> keeper.trouble().orElse("").contains("cannot be reached"));
    assertThat(keeper.troubled()).isPositive();
    stub = new EngineStub(port);
    await().until(() -> keeper.trouble().isEmpty());
  }

  @Test
  void oneWithoutRoutesForWeightsIsNotUsedAndTheMessageSaysWhichFlag() {
    stub.lacks("/update_weight_version");
    assertUnusable("VLLM_SERVER_DEV_MODE=1");
  }

  @Test
  void oneWithoutTheRouteForTokensIsNotUsedAndTheMessageSaysWhichFlag() {
    stub.lacks(EngineStub.GENERATE);
    assertUnusable("--tokens-only");
  }

  @Test
  void oneWithAnotherVocabularyIsNotUsed() {
    stub.always(EngineStub.GENERATE, Answer.of(400, "token id 3 is out of vocabulary"));
    assertUnusable("is out of vocabulary");
  }

  @Test
  void oneThatDoesNotSayWhichWeightsDrewATokenIsNotUsed() {
    stub.always(
        EngineStub.GENERATE,
        Answer.of(
            200,
            EngineStub.response(new Drawn(new int[] {7, 7}, new float[] {-1, -1}, false))
                .toString()
                .replace("\"weight_versions\":[]", "\"weight_versions\":null")));
    assertUnusable("0.32");
  }

  private void assertUnusable(String message) {
    RemoteEngine engine = engine();
    engine.submit(request("r/0", 4));
    await().until(() -> engine.unready().orElse("").contains(message));
    engine.refresh();
    assertThat(engine.step()).isEmpty();
    assertThat(engine.version()).isEmpty();
    assertThat(stub.asked()).isEmpty();
    assertThat(stub.loaded()).isEmpty();
  }

  @Test
  void withoutWeightsOfTheLogNothingIsSampled() {
    versions.newest = null;
    RemoteEngine engine = engine();
    engine.submit(request("r/0", 4));
    await().until(() -> engine.unready().orElse("").contains("no policy weights"));
    assertThat(engine.step()).isEmpty();
    assertThat(stub.asked()).isEmpty();
    versions.newest = FIRST;
    await().until(() -> engine.unready().isEmpty());
    assertThat(responses(engine, 1).get(0).sampled().orElseThrow().segments())
        .containsExactly(new VersionSegment(FIRST, 0, 4));
  }

  @Test
  void aVersionIsLoadedBetweenPauseAndResumeUnderANameOfItsOwn() {
    RemoteEngine engine = ready();
    List<String> before = stub.calls();
    String first = stub.label();
    versions.newest = SECOND;
    await().until(engine::refresh);
    assertThat(engine.version()).contains(SECOND);
    assertThat(stub.calls().subList(before.size(), stub.calls().size()))
        .containsSubsequence("/pause", "/update_weight_version", "/collective_rpc", "/resume");
    assertThat(stub.label()).isNotEqualTo(first).startsWith("0.2-");
    assertThat(stub.loaded())
        .extracting(path -> path.getFileName().toString())
        .containsExactly("version-0.1", "version-0.2");
    assertThat(directory.resolve("version-0.2").resolve("tokenizer.json")).exists();
    assertThat(directory.resolve("version-0.1")).doesNotExist();
  }

  @Test
  void aResponseOfTwoVersionsSaysWhichDrewWhichTokens() {
    RemoteEngine engine = ready();
    String first = stub.label();
    CountDownLatch swapped = new CountDownLatch(1);
    stub.mishap(
        (n, body) -> {
          swapped.await();
          return Optional.of(
              Answer.of(
                  200,
                  EngineStub.response(
                          new Drawn(new int[] {7, 7, 7, 7}, new float[] {-1, -1, -1, -1}, false),
                          first,
                          stub.label())
                      .toString()));
        });
    engine.submit(request("r/0", 4));
    engine.step();
    versions.newest = SECOND;
    await().until(engine::refresh);
    assertThat(engine.oldestInUse()).as("it was begun with it").contains(FIRST);
    swapped.countDown();
    assertThat(responses(engine, 1).get(0).sampled().orElseThrow().segments())
        .containsExactly(new VersionSegment(FIRST, 0, 2), new VersionSegment(SECOND, 2, 4));
  }

  @Test
  void whatWeightsDrewThatFailTheProofIsSampledAgain() {
    RemoteEngine engine = ready();
    String first = stub.label();
    AtomicInteger seen = new AtomicInteger();
    CountDownLatch swapped = new CountDownLatch(1);
    stub.mishap(
        (n, body) -> {
          if (seen.getAndIncrement() > 0) {
            return Optional.empty();
          }
          swapped.await();
          return Optional.of(
              Answer.of(
                  200,
                  EngineStub.response(
                          new Drawn(new int[] {7, 7, 7, 7}, new float[] {-1, -1, -1, -1}, false),
                          first,
                          // the name of the second version's first try
                          "0.2"
                              + first.substring(3, first.lastIndexOf('-') + 1)
                              + (Integer.parseInt(first.substring(first.lastIndexOf('-') + 1)) + 1))
                      .toString()));
        });
    engine.submit(request("r/0", 4));
    engine.step();
    proof.fail(1);
    versions.newest = SECOND;
    await().until(engine::refresh);
    swapped.countDown();
    assertThat(responses(engine, 1).get(0).sampled().orElseThrow().segments())
        .containsExactly(new VersionSegment(SECOND, 0, 4));
    assertThat(repeated("weights")).isEqualTo(1);
  }

  @Test
  void anEngineThatFailsTheProofThreeTimesIsGivenUp() {
    RemoteEngine engine = ready();
    engine.submit(request("r/0", 4));
    proof.fail(3);
    versions.newest = SECOND;
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(engine::refresh)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("computes with other weights")
                    .hasMessageContaining("start it with the model"));
    assertThat(stub.loaded()).hasSize(4);
  }

  @Test
  void aRestartedEngineGetsTheWeightsAgainAndWhatItDrewBeforeThatIsSampledAgain() {
    RemoteEngine engine = ready();
    AtomicInteger seen = new AtomicInteger();
    stub.mishap(
        (n, body) -> {
          if (seen.getAndIncrement() == 0) {
            stub.restart();
          }
          return Optional.empty();
        });
    engine.submit(request("r/0", 4));
    assertThat(responses(engine, 1).get(0).sampled().orElseThrow().segments())
        .containsExactly(new VersionSegment(FIRST, 0, 4));
    assertThat(stub.loaded()).as("after the restart").hasSize(1);
    assertThat(seen.get()).isGreaterThan(1);
  }

  @Test
  void oneThatWasLeftPausedGoesOn() {
    stub.leavePaused();
    RemoteEngine engine = ready();
    assertThat(stub.isPaused()).isFalse();
    engine.submit(request("r/0", 4));
    responses(engine, 1);
  }

  @Test
  void aVersionThatCannotBeComputedWithNeverReachesTheEngine() {
    RemoteEngine engine = ready();
    proof.refuse(new ModelException("it holds a number that is not finite"));
    versions.newest = SECOND;
    engine.submit(request("r/0", 4));
    assertThat(responses(engine, 1).get(0).sampled().orElseThrow().segments())
        .containsExactly(new VersionSegment(FIRST, 0, 4));
    proof.refuse(null);
    versions.newest = new WeightVersion(0, 3L);
    await().until(engine::refresh);
    assertThat(stub.loaded())
        .extracting(path -> path.getFileName().toString())
        .containsExactly("version-0.1", "version-0.3");
  }

  @Test
  void aRestartedEngineGetsTheLastVersionThatCouldBeUsed() {
    RemoteEngine engine = ready();
    proof.refuse(new ModelException("it holds a number that is not finite"));
    versions.newest = SECOND;
    stub.restart();
    stub.mishap((n, body) -> n == 0 ? Optional.of(Answer.of(500, "")) : Optional.empty());
    engine.submit(request("r/0", 4));
    assertThat(responses(engine, 1).get(0).sampled().orElseThrow().segments())
        .containsExactly(new VersionSegment(FIRST, 0, 4));
  }

  @Test
  void whatIsForgottenIsNotToldOf() {
    CountDownLatch held = new CountDownLatch(1);
    stub.mishap(
        (n, body) -> {
          held.await();
          return Optional.empty();
        });
    RemoteEngine engine = ready();
    for (int i = 0; i < 6; i++) {
      engine.submit(request("r/" + i, 4));
    }
    await().until(() -> engine.step().isEmpty() && stub.asked().size() == SLOTS);
    assertThat(engine.takeWaiting())
        .extracting(GenerationRequest::id)
        .containsExactly("r/4", "r/5");
    engine.cancel(request -> !request.id().equals("r/1"));
    assertThat(engine.running()).isEqualTo(1);
    held.countDown();
    assertThat(ids(responses(engine, 1))).containsExactly("r/1");
  }

  @Test
  void theSecretGoesAlong() throws IOException {
    Path file = Files.writeString(directory.resolveSibling("key"), "abc\n");
    assertThatThrownBy(
            () ->
                secret(
                    Map.of(
                        "rollout-worker.engine-key-file",
                        file.toString(),
                        "rollout-worker.engine-key",
                        "x")))
        .hasMessageContaining("leave one out");
    try {
      assertThat(secret(Map.of("rollout-worker.engine-key-file", file.toString())).header())
          .contains("Bearer abc");
    } catch (EngineProblem e) {
      throw new AssertionError(e);
    }
  }

  private static EngineSecret secret(Map<String, String> settings) {
    return EngineSecret.of(RlhfConfiguration.of(settings).rolloutWorker());
  }
}
