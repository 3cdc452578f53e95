/**
 * Owns who may do what over HTTP: tokens, roles, sessions, rates, the headers that protect a
 * browser. Uses {@code problems} alone; knows no events.
 *
 * <p>Sessions and CSRF tokens are not those of vertx-web, on purpose. Its SessionHandler opens a
 * session for each request that is asked for one and has no valid cookie, in a store without an
 * upper bound, so that anyone could fill the memory; here only a valid token opens one. Its
 * CSRFHandler takes a token once, which breaks a page that is open in two tabs, and wants a second
 * cookie; here the token is the session's own, and requests with a bearer token need none.
 */
package org.rlhfstreams.people.access;
