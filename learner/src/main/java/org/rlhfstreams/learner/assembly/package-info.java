/**
 * The learner's side of the registry of objectives: which trainer an objective has, and how models
 * and trainer are made from the configuration. Knows no Kafka; the loop and its sources are put
 * around the trainer elsewhere.
 */
package org.rlhfstreams.learner.assembly;
