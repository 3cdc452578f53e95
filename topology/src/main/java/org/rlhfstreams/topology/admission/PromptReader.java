package org.rlhfstreams.topology.admission;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.topology.RefusedRecord;

/** Bytes to encoded prompts, or to dead letters. */
final class PromptReader extends ContextualProcessor<String, byte[], String, Object> {
  private final RecordDecoder<Prompt> decoder;
  private final PromptEncoder encoder;
  private final AdmissionSettings settings;

  PromptReader(EventSerdes serdes, PromptEncoder encoder, AdmissionSettings settings) {
    this.decoder = new RecordDecoder<>(Prompt.class, serdes);
    this.encoder = encoder;
    this.settings = settings;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String topic = context().recordMetadata().orElseThrow().topic();
    try {
      Prompt prompt = decoder.decode(topic, record.value());
      EncodedPrompt encoded = encoder.encode(prompt);
      context()
          .forward(
              record
                  .withKey(prompt.getPromptId())
                  .withValue(template(prompt, encoded, record.timestamp())));
    } catch (UndecodableException e) {
      refuse(record, DeadLetterKind.UNDECODABLE, e.getMessage());
    } catch (PromptRefusedException e) {
      refuse(record, DeadLetterKind.PROMPT, e.getMessage());
    }
  }

  private void refuse(Record<String, byte[]> record, DeadLetterKind kind, String reason) {
    context()
        .forward(
            RefusedRecord.of(
                record,
                context().recordMetadata().orElseThrow(),
                AdmissionTopology.STAGE,
                kind,
                reason));
  }

  private RolloutRequest template(Prompt prompt, EncodedPrompt encoded, long timestamp) {
    return RolloutRequest.newBuilder()
        .setRequestId("")
        .setPromptId(prompt.getPromptId())
        .setPromptText(encoded.text())
        .setPromptMessages(prompt.getMessages())
        .setPromptTemplateVariables(prompt.getTemplateVariables())
        .setPromptTokenIds(Arrays.stream(encoded.tokenIds()).boxed().toList())
        .setSampling(settings.sampling())
        .setSamples(settings.samples())
        .setMinimumVersion(new WeightVersion(0, 0L))
        .setSequence(0)
        .setCreatedAt(Instant.ofEpochMilli(timestamp))
        .setMetadata(travelling(prompt.getMetadata()))
        .setEvaluation(prompt.getHeldOut() ? HeldOutPrompts.UNRELEASED : null)
        .build();
  }

  /** A column that a prompt lacks is the scorers' matter: not all of them need it. */
  private Map<String, String> travelling(Map<String, String> metadata) {
    Map<String, String> travelling = new TreeMap<>();
    for (String name : settings.metadata()) {
      String value = metadata.get(name);
      if (value != null) {
        travelling.put(name, value);
      }
    }
    return travelling;
  }
}
