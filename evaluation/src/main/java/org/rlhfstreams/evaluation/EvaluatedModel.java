package org.rlhfstreams.evaluation;

import java.nio.file.Path;

/**
 * A model to measure.
 *
 * @param directory with {@code config.json} and weights
 * @param step of the run that it is a checkpoint of; null where it is none
 */
record EvaluatedModel(Path directory, Long step) {}
