/**
 * Owns the formats of annotation tools: their webhooks and exports in, their import formats out.
 * Uses {@code live} for the names of tasks, and {@code problems}; publishes nothing itself.
 */
package org.rlhfstreams.people.integrations;
