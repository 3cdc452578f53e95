/** Owns the checks of {@code rlhf doctor}: what was measured in, one line each out. */
package org.rlhfstreams.cli.doctor;
