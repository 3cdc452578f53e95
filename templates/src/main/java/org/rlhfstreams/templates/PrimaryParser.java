package org.rlhfstreams.templates;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Parses what operators stand between: literals and names, with signs, calls, filters and tests.
 */
final class PrimaryParser {
  private static final Set<TokenType> TEST_ARGUMENTS =
      Set.of(TokenType.NAME, TokenType.STRING, TokenType.INTEGER, TokenType.FLOAT);
  private static final Set<String> AFTER_TEST = Set.of("else", "or", "and");

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private final SubscriptParser subscripts;

  PrimaryParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
    this.subscripts = new SubscriptParser(tokens, expressions);
  }

  /** A primary with its sign, what follows it, and filters. */
  Expression unary() {
    Expression base = signed();
    List<PostfixExpression.Step> steps = new ArrayList<>();
    addPostfix(steps);
    addFilters(steps);
    return steps.isEmpty() ? base : new PostfixExpression(base, steps);
  }

  private Expression signed() {
    boolean negative = tokens.acceptOperator("-");
    if (!negative && !tokens.acceptOperator("+")) {
      return primary();
    }
    tokens.enter();
    Expression operand = withPostfix(signed());
    tokens.leave();
    return negative
        ? scope -> Arithmetic.negate(operand.evaluate(scope), scope.meter())
        : scope -> Numbers.number(operand.evaluate(scope));
  }

  private Expression withPostfix(Expression base) {
    List<PostfixExpression.Step> steps = new ArrayList<>();
    addPostfix(steps);
    return steps.isEmpty() ? base : new PostfixExpression(base, steps);
  }

  private Expression primary() {
    Token token = tokens.current();
    return switch (token.type()) {
      case NAME -> name(tokens.next().text());
      case STRING -> string();
      case INTEGER -> constant(integer(tokens.next()));
      case FLOAT -> constant(Double.valueOf(tokens.next().text()));
      default -> bracketed();
    };
  }

  private Expression name(String name) {
    return switch (name) {
      case "true", "True" -> constant(true);
      case "false", "False" -> constant(false);
      case "none", "None" -> constant(null);
      default -> {
        expressions.namesRead().add(name);
        yield scope -> scope.get(name);
      }
    };
  }

  private static Expression constant(Object value) {
    return scope -> value;
  }

  private Expression string() {
    StringBuilder joined = new StringBuilder();
    while (tokens.current().is(TokenType.STRING)) {
      joined.append(tokens.next().text());
    }
    return constant(joined.toString());
  }

  /** An integer after a dot. */
  Expression index() {
    return constant(integer(tokens.expect(TokenType.INTEGER)));
  }

  private static Object integer(Token token) {
    String digits = token.text();
    if (digits.length() > Numbers.MAXIMUM_DIGITS) {
      throw TemplateException.syntax("an integer has too many digits", token.line());
    }
    String prefix = digits.length() > 2 ? digits.substring(0, 2).toLowerCase(Locale.ROOT) : "";
    int radix =
        switch (prefix) {
          case "0x" -> 16;
          case "0o" -> 8;
          case "0b" -> 2;
          default -> 10;
        };
    return Numbers.shortest(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
  }

  private Expression bracketed() {
    if (tokens.acceptOperator("(")) {
      if (tokens.acceptOperator(")")) {
        return constant(TupleValue.of());
      }
      Expression inside = expressions.tuple();
      tokens.expectOperator(")");
      return inside;
    }
    if (tokens.acceptOperator("[")) {
      return list();
    }
    if (tokens.acceptOperator("{")) {
      return map();
    }
    throw tokens.error("expected an expression");
  }

  private Expression list() {
    List<Expression> elements = new ArrayList<>();
    while (another(elements.isEmpty(), "]")) {
      elements.add(expressions.expression());
    }
    return scope -> Expression.all(elements, scope);
  }

  private Expression map() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (another(keys.isEmpty(), "}")) {
      keys.add(expressions.expression());
      tokens.expectOperator(":");
      values.add(expressions.expression());
    }
    return scope -> {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        Object key = keys.get(i).evaluate(scope);
        Mappings.put(map, key, values.get(i).evaluate(scope), scope.meter());
      }
      return map;
    };
  }

  /** Reads the comma before another element, or the end. */
  private boolean another(boolean first, String end) {
    if (tokens.acceptOperator(end)) {
      return false;
    }
    if (first) {
      return true;
    }
    tokens.expectOperator(",");
    return !tokens.acceptOperator(end);
  }

  private void addPostfix(List<PostfixExpression.Step> steps) {
    while (true) {
      if (tokens.acceptOperator(".")) {
        steps.add(subscripts.afterDot());
      } else if (tokens.acceptOperator("[")) {
        steps.add(subscripts.inBrackets());
      } else if (tokens.acceptOperator("(")) {
        steps.add(new PostfixExpression.Call(arguments()));
      } else {
        return;
      }
    }
  }

  private void addFilters(List<PostfixExpression.Step> steps) {
    while (true) {
      if (tokens.acceptOperator("|")) {
        steps.add(filter());
      } else if (tokens.acceptName("is")) {
        steps.add(test());
      } else if (tokens.acceptOperator("(")) {
        steps.add(new PostfixExpression.Call(arguments()));
      } else {
        return;
      }
    }
  }

  /** A filter's name and arguments. An unknown one matters only where it is reached. */
  PostfixExpression.Step filter() {
    String name = dottedName();
    ArgumentList arguments = tokens.acceptOperator("(") ? arguments() : ArgumentList.NONE;
    return new PostfixExpression.Filtering(name, arguments);
  }

  private PostfixExpression.Step test() {
    boolean negated = tokens.acceptName("not");
    String name = dottedName();
    ArgumentList arguments = testArguments();
    return (value, scope) ->
        ValueTests.named(name).test(value, arguments.evaluate(scope)) != negated;
  }

  private ArgumentList testArguments() {
    if (tokens.acceptOperator("(")) {
      return arguments();
    }
    Token token = tokens.current();
    boolean argument =
        TEST_ARGUMENTS.contains(token.type()) || token.isOperator("[") || token.isOperator("{");
    if (!argument || (token.is(TokenType.NAME) && AFTER_TEST.contains(token.text()))) {
      return ArgumentList.NONE;
    }
    if (token.isName("is")) {
      throw tokens.error("You cannot chain multiple tests with is");
    }
    return new ArgumentList(List.of(withPostfix(primary())), Map.of(), null, null);
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(tokens.expect(TokenType.NAME).text());
    while (tokens.acceptOperator(".")) {
      name.append('.').append(tokens.expect(TokenType.NAME).text());
    }
    return name.toString();
  }

  /** Arguments after their opening parenthesis. */
  private ArgumentList arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Expression spreadList = null;
    Expression spreadMap = null;
    for (boolean first = true; another(first, ")"); first = false) {
      boolean mayBePositional = named.isEmpty() && spreadList == null && spreadMap == null;
      if (spreadMap != null) {
        throw tokens.error("nothing may follow ** in a call");
      }
      if (tokens.acceptOperator("*")) {
        spreadList = expressions.expression();
      } else if (tokens.acceptOperator("**")) {
        spreadMap = expressions.expression();
      } else if (tokens.current().is(TokenType.NAME) && tokens.following().isOperator("=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expressions.expression());
      } else if (mayBePositional) {
        positional.add(expressions.expression());
      } else {
        throw tokens.error("a positional argument may not follow a named one");
      }
    }
    return new ArgumentList(positional, named, spreadList, spreadMap);
  }
}
