package org.rlhfstreams.model.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.model.ModelException;

/**
 * The JSON header of a safetensors file, checked: tensors lie one behind the other, each as long as
 * its shape and type say, to the end of the file.
 *
 * @param metadata texts about the file; empty where the header has none
 * @param tensors by name, in the order of the header
 */
record SafetensorsHeader(
    Optional<Map<String, String>> metadata, Map<String, StoredTensor> tensors) {
  private static final String METADATA = "__metadata__";

  /**
   * Reads a header.
   *
   * @param file for messages
   * @param dataLength bytes behind the header
   * @throws ModelException naming the file, the tensor and what to do
   */
  static SafetensorsHeader read(Object file, byte[] bytes, long dataLength) {
    return new Parser(file).parse(bytes, dataLength);
  }

  static ModelException corrupt(Object file, String problem) {
    return new ModelException(file + " is corrupt: it " + problem + "; fetch or write it again");
  }

  private record Parser(Object file) {
    SafetensorsHeader parse(byte[] bytes, long dataLength) {
      JsonNode json = json(bytes);
      Optional<Map<String, String>> metadata = Optional.empty();
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (field.getKey().equals(METADATA)) {
          metadata = Optional.of(metadata(field.getValue()));
        } else {
          tensors.put(field.getKey(), tensor(field.getKey(), field.getValue()));
        }
      }
      requireContiguous(tensors, dataLength);
      return new SafetensorsHeader(metadata, tensors);
    }

    private JsonNode json(byte[] bytes) {
      try {
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        JsonNode json = JsonFiles.STRICT.readTree(text);
        if (!json.isObject()) {
          throw corrupt(file, "has a header that is not a JSON object");
        }
        return json;
      } catch (CharacterCodingException e) {
        throw new ModelException(
            file + " is corrupt: its header is not UTF-8; fetch or write it again", e);
      } catch (JsonProcessingException e) {
        throw new ModelException(
            "%s is corrupt: its header is not JSON (%s); fetch or write it again"
                .formatted(file, e.getOriginalMessage()),
            e);
      }
    }

    private Map<String, String> metadata(JsonNode json) {
      Map<String, String> metadata = new LinkedHashMap<>();
      if (!json.isObject()) {
        throw corrupt(file, "has a " + METADATA + " that is not an object of texts");
      }
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (!field.getValue().isTextual()) {
          throw corrupt(file, "has a %s whose %s is no text".formatted(METADATA, field.getKey()));
        }
        metadata.put(field.getKey(), field.getValue().asText());
      }
      return metadata;
    }

    private StoredTensor tensor(String name, JsonNode json) {
      JsonNode written = json.path("dtype");
      Optional<ElementType> type =
          written.isTextual() ? ElementType.named(written.asText()) : Optional.empty();
      if (type.isEmpty()) {
        throw corrupt(file, "gives tensor %s the unknown dtype %s".formatted(name, written));
      }
      List<Long> shape = numbers(name, json, "shape");
      List<Long> offsets = numbers(name, json, "data_offsets");
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw corrupt(
            file,
            "gives tensor %s the data_offsets %s, not a start and an end".formatted(name, offsets));
      }
      StoredTensor tensor =
          new StoredTensor(name, type.get(), shape, offsets.get(0), offsets.get(1));
      if (!fits(tensor)) {
        throw corrupt(
            file,
            String.format(
                Locale.ROOT,
                "gives tensor %s of shape %s and type %s the bytes %d to %d",
                name,
                shape,
                tensor.type(),
                tensor.start(),
                tensor.end()));
      }
      return tensor;
    }

    private List<Long> numbers(String name, JsonNode json, String field) {
      List<Long> numbers = new ArrayList<>();
      for (JsonNode element : json.path(field)) {
        if (!element.isIntegralNumber() || !element.canConvertToLong() || element.asLong() < 0) {
          throw corrupt(file, "gives tensor %s the %s %s".formatted(name, field, json.path(field)));
        }
        numbers.add(element.asLong());
      }
      if (!json.path(field).isArray()) {
        throw corrupt(file, "gives tensor %s no %s".formatted(name, field));
      }
      return numbers;
    }

    private static boolean fits(StoredTensor tensor) {
      try {
        return tensor.bytes() == tensor.type().bytes(tensor.elements());
      } catch (ArithmeticException e) {
        return false;
      }
    }

    private void requireContiguous(Map<String, StoredTensor> tensors, long dataLength) {
      List<StoredTensor> ordered = new ArrayList<>(tensors.values());
      ordered.sort(
          Comparator.comparingLong(StoredTensor::start).thenComparingLong(StoredTensor::end));
      long at = 0;
      for (StoredTensor tensor : ordered) {
        if (tensor.start() != at || tensor.end() > dataLength) {
          throw corrupt(
              file,
              String.format(
                  Locale.ROOT,
                  "places tensor %s at bytes %d to %d, but bytes %d to %d are what follows",
                  tensor.name(),
                  tensor.start(),
                  tensor.end(),
                  at,
                  dataLength));
        }
        at = tensor.end();
      }
      if (at != dataLength) {
        throw corrupt(file, "has " + (dataLength - at) + " bytes that no tensor owns");
      }
    }
  }
}
