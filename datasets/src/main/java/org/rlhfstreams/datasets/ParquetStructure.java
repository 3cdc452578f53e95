package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;

/**
 * Structs, lists and maps of Parquet. Lists are read in all layouts of the format's specification,
 * those of older writers too (Avro, Thrift, Hive, Spark).
 */
final class ParquetStructure {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ParquetStructure() {}

  /** A struct, with null for each field that has no value. */
  static ObjectNode object(Group group) {
    ObjectNode object = JSON.objectNode();
    GroupType type = group.getType();
    for (int field = 0; field < type.getFieldCount(); field++) {
      object.set(type.getFieldName(field), field(group, field));
    }
    return object;
  }

  private static JsonNode field(Group group, int field) {
    if (group.getType().getType(field).isRepetition(Type.Repetition.REPEATED)) {
      // In no list: a list by itself, of values that are all there.
      ArrayNode array = JSON.arrayNode();
      for (int i = 0; i < group.getFieldRepetitionCount(field); i++) {
        array.add(value(group, field, i));
      }
      return array;
    }
    return optional(group, field);
  }

  private static JsonNode optional(Group group, int field) {
    return group.getFieldRepetitionCount(field) == 0 ? JSON.nullNode() : value(group, field, 0);
  }

  private static JsonNode value(Group group, int field, int index) {
    Type type = group.getType().getType(field);
    if (type.isPrimitive()) {
      return ParquetValues.value(group, field, index, type.asPrimitiveType());
    }
    Group inner = group.getGroup(field, index);
    if (type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation
        && hasOneRepeatedField(inner)) {
      return list(inner);
    }
    if ((type.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation
            || type.getLogicalTypeAnnotation() instanceof MapKeyValueTypeAnnotation)
        && hasOneRepeatedField(inner)) {
      return map(inner);
    }
    return object(inner);
  }

  private static boolean hasOneRepeatedField(Group group) {
    GroupType type = group.getType();
    return type.getFieldCount() == 1 && type.getType(0).isRepetition(Type.Repetition.REPEATED);
  }

  private static ArrayNode list(Group group) {
    ArrayNode array = JSON.arrayNode();
    boolean wrapped = wrapsElements(group.getType());
    for (int i = 0; i < group.getFieldRepetitionCount(0); i++) {
      array.add(wrapped ? field(group.getGroup(0, i), 0) : value(group, 0, i));
    }
    return array;
  }

  /**
   * Whether the repeated field of a list is a wrapper around an element, as writers of today have
   * it; else it is the element. These are the backward-compatibility rules of the specification.
   */
  private static boolean wrapsElements(GroupType list) {
    Type repeated = list.getType(0);
    if (repeated.isPrimitive()) {
      return false;
    }
    GroupType group = repeated.asGroupType();
    String name = group.getName();
    return group.getFieldCount() == 1
        && !group.getType(0).isRepetition(Type.Repetition.REPEATED)
        && !name.equals("array")
        && !name.equals(list.getName() + "_tuple");
  }

  /** A map, as an object: its keys become texts. */
  private static ObjectNode map(Group group) {
    ObjectNode object = JSON.objectNode();
    for (int i = 0; i < group.getFieldRepetitionCount(0); i++) {
      Group entry = group.getGroup(0, i);
      JsonNode value = entry.getType().getFieldCount() > 1 ? field(entry, 1) : JSON.nullNode();
      object.set(field(entry, 0).asText(), value);
    }
    return object;
  }
}
