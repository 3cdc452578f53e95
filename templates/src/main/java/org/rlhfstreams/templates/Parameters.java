package org.rlhfstreams.templates;

import java.util.List;

/** The parameters of a macro; a default is null where there is none. */
record Parameters(List<String> names, List<Expression> defaults) {
  static final Parameters NONE = new Parameters(List.of(), List.of());
}
