package org.rlhfstreams.model.decoder;

/** A number that Java and the script share; the script knows it by its name. */
interface ScriptCode {
  String name();

  /** The number. */
  int code();
}
