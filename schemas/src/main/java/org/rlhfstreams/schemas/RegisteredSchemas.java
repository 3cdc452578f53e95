package org.rlhfstreams.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** The schemas that the registry knows; each is asked for once. For any number of threads. */
public final class RegisteredSchemas implements WriterSchemas {
  private static final Duration WITHIN = Duration.ofSeconds(20);
  private static final int NOT_FOUND = 404;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RegistryClient registry;
  private final Map<Integer, Schema> known = new ConcurrentHashMap<>();

  public RegisteredSchemas(RegistryClient registry) {
    this.registry = registry;
  }

  @Override
  public Schema byId(int id) throws UndecodableException {
    Schema schema = known.get(id);
    if (schema == null) {
      schema = ask(id);
      known.put(id, schema);
    }
    return schema;
  }

  private Schema ask(int id) throws UndecodableException {
    RegistryClient.Answer answer;
    try {
      answer = registry.get("/schemas/ids/" + id, WITHIN);
    } catch (IOException e) {
      throw new RegistryUnavailableException(
          "the schema registry does not answer: " + RootCause.message(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryUnavailableException("interrupted while asking the schema registry", e);
    }
    if (answer.status() == NOT_FOUND) {
      throw new UndecodableException("the registry knows no schema with id " + id);
    }
    if (answer.status() != 200) {
      throw new RegistryUnavailableException(
          String.format(
              Locale.ROOT,
              "the schema registry at %s answers %d when asked for schema %d: %s",
              registry.url(),
              answer.status(),
              id,
              answer.body()),
          null);
    }
    try {
      return new Schema.Parser().parse(JSON.readTree(answer.body()).path("schema").asText());
    } catch (JsonProcessingException | SchemaParseException e) {
      throw new UndecodableException("schema " + id + " of the registry is not Avro", e);
    }
  }
}
