package org.rlhfstreams.scorers.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.scorers.rules.Quote;

/**
 * A JSON Schema that is one. Drafts 4 to 2020-12; without {@code $schema} it is read as 2020-12. It
 * may refer to its own parts, to nothing on the network or on the disk.
 */
final class CheckedSchema {
  /** What a response may be: one value, no key twice, nothing after it. */
  static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Schema schema;

  private CheckedSchema(Schema schema) {
    this.schema = schema;
  }

  /**
   * Reads a schema and checks it against the schema of schemas.
   *
   * @throws IllegalArgumentException if it is not a valid schema; the message says why
   */
  static CheckedSchema of(String text) {
    JsonNode node;
    try {
      node = STRICT.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the schema is no JSON: " + Quote.of(e.getOriginalMessage()), e);
    }
    if (!node.isObject() && !node.isBoolean()) {
      throw new IllegalArgumentException(
          "the schema is "
              + node.getNodeType().name().toLowerCase(Locale.ROOT)
              + ", not an object such as {\"type\": \"object\"}");
    }
    try {
      checkAgainstItsOwn(node);
      Schema schema = registry().getSchema(node);
      schema.initializeValidators();
      return new CheckedSchema(schema);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new IllegalArgumentException("the schema cannot be used: " + Quote.of(e.toString()), e);
    }
  }

  private static SchemaRegistry registry() {
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12,
        builder ->
            builder
                .schemaRegistryConfig(
                    SchemaRegistryConfig.builder()
                        .regularExpressionFactory(new BoundedExpressions())
                        .locale(Locale.ROOT)
                        .build())
                .schemaLoader(
                    loader ->
                        loader
                            .fetchRemoteResources(false)
                            .block(
                                iri ->
                                    !iri.toString().startsWith("https://json-schema.org/")
                                        && !iri.toString().startsWith("http://json-schema.org/"))));
  }

  private static void checkAgainstItsOwn(JsonNode node) {
    String dialect = node.path("$schema").asText(SpecificationVersion.DRAFT_2020_12.getDialectId());
    Schema schemas = registry().getSchema(SchemaLocation.of(dialect));
    List<Error> errors = schemas.validate(node.toString(), InputFormat.JSON);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException("the schema is none: " + said(errors.get(0)));
    }
  }

  /**
   * What is wrong with a value.
   *
   * @return empty if nothing is
   */
  String problem(JsonNode value) {
    List<Error> errors = schema.validate(value);
    return errors.isEmpty() ? "" : said(errors.get(0));
  }

  private static String said(Error error) {
    String where = error.getInstanceLocation().toString();
    return (where.isEmpty() ? "" : where + ": ") + Quote.of(error.getMessage());
  }
}
