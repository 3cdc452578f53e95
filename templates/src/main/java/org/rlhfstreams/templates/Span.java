package org.rlhfstreams.templates;

/**
 * A part of a text, in code points: the characters of Python and of tokenizers.
 *
 * @param start of its first one
 * @param end behind its last one
 */
public record Span(int start, int end) {}
