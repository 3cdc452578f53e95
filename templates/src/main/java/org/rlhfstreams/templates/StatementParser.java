package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Parses text, prints and tags into statements. */
final class StatementParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private final TargetParser targets;
  private int openLoops;
  private boolean marksGeneration;

  StatementParser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
    this.targets = new TargetParser(tokens);
  }

  Statement template() {
    return block(Set.of());
  }

  /** Statements up to one of the tags, of which the name is the next token. */
  private Statement block(Set<String> ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (!tokens.current().is(TokenType.END)) {
      Token token = tokens.next();
      if (token.is(TokenType.DATA)) {
        statements.add(new Located(token.line(), text(token.text())));
      } else if (token.is(TokenType.PRINT_BEGIN)) {
        statements.add(new Located(token.line(), print(TokenType.PRINT_END)));
      } else if (ends.contains(tokens.current().text())) {
        tokens.leave();
        return new Sequence(statements);
      } else {
        statements.add(new Located(token.line(), tag()));
      }
    }
    if (!ends.isEmpty()) {
      throw tokens.error("expected " + String.join(" or ", new TreeSet<>(ends)));
    }
    tokens.leave();
    return new Sequence(statements);
  }

  private Statement blockUntil(String end) {
    Statement body = block(Set.of(end));
    tokens.expectName(end);
    endTag();
    return body;
  }

  private void endTag() {
    tokens.expect(TokenType.TAG_END);
  }

  private static Statement text(String text) {
    return (scope, output) -> {
      output.append(text);
      return Statement.Flow.NEXT;
    };
  }

  private Statement print(TokenType end) {
    Expression printed = expressions.tuple();
    tokens.expect(end);
    return printing(printed);
  }

  private static Statement printing(Expression printed) {
    return (scope, output) -> {
      output.append(PythonText.str(printed.evaluate(scope), scope.meter()));
      return Statement.Flow.NEXT;
    };
  }

  private Statement tag() {
    Token name = tokens.current();
    if (!name.is(TokenType.NAME)) {
      throw tokens.error("expected the name of a tag");
    }
    tokens.next();
    return switch (name.text()) {
      case "if" -> conditional();
      case "for" -> loop();
      case "set" -> assignment();
      case "break" -> leave(Statement.Flow.BREAK, name);
      case "continue" -> leave(Statement.Flow.CONTINUE, name);
      case "macro" -> macro();
      case "call" -> call();
      case "filter" -> filter();
      case "with" -> with();
      case "print" -> print(TokenType.TAG_END);
      case "generation" -> generation();
      default ->
          throw TemplateException.syntax(
              "a chat template has no tag '" + name.text() + "' here", name.line());
    };
  }

  private Statement conditional() {
    List<Expression> conditions = new ArrayList<>();
    List<Statement> bodies = new ArrayList<>();
    Statement otherwise = null;
    do {
      conditions.add(expressions.tupleWithoutCondition());
      endTag();
      bodies.add(block(Set.of("elif", "else", "endif")));
    } while (tokens.acceptName("elif"));
    if (tokens.acceptName("else")) {
      endTag();
      otherwise = block(Set.of("endif"));
    }
    tokens.expectName("endif");
    endTag();
    return new Conditional(conditions, bodies, otherwise);
  }

  private Statement loop() {
    AssignmentTarget target = targets.target();
    tokens.expectName("in");
    Expression iterated = expressions.tupleWithoutCondition();
    Expression condition = tokens.acceptName("if") ? expressions.expression() : null;
    boolean recursive = tokens.acceptName("recursive");
    endTag();
    openLoops++;
    Statement body = block(Set.of("else", "endfor"));
    openLoops--;
    Statement otherwise = null;
    if (tokens.acceptName("else")) {
      endTag();
      otherwise = block(Set.of("endfor"));
    }
    tokens.expectName("endfor");
    endTag();
    return new ForLoop(target, iterated, condition, recursive, body, otherwise);
  }

  private Statement leave(Statement.Flow flow, Token tag) {
    if (openLoops == 0) {
      throw TemplateException.syntax("'" + tag.text() + "' outside of a loop", tag.line());
    }
    endTag();
    return (scope, output) -> flow;
  }

  private Statement assignment() {
    AssignmentTarget target = targets.target();
    if (tokens.acceptOperator("=")) {
      Expression value = expressions.tuple();
      endTag();
      return (scope, output) -> {
        target.assign(value.evaluate(scope), scope);
        return Statement.Flow.NEXT;
      };
    }
    List<PostfixExpression.Step> filters = new ArrayList<>();
    while (tokens.acceptOperator("|")) {
      filters.add(expressions.primaries().filter());
    }
    endTag();
    Statement body = blockUntil("endset");
    return new Capture(body, filters, (text, scope, output) -> target.assign(text, scope));
  }

  private Statement filter() {
    List<PostfixExpression.Step> filters = new ArrayList<>();
    do {
      filters.add(expressions.primaries().filter());
    } while (tokens.acceptOperator("|"));
    endTag();
    Statement body = blockUntil("endfilter");
    return new Capture(
        body, filters, (text, scope, output) -> output.append(PythonText.str(text, scope.meter())));
  }

  private Statement with() {
    List<AssignmentTarget> assigned = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.current().is(TokenType.TAG_END)) {
      if (!assigned.isEmpty()) {
        tokens.expectOperator(",");
      }
      assigned.add(targets.target());
      tokens.expectOperator("=");
      values.add(expressions.expression());
    }
    endTag();
    Statement body = blockUntil("endwith");
    return (scope, output) -> {
      Scope inner = scope.child();
      for (int i = 0; i < values.size(); i++) {
        assigned.get(i).assign(values.get(i).evaluate(scope), inner);
      }
      return body.execute(inner, output);
    };
  }

  /** What transformers marks as the assistant's own words; it prints as if unmarked. */
  private Statement generation() {
    endTag();
    marksGeneration = true;
    Statement body = functionBody("endgeneration");
    return (scope, output) -> {
      TextBuilder captured = new TextBuilder(scope.meter());
      Statement.Flow flow = body.execute(scope.child(), captured);
      String text = captured.toString();
      scope.generated().add(text);
      output.append(text);
      return flow;
    };
  }

  /** Whether what was parsed has a {@code generation} block. */
  boolean marksGeneration() {
    return marksGeneration;
  }

  private Statement macro() {
    String name = targets.name();
    tokens.expectOperator("(");
    Macro macro = macro(name, parameters(), "endmacro");
    return (scope, output) -> {
      scope.set(name, macro.in(scope));
      return Statement.Flow.NEXT;
    };
  }

  private Statement call() {
    Parameters parameters = tokens.acceptOperator("(") ? parameters() : Parameters.NONE;
    if (!(expressions.expression() instanceof PostfixExpression called) || !called.endsInCall()) {
      throw tokens.error("expected a call");
    }
    Macro caller = macro(Macro.CALLER, parameters, "endcall");
    return printing(scope -> called.evaluateWithCaller(scope, caller.in(scope)));
  }

  private Macro macro(String name, Parameters parameters, String end) {
    endTag();
    Set<String> readBefore = new HashSet<>(expressions.namesRead());
    expressions.namesRead().clear();
    Statement body = functionBody(end);
    Set<String> readByBody = Set.copyOf(expressions.namesRead());
    expressions.namesRead().addAll(readBefore);
    return new Macro(name, parameters, body, readByBody);
  }

  /** A body that no loop around it may be left from. */
  private Statement functionBody(String end) {
    int loopsAround = openLoops;
    openLoops = 0;
    Statement body = blockUntil(end);
    openLoops = loopsAround;
    return body;
  }

  private Parameters parameters() {
    List<String> names = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    while (!tokens.acceptOperator(")")) {
      if (!names.isEmpty()) {
        tokens.expectOperator(",");
      }
      names.add(targets.name());
      boolean hasDefault = tokens.acceptOperator("=");
      if (!hasDefault && !defaults.isEmpty() && defaults.get(defaults.size() - 1) != null) {
        throw tokens.error("non-default argument follows default argument");
      }
      defaults.add(hasDefault ? expressions.expression() : null);
    }
    return new Parameters(names, defaults);
  }
}
