/**
 * Owns the HTTP endpoint that speaks OpenAI's API: requests into completion jobs, completions into
 * answers. Runs on the event loop and never waits. May touch {@code worker.completion}.
 */
package org.rlhfstreams.worker.openai;
