package org.rlhfstreams.topology.comparisons;

import org.rlhfstreams.events.Choice;

/**
 * A question whose right answer is known, to learn by who answers well.
 *
 * @param prompt as people see it
 * @param first one response
 * @param second the other response
 * @param expected the right answer
 */
public record GoldQuestion(String prompt, String first, String second, Choice expected) {}
