/**
 * Owns who may do what over HTTP: tokens, roles, sessions, rates, the headers that protect a
 * browser. Uses {@code problems} alone; knows no events.
 */
package org.rlhfstreams.people.access;
