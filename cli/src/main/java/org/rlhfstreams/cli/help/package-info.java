/** Owns what help, pages and completion say of commands: all three from their specifications. */
package org.rlhfstreams.cli.help;
