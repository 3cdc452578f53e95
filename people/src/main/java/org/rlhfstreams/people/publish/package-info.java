/**
 * Owns what goes into the log: one producer, the rule that each id counts once, and the rule which
 * revision of an annotation counts. Uses the views and followers of {@code live}, the revisions of
 * {@code integrations}, and {@code problems}.
 */
package org.rlhfstreams.people.publish;
