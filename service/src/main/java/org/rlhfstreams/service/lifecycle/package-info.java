/**
 * Owns starting, running and stopping: threads whose failure is heard, trying again, and an orderly
 * shutdown within a budget. May touch {@code service.access}, for the names of roles.
 */
package org.rlhfstreams.service.lifecycle;
