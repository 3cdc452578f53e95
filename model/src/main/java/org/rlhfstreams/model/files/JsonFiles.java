package org.rlhfstreams.model.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rlhfstreams.model.ModelException;

/** JSON files of a model directory, with errors that name the file. */
final class JsonFiles {
  static final ObjectMapper MAPPER = new ObjectMapper();

  /** Refuses a key that comes twice, and anything behind the value. */
  static final ObjectMapper STRICT =
      new ObjectMapper(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonFiles() {}

  static JsonNode readObject(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          file
              + " does not exist: a model is a directory with config.json, model.safetensors and"
              + " tokenizer.json");
    }
    try {
      JsonNode json = MAPPER.readTree(file.toFile());
      if (json == null || !json.isObject()) {
        throw new ModelException(file + " is not a JSON object");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new ModelException(file + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ModelException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
