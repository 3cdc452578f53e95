/** Owns text for terminals that every module may write: tables, durations, progress in lines. */
package org.rlhfstreams.common.terminal;
