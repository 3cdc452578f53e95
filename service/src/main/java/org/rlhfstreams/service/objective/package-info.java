/**
 * The registry of objectives: what is known of each before anything is loaded. Configuration,
 * commands, readers of the log and the learner ask here instead of telling objectives apart by
 * name. Depends on nothing; the learner binds each entry to its trainer.
 */
package org.rlhfstreams.service.objective;
