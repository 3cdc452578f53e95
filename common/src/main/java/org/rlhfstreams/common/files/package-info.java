/**
 * Owns how files are changed so that a crash or a second process leaves the old or the new, whole:
 * synced operations and locks.
 */
package org.rlhfstreams.common.files;
