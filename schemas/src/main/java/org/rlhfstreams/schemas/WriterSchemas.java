package org.rlhfstreams.schemas;

import org.apache.avro.Schema;

/** The schemas that records were written with. */
@FunctionalInterface
public interface WriterSchemas {
  /**
   * The schema of an id.
   *
   * @throws UndecodableException if the registry knows no such schema
   * @throws RegistryUnavailableException if the registry cannot be asked now
   */
  Schema byId(int id) throws UndecodableException;
}
