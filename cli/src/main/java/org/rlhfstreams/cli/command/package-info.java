/** Owns the commands, a class each. */
package org.rlhfstreams.cli.command;
