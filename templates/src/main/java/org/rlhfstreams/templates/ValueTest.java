package org.rlhfstreams.templates;

/** What {@code value is name(arguments)} asks. */
interface ValueTest {
  boolean test(Object value, Arguments arguments);
}
