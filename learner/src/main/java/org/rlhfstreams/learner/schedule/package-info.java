/** Owns how the learning rate moves over a run. */
package org.rlhfstreams.learner.schedule;
