/** Owns where a run stands by its log, and what everybody in it waits for. */
package org.rlhfstreams.cli.status;
