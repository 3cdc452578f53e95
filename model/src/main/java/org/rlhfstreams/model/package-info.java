/** Owns what every part of the model module may throw; touches nothing. */
package org.rlhfstreams.model;
