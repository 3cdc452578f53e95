/**
 * Owns Jinja2 as Hugging Face chat templates use it, with Python's own text for every value: lexer,
 * parser, expressions, statements, filters, tests and methods. A template sees only maps, lists,
 * texts, numbers, booleans and null, and is held to {@link RenderLimits}. Uses the JDK alone; knows
 * nothing of tokenizers and models.
 */
package org.rlhfstreams.templates;
