/**
 * Owns the step from readable TorchScript text to a module that runs in PyTorch: the archive format
 * and the calling convention. Knows nothing of language models.
 */
package org.rlhfstreams.model.torchscript;
