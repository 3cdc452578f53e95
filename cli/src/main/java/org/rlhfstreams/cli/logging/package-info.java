/** Owns what a role prints: lines for people, or objects for a collector of logs. */
package org.rlhfstreams.cli.logging;
