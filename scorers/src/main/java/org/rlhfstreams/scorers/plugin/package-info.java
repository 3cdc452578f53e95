/** Owns scorers of somebody else's: they run in a process of their own, which may fail. */
package org.rlhfstreams.scorers.plugin;
