package org.rlhfstreams.embedded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaParseException;

/** Schemas, their ids, the versions of each subject, and the rule of compatibility. */
final class SubjectTable {
  private final Map<Integer, Schema> byId = new LinkedHashMap<>();
  private final Map<String, List<Integer>> subjects = new TreeMap<>();
  private final Map<String, String> levels = new TreeMap<>();
  private String globalLevel = "BACKWARD";

  static Schema parse(String text) {
    try {
      return new Schema.Parser().parse(text);
    } catch (SchemaParseException e) {
      throw new RegistryRefusal(422, 42201, "Invalid schema: " + e.getMessage());
    }
  }

  Set<String> subjects() {
    return subjects.keySet();
  }

  List<Integer> versions(String subject) {
    List<Integer> ids = subjects.get(subject);
    if (ids == null) {
      throw new RegistryRefusal(404, 40401, "Subject '" + subject + "' not found.");
    }
    return ids;
  }

  Schema schema(int id) {
    Schema schema = byId.get(id);
    if (schema == null) {
      throw new RegistryRefusal(404, 40403, "Schema " + id + " not found");
    }
    return schema;
  }

  Optional<Integer> idOf(Schema schema) {
    return byId.entrySet().stream()
        .filter(entry -> entry.getValue().equals(schema))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The id that a schema would get in a subject; refuses one that breaks the subject's level. */
  int admit(String subject, Schema schema) {
    Optional<Integer> known = idOf(schema);
    if (known.isPresent() && subjects.getOrDefault(subject, List.of()).contains(known.get())) {
      return known.get();
    }
    if (!compatible(subject, schema)) {
      throw new RegistryRefusal(
          409,
          409,
          "Schema being registered is incompatible with an earlier schema for subject \""
              + subject
              + "\" (compatibility "
              + level(subject)
              + ")");
    }
    return known.orElseGet(() -> byId.keySet().stream().mapToInt(id -> id).max().orElse(0) + 1);
  }

  void add(String subject, int id, Schema schema) {
    byId.put(id, schema);
    List<Integer> ids = subjects.computeIfAbsent(subject, name -> new ArrayList<>());
    if (!ids.contains(id)) {
      ids.add(id);
    }
  }

  boolean compatible(String subject, Schema schema) {
    List<Integer> ids = subjects.get(subject);
    if (ids == null || ids.isEmpty()) {
      return true;
    }
    String level = level(subject);
    List<Integer> compared =
        level.endsWith("_TRANSITIVE") ? ids : ids.subList(ids.size() - 1, ids.size());
    return compared.stream().map(byId::get).allMatch(earlier -> fits(level, schema, earlier));
  }

  private static boolean fits(String level, Schema schema, Schema earlier) {
    return switch (level.replace("_TRANSITIVE", "")) {
      case "NONE" -> true;
      case "FORWARD" -> reads(earlier, schema);
      case "FULL" -> reads(earlier, schema) && reads(schema, earlier);
      default -> reads(schema, earlier);
    };
  }

  private static boolean reads(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
        == SchemaCompatibilityType.COMPATIBLE;
  }

  String level(String subject) {
    return levels.getOrDefault(subject, globalLevel);
  }

  Optional<String> ownLevel(String subject) {
    return Optional.ofNullable(levels.get(subject));
  }

  String globalLevel() {
    return globalLevel;
  }

  void setLevel(String subject, String level) {
    if (subject.isEmpty()) {
      globalLevel = level;
    } else {
      levels.put(subject, level);
    }
  }
}
