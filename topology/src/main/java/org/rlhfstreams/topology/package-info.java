/** Owns what all topologies share: reading events from bytes and refusing records. */
package org.rlhfstreams.topology;
