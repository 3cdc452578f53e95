package org.rlhfstreams.service.ledger;

/** Takes what is known of one identity at a time. */
@FunctionalInterface
public interface FactVisitor {
  /**
   * Takes all facts of one identity.
   *
   * @param facts valid during the call only
   */
  void visit(IdentityFacts facts);
}
