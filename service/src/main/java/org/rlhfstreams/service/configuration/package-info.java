/**
 * The one typed, validated configuration of every process.
 *
 * <p>Owns the sections and their keys, the layers (defaults, file, environment, command line), the
 * error messages of bad settings and the printed form. Touches files and maps only: no Kafka, no
 * model.
 */
package org.rlhfstreams.service.configuration;
