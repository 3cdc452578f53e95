/**
 * Owns which question is put before whom: leases, and the order of questions. Uses the views of
 * {@code live}; nothing of it is in the log, and a restart forgets it.
 */
package org.rlhfstreams.people.desk;
