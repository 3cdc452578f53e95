/**
 * Owns what goes into the log: one producer, and the rule that each id counts once. Uses the views
 * and followers of {@code live}, and {@code problems}.
 */
package org.rlhfstreams.people.publish;
