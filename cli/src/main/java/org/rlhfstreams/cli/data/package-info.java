/** Owns data files: reading them into events. */
package org.rlhfstreams.cli.data;
