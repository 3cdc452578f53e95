/**
 * Owns the process that hosts the topologies: admission and statistics, and with people their
 * questions and answers. It reads the policy's tokenizer and chat template, and no weights.
 */
package org.rlhfstreams.controller;
