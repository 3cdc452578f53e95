/**
 * Owns the step from text to text: prompts become tokens, drawn tokens become text that stops where
 * it was asked to. May touch {@code model.text}, {@code model.generation}, {@code model.decoder}
 * and {@code model.files}; no Kafka, no HTTP.
 */
package org.rlhfstreams.model.completion;
