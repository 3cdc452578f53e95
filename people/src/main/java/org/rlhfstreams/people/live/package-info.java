/**
 * Owns what the log says now: followers that read topics from their beginning into views of bounded
 * size, and the feed of what is new. Uses nothing else of this module.
 */
package org.rlhfstreams.people.live;
