/**
 * Owns what every module may use: the exception that explains itself to a user, and digests of what
 * is only compared.
 */
package org.rlhfstreams.common;
