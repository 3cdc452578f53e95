/** Owns what every module may use: the exception that explains itself to a user. */
package org.rlhfstreams.common;
