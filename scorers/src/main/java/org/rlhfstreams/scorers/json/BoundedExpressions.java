package org.rlhfstreams.scorers.json;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import org.rlhfstreams.scorers.rules.BoundedPattern;

/** Gives the patterns of a schema to an engine that never backtracks. */
final class BoundedExpressions implements RegularExpressionFactory {
  @Override
  public RegularExpression getRegularExpression(String regex) {
    return BoundedPattern.compile(regex)::occursIn;
  }
}
