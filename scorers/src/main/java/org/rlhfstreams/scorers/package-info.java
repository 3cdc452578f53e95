/**
 * Owns what a scorer is: texts in, a value or a refusal with its reason out. The packages below own
 * the built-in kinds. Knows no Kafka, no events and no model.
 */
package org.rlhfstreams.scorers;
