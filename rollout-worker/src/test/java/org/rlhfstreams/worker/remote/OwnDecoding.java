package org.rlhfstreams.worker.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.engine.EndedResponse;
import org.rlhfstreams.worker.policy.DecoderEngine;

/** An engine's computations by the decoder of this process, with what it was told to load last. */
public final class OwnDecoding implements EngineStub.Drawing, AutoCloseable {
  private final Supplier<Path> wanted;
  private Path loaded;
  private DecoderEngine decoder;

  /**
   * @param wanted the directory whose weights are in use now
   */
  public OwnDecoding(Supplier<Path> wanted) {
    this.wanted = wanted;
  }

  private record OfDirectory() implements WeightSource {
    private static final WeightVersion VERSION = new WeightVersion(0, 0L);

    @Override
    public Optional<WeightVersion> newest() {
      return Optional.of(VERSION);
    }

    @Override
    public Optional<WeightLease> lease() {
      return Optional.empty();
    }

    @Override
    public Optional<WeightVersion> ofDirectory() {
      return Optional.of(VERSION);
    }
  }

  @Override
  public synchronized EngineStub.Drawn draw(JsonNode body) {
    Path now = wanted.get();
    if (!now.equals(loaded)) {
      close();
      decoder =
          new DecoderEngine(ModelDirectory.open(now), ComputeType.FLOAT32, 1, new OfDirectory());
      loaded = now;
    }
    JsonNode ids = body.get("token_ids");
    int[] prompt = new int[ids.size()];
    for (int i = 0; i < prompt.length; i++) {
      prompt[i] = ids.get(i).intValue();
    }
    JsonNode sampling = body.get("sampling_params");
    decoder.submit(
        new GenerationRequest(
            "row",
            prompt,
            new Sampling(
                sampling.get("temperature").doubleValue(),
                0,
                1,
                sampling.get("max_tokens").intValue(),
                sampling.get("seed").longValue())));
    List<EndedResponse> ended = List.of();
    while (ended.isEmpty()) {
      ended = decoder.step();
    }
    EndedResponse.Sampled sampled = ended.get(0).sampled().orElseThrow();
    return new EngineStub.Drawn(sampled.tokenIds(), sampled.logProbabilities(), sampled.stopped());
  }

  @Override
  public synchronized void close() {
    if (decoder != null) {
      decoder.close();
    }
  }
}
