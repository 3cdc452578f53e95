package org.rlhfstreams.evaluation.result;

/**
 * Two responses to a prompt, judged.
 *
 * @param source the prompt's file and line
 * @param sample which of the prompt's samples, counted from 0
 * @param modelScore by the judge's measure
 * @param baselineScore by the judge's measure
 */
public record JudgedPair(
    String source,
    int sample,
    String prompt,
    String modelResponse,
    String baselineResponse,
    double modelScore,
    double baselineScore,
    Outcome outcome) {}
