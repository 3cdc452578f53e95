/** Owns starting, running and stopping: threads whose failure is heard, and orderly shutdown. */
package org.rlhfstreams.service.lifecycle;
