package org.rlhfstreams.model.template;

/** What {@code value is name(arguments)} asks. */
interface ValueTest {
  boolean test(Object value, Arguments arguments);
}
