/** Owns reading topics from their beginning, for commands that say what has happened. */
package org.rlhfstreams.cli.log;
