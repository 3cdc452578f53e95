package org.rlhfstreams.people.access;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may call what, by the operation's id in the OpenAPI document. An operation that is not here
 * is nobody's: the server does not start with one.
 */
public final class AccessTable {
  private static final Map<String, Set<PersonRole>> ROLES = new LinkedHashMap<>();
  private static final Set<String> OPEN = Set.of("getDocument", "createSession", "deleteSession");

  static {
    allow("getDocument", PersonRole.values());
    allow("createSession", PersonRole.values());
    allow("deleteSession", PersonRole.values());
    allow("getSession", PersonRole.values());
    allow("nextComparison", PersonRole.ANNOTATOR);
    allow("submitJudgement", PersonRole.ANNOTATOR);
    allow("withdrawJudgement", PersonRole.ANNOTATOR);
    allow("listMyJudgements", PersonRole.ANNOTATOR);
    allow("publishPreference", PersonRole.APPLICATION);
    allow("publishPreferences", PersonRole.APPLICATION);
    allow("publishPrompts", PersonRole.APPLICATION);
    allow("receiveArgilla", PersonRole.APPLICATION);
    allow("receiveLabelStudio", PersonRole.APPLICATION);
    allow("exportArgilla", PersonRole.VIEWER);
    allow("exportLabelStudio", PersonRole.VIEWER);
    allow("listRollouts", PersonRole.VIEWER);
    allow("listRolloutsOfPrompt", PersonRole.VIEWER);
    allow("getStatus", PersonRole.VIEWER);
    allow("getMetrics", PersonRole.VIEWER);
    allow("listAnnotators", PersonRole.VIEWER);
    allow("listDeadLetters", PersonRole.VIEWER);
    allow("streamEvents", PersonRole.VIEWER);
    allow("control");
    allow("withdrawAnnotator");
  }

  private AccessTable() {}

  private static void allow(String operation, PersonRole... roles) {
    Set<PersonRole> allowed = EnumSet.of(PersonRole.ADMIN, roles);
    if (ROLES.put(operation, allowed) != null) {
      throw new IllegalStateException(operation + " has two rows");
    }
  }

  /** Ids of all operations. */
  public static Set<String> operations() {
    return Set.copyOf(ROLES.keySet());
  }

  /** Whether someone of that role may call the operation. */
  public static boolean allows(PersonRole role, String operation) {
    return ROLES.getOrDefault(operation, Set.of()).contains(role);
  }

  /** Whether even who says no name may call the operation. */
  public static boolean isOpen(String operation) {
    return OPEN.contains(operation);
  }
}
