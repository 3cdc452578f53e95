package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Parses expressions down to their operators; chains of one operator take no stack. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", ">", ">=", "<", "<=");
  private static final Set<String> SUMS = Set.of("+", "-");
  private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
  private static final Set<String> POWERS = Set.of("**");

  private final TokenStream tokens;
  private final PrimaryParser primaries;
  private final Set<String> namesRead = new HashSet<>();

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
    this.primaries = new PrimaryParser(tokens, this);
  }

  /** The names that the expressions so far read. */
  Set<String> namesRead() {
    return namesRead;
  }

  PrimaryParser primaries() {
    return primaries;
  }

  Expression expression() {
    tokens.enter();
    Expression expression = or();
    while (tokens.acceptName("if")) {
      expression = conditional(expression);
    }
    tokens.leave();
    return expression;
  }

  private Expression conditional(Expression then) {
    Expression condition = or();
    Expression otherwise = tokens.acceptName("else") ? expression() : null;
    Undefined missing =
        new Undefined(
            "the inline if-expression evaluated to false and no else section was defined.");
    return scope -> {
      scope.meter().step();
      if (Values.isTrue(condition.evaluate(scope))) {
        return then.evaluate(scope);
      }
      return otherwise == null ? missing : otherwise.evaluate(scope);
    };
  }

  /** An expression, or a tuple where commas follow it. */
  Expression tuple() {
    return tuple(this::expression);
  }

  /** As {@link #tuple()}, where {@code if} belongs to what comes after. */
  Expression tupleWithoutCondition() {
    return tuple(this::or);
  }

  private Expression tuple(Supplier<Expression> element) {
    Expression first = element.get();
    if (!tokens.current().isOperator(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (tokens.acceptOperator(",") && !endsTuple(tokens.current())) {
      elements.add(element.get());
    }
    return scope -> new TupleValue(Expression.all(elements, scope));
  }

  private static boolean endsTuple(Token token) {
    return token.is(TokenType.PRINT_END)
        || token.is(TokenType.TAG_END)
        || token.isOperator(")")
        || token.isName("recursive");
  }

  private Expression or() {
    tokens.enter();
    List<Expression> operands = new ArrayList<>(List.of(and()));
    while (tokens.acceptName("or")) {
      operands.add(and());
    }
    tokens.leave();
    return firstThatIs(true, operands);
  }

  private Expression and() {
    List<Expression> operands = new ArrayList<>(List.of(not()));
    while (tokens.acceptName("and")) {
      operands.add(not());
    }
    return firstThatIs(false, operands);
  }

  private static Expression firstThatIs(boolean wanted, List<Expression> operands) {
    if (operands.size() == 1) {
      return operands.get(0);
    }
    return scope -> {
      Object value = null;
      for (Expression operand : operands) {
        scope.meter().step();
        value = operand.evaluate(scope);
        if (Values.isTrue(value) == wanted) {
          break;
        }
      }
      return value;
    };
  }

  private Expression not() {
    boolean negated = false;
    boolean any = false;
    while (tokens.acceptName("not")) {
      negated = !negated;
      any = true;
    }
    Expression operand = comparison();
    boolean truthToNegate = negated;
    return any ? scope -> Values.isTrue(operand.evaluate(scope)) != truthToNegate : operand;
  }

  private Expression comparison() {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> operands = new ArrayList<>();
    String operator = comparisonOperator();
    while (operator != null) {
      operators.add(operator);
      operands.add(sum());
      operator = comparisonOperator();
    }
    if (operators.isEmpty()) {
      return first;
    }
    return scope -> {
      Object left = first.evaluate(scope);
      for (int i = 0; i < operators.size(); i++) {
        Object right = operands.get(i).evaluate(scope);
        if (!Comparison.compare(operators.get(i), left, right, scope.meter())) {
          return false;
        }
        left = right;
      }
      return true;
    };
  }

  /** The operator read, or null. */
  private String comparisonOperator() {
    if (tokens.current().is(TokenType.OPERATOR) && COMPARISONS.contains(tokens.current().text())) {
      return tokens.next().text();
    }
    if (tokens.acceptName("in")) {
      return "in";
    }
    if (tokens.current().isName("not") && tokens.following().isName("in")) {
      tokens.next();
      tokens.next();
      return "not in";
    }
    return null;
  }

  private Expression sum() {
    return chain(SUMS, this::concatenation);
  }

  private Expression concatenation() {
    Expression first = chain(PRODUCTS, this::power);
    if (!tokens.current().isOperator("~")) {
      return first;
    }
    List<Expression> pieces = new ArrayList<>(List.of(first));
    while (tokens.acceptOperator("~")) {
      pieces.add(chain(PRODUCTS, this::power));
    }
    return scope -> {
      TextBuilder text = new TextBuilder(scope.meter());
      for (Expression piece : pieces) {
        scope.meter().step();
        text.append(PythonText.str(piece.evaluate(scope), scope.meter()));
      }
      return text.toString();
    };
  }

  private Expression power() {
    return chain(POWERS, primaries::unary);
  }

  /** Operators of one rank, from left to right. */
  private Expression chain(Set<String> operators, Supplier<Expression> operand) {
    Expression first = operand.get();
    List<String> chained = new ArrayList<>();
    List<Expression> operands = new ArrayList<>();
    while (tokens.current().is(TokenType.OPERATOR) && operators.contains(tokens.current().text())) {
      chained.add(tokens.next().text());
      operands.add(operand.get());
    }
    if (chained.isEmpty()) {
      return first;
    }
    if (MarkedSum.isMarked(first) || operands.stream().anyMatch(MarkedSum::isMarked)) {
      return new MarkedSum(first, chained, operands);
    }
    return scope -> {
      Object value = first.evaluate(scope);
      for (int i = 0; i < chained.size(); i++) {
        Object right = operands.get(i).evaluate(scope);
        value = Arithmetic.apply(chained.get(i), value, right, scope.meter());
      }
      return value;
    };
  }
}
