/**
 * Owns automatic differentiation of objectives: a record of arrays in, a formula over tensors of
 * the same names, a record of gradients out. It runs on the compute thread, so that objectives know
 * neither threads nor models.
 */
package org.rlhfstreams.learner.autograd;
