package org.rlhfstreams.people.integrations;

import java.time.Instant;
import org.rlhfstreams.events.Choice;

/**
 * What an annotation says to one of our questions, which went to the tool as a task.
 *
 * @param comparisonId the question
 * @param annotator the tool and its name for the person: {@code label-studio/3}
 * @param at when it was given, by the tool's clock
 */
public record ToolAnswer(String comparisonId, String annotator, Choice choice, Instant at) {}
