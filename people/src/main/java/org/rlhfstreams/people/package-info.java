/**
 * Owns what people and applications reach over HTTP: the API, its access rules, and the pages.
 * Reads and writes events; knows no model.
 */
package org.rlhfstreams.people;
