/** Owns reading topics from a start to an end. */
package org.rlhfstreams.service.log;
