/** Owns what is said about a model directory: facts of its files, and the memory it will need. */
package org.rlhfstreams.cli.info;
