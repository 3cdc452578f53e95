/**
 * Owns catching up with an annotation tool by its API: reads its annotations and hands them to the
 * HTTP API of the role people, as a client of both. Uses the formats of {@code integrations}.
 */
package org.rlhfstreams.people.sync;
