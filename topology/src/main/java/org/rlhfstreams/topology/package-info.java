/**
 * Owns what all topologies share: reading events from bytes, refusing records, and which of
 * people's answers count.
 */
package org.rlhfstreams.topology;
