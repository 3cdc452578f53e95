package org.rlhfstreams.people.api;

import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorErrorType;
import io.vertx.openapi.validation.ValidatorException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlhfstreams.people.problems.ProblemException;

/** Finds out which field a validator complains of. */
final class FaultyField {
  private static final String BODY = "body";
  private static final Pattern QUOTED = Pattern.compile("property \"([^\"]{1,100})\"");
  private static final Pattern PARAMETER =
      Pattern.compile("(?:query|path|header|cookie) parameter ([A-Za-z-]+)");
  private static final int LONGEST_DETAIL = 300;

  private FaultyField() {}

  static ProblemException of(SchemaValidationException unfit) {
    Matcher parameter = PARAMETER.matcher(unfit.getMessage());
    OutputUnit unit = unfit.getOutputUnit();
    if (parameter.find()) {
      return ProblemException.at(
          parameter.group(1), 400, "Not in order", detail(deepest(unit).getError()));
    }
    return of(unit);
  }

  /** A body, or a part of one, that does not fit its schema. */
  static ProblemException of(OutputUnit unit) {
    OutputUnit deepest = deepest(unit);
    return ProblemException.at(field(deepest), 400, "Not in order", detail(deepest.getError()));
  }

  static ProblemException of(ValidatorException unfit) {
    Matcher parameter = PARAMETER.matcher(String.valueOf(unfit.getMessage()));
    if (parameter.find()) {
      return ProblemException.at(
          parameter.group(1), 400, "Not in order", "it is missing or cannot be read");
    }
    if (unfit.type() == ValidatorErrorType.UNSUPPORTED_VALUE_FORMAT) {
      return ProblemAnswers.ofStatus(415);
    }
    return ProblemException.at(BODY, 400, "Not in order", "the body is missing or no JSON object");
  }

  /** The complaint that names the innermost part, of equals the first. */
  private static OutputUnit deepest(OutputUnit unit) {
    OutputUnit deepest = unit;
    List<OutputUnit> errors = unit.getErrors();
    if (errors != null) {
      for (OutputUnit error : errors) {
        OutputUnit candidate = deepest(error);
        if (deepest == unit || depth(candidate) > depth(deepest)) {
          deepest = candidate;
        }
      }
    }
    return deepest;
  }

  private static long depth(OutputUnit unit) {
    String location = unit.getInstanceLocation();
    return location == null ? 0 : location.chars().filter(c -> c == '/').count();
  }

  private static String field(OutputUnit unit) {
    String location = unit.getInstanceLocation() == null ? "" : unit.getInstanceLocation();
    String path = location.replaceFirst("^#?/?", "").replace('/', '.');
    Matcher named = QUOTED.matcher(String.valueOf(unit.getError()));
    if (named.find() && !path.endsWith(named.group(1))) {
      path = path.isEmpty() ? named.group(1) : path + "." + named.group(1);
    }
    return path.isEmpty() ? BODY : path;
  }

  private static String detail(String error) {
    String text = error == null ? "it does not fit the OpenAPI document" : error;
    return text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) + "…" : text;
  }
}
