package org.rlhfstreams.templates;

/**
 * A template that cannot be compiled or rendered. The message begins with the name of the error
 * that Python would raise, says what is wrong, and ends with the template's line where it is known.
 */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int UNKNOWN_LINE = 0;

  private final int line;

  TemplateException(String message) {
    this(message, UNKNOWN_LINE);
  }

  TemplateException(String message, int line) {
    super(line == UNKNOWN_LINE ? message : message + " (template line " + line + ")");
    this.line = line;
  }

  static TemplateException syntax(String problem, int line) {
    return new TemplateException("TemplateSyntaxError: " + problem, line);
  }

  static TemplateException type(String problem) {
    return new TemplateException("TypeError: " + problem);
  }

  static TemplateException value(String problem) {
    return new TemplateException("ValueError: " + problem);
  }

  TemplateException at(int knownLine) {
    return line == UNKNOWN_LINE ? new TemplateException(getMessage(), knownLine) : this;
  }
}
