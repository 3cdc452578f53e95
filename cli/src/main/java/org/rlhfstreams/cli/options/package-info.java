/** Owns what commands share in their options: how flags become configuration. */
package org.rlhfstreams.cli.options;
