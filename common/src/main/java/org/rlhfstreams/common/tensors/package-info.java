/** Owns how one module hands tensors to another that knows nothing of where they are stored. */
package org.rlhfstreams.common.tensors;
