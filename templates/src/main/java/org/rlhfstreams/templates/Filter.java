package org.rlhfstreams.templates;

/** What {@code value|name(arguments)} does. */
interface Filter {
  Object apply(Object value, Arguments arguments);
}
