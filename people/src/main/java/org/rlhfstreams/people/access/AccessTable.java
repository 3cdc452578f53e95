package org.rlhfstreams.people.access;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who may call what, by the operation's id in the OpenAPI document, which says it: an operation is
 * for admins and for the {@code x-roles} of its tag, and with {@code security: []} for everyone.
 * Without exactly one known tag it is nobody's: the server does not start.
 */
public final class AccessTable {
  private final Map<String, Set<PersonRole>> roles = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  /**
   * @throws IllegalArgumentException if an operation does not have exactly one of the document's
   *     tags
   */
  public AccessTable(JsonObject document) {
    Map<String, Set<PersonRole>> byTag = new HashMap<>();
    for (Object entry : document.getJsonArray("tags")) {
      JsonObject tag = (JsonObject) entry;
      byTag.put(tag.getString("name"), roles(tag.getJsonArray("x-roles", JsonArray.of())));
    }
    for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
      for (Map.Entry<String, Object> method : (JsonObject) path.getValue()) {
        add((JsonObject) method.getValue(), byTag);
      }
    }
  }

  private static Set<PersonRole> roles(JsonArray names) {
    Set<PersonRole> roles = EnumSet.of(PersonRole.ADMIN);
    names.forEach(name -> roles.add(PersonRole.named((String) name)));
    return roles;
  }

  private void add(JsonObject operation, Map<String, Set<PersonRole>> byTag) {
    String id = operation.getString("operationId");
    JsonArray tags = operation.getJsonArray("tags", JsonArray.of());
    if (tags.size() != 1 || !byTag.containsKey(tags.getString(0))) {
      throw new IllegalArgumentException(
          "operation %s has the tags %s: give it one of %s".formatted(id, tags, byTag.keySet()));
    }
    roles.put(id, byTag.get(tags.getString(0)));
    JsonArray security = operation.getJsonArray("security");
    if (security != null && security.isEmpty()) {
      open.add(id);
    }
  }

  /** Whether someone of that role may call the operation. */
  public boolean allows(PersonRole role, String operation) {
    return roles.getOrDefault(operation, Set.of()).contains(role);
  }

  /** Whether even a caller without a name may call the operation. */
  public boolean isOpen(String operation) {
    return open.contains(operation);
  }
}
