/**
 * Owns how a refusal looks on the wire: problem+json (RFC 9457). Everything here may use it; it
 * uses nothing of this module.
 */
package org.rlhfstreams.people.problems;
