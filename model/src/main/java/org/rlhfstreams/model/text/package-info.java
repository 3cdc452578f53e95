/** Owns text: tokenizers, chat templates, and turning a stream of tokens into a stream of text. */
package org.rlhfstreams.model.text;
