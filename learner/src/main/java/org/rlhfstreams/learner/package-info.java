/** Puts a learner together from its configuration. */
package org.rlhfstreams.learner;
