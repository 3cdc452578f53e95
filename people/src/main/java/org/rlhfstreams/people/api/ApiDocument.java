package org.rlhfstreams.people.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The OpenAPI document, as it is served and as requests are validated against it. */
public final class ApiDocument {
  /** Where the API lies. */
  public static final String BASE = "/api/v1";

  private static final String RESOURCE = "/openapi.yaml";

  private final JsonObject document;

  private ApiDocument(JsonObject document) {
    this.document = document;
  }

  /** Reads it from the class path. */
  public static ApiDocument load() {
    try (InputStream in = ApiDocument.class.getResourceAsStream(RESOURCE)) {
      Map<?, ?> read = new ObjectMapper(new YAMLFactory()).readValue(in, Map.class);
      return new ApiDocument(new JsonObject(new ObjectMapper().writeValueAsString(read)));
    } catch (IOException e) {
      throw new UncheckedIOException("the class path lacks " + RESOURCE, e);
    }
  }

  /** As it is served. */
  public JsonObject json() {
    return document.copy();
  }

  /**
   * As the library takes it, which knows fewer media types: a problem is JSON to it, and of a
   * stream it knows nothing. Nor does it take a server without a host.
   */
  public Future<OpenAPIContract> contract(Vertx vertx) {
    JsonObject known = document.copy();
    known.put("servers", new JsonArray().add(new JsonObject().put("url", "http://host" + BASE)));
    JsonObject paths = known.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      for (String method : paths.getJsonObject(path).fieldNames()) {
        JsonObject responses =
            paths.getJsonObject(path).getJsonObject(method).getJsonObject("responses");
        responses.fieldNames().forEach(status -> adapt(responses.getJsonObject(status)));
      }
    }
    JsonObject shared = known.getJsonObject("components").getJsonObject("responses");
    shared.fieldNames().forEach(name -> adapt(shared.getJsonObject(name)));
    return OpenAPIContract.from(vertx, known);
  }

  /** A validator of one of the document's schemas, by its name among the components. */
  public Validator validator(String name) {
    JsonObject schemas = document.getJsonObject("components").getJsonObject("schemas");
    JsonObject inlined = inline(schemas.getJsonObject(name), schemas);
    return Validator.create(
        JsonSchema.of(inlined),
        new JsonSchemaOptions()
            .setBaseUri("app://rlhf")
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Basic));
  }

  private static JsonObject inline(JsonObject schema, JsonObject schemas) {
    String reference = schema.getString("$ref");
    if (reference != null) {
      return inline(
          schemas.getJsonObject(reference.substring(reference.lastIndexOf('/') + 1)), schemas);
    }
    JsonObject inlined = new JsonObject();
    for (Map.Entry<String, Object> member : schema) {
      inlined.put(
          member.getKey(),
          member.getValue() instanceof JsonObject inner
              ? inline(inner, schemas)
              : member.getValue());
    }
    return inlined;
  }

  private static void adapt(JsonObject response) {
    JsonObject content = response.getJsonObject("content", new JsonObject());
    for (String type : List.copyOf(content.fieldNames())) {
      if (type.endsWith("+json")) {
        content.put(MediaType.APPLICATION_JSON, content.remove(type));
      } else if (!MediaType.isMediaTypeSupported(type)) {
        response.remove("content");
      }
    }
  }
}
