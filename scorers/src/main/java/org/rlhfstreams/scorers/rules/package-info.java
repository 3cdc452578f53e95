/** Owns scorers that are a rule on one text: exact, contains, regex, length, repetition. */
package org.rlhfstreams.scorers.rules;
