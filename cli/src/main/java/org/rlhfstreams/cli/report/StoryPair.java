package org.rlhfstreams.cli.report;

/** The same prompt and the same random draws, before and after training. */
public record StoryPair(String prompt, String before, String after) {}
