/**
 * Owns the formats of annotation tools: their webhooks in, their import formats out. Uses {@code
 * problems}; publishes nothing itself.
 */
package org.rlhfstreams.people.integrations;
