/**
 * Owns the HTTP API and the way to the pages: the OpenAPI document, routes made from it, and a
 * class for each resource. Uses all other packages of this module; none uses it.
 */
package org.rlhfstreams.people.api;
