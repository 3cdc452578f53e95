/** Owns scorers that ask a language model behind an OpenAI-compatible chat endpoint. */
package org.rlhfstreams.scorers.judge;
