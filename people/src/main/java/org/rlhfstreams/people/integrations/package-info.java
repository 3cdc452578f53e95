/**
 * Owns the formats of annotation tools: their webhooks in, their import formats out. Uses {@code
 * live} for the ids of revisions, and {@code problems}; publishes nothing itself.
 */
package org.rlhfstreams.people.integrations;
