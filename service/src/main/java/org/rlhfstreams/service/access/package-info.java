/**
 * Owns who may do what on the broker: the roles, the names of their groups and transactions, and
 * the access rules that follow from them. Data only: it asks no broker.
 */
package org.rlhfstreams.service.access;
