/**
 * Owns the contract of the log: the topics and their settings, the events' serialisation, and the
 * rules by which schemas may change. The event classes themselves are generated into {@code
 * org.rlhfstreams.events}.
 */
package org.rlhfstreams.schemas;
