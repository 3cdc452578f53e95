/**
 * Owns the settings of scorers as data: names, defaults, help, checks whose errors name the fix.
 */
package org.rlhfstreams.scorers.settings;
