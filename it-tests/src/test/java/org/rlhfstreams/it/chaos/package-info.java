/**
 * A run that is struck again and again: who starts and strikes its processes, the network and disks
 * between them, and the diary of what happened.
 */
package org.rlhfstreams.it.chaos;
