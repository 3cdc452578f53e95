package org.rlhfstreams.people.access;

/**
 * One line of the tokens file. The token itself is nowhere.
 *
 * @param name whose it is
 * @param role what they may do
 * @param sha256 of the token, hexadecimal
 * @param created day and time, for people
 */
public record TokenEntry(String name, PersonRole role, String sha256, String created) {}
