package org.rlhfstreams.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TemplateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "{{ nobody.name }} § UndefinedError: 'nobody' is undefined",
        "{{ 1 + 'a' }} § TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        "{{ 'a' + 1 }} § TypeError: can only concatenate str (not \"int\") to str",
        "{{ 1 // 0 }} § ZeroDivisionError",
        "{{ none[0:1] }} § TypeError: 'NoneType' object is not subscriptable",
        "{% for x in 3 %}{% endfor %} § TypeError: 'int' object is not iterable",
        "{{ raise_exception('Only user and assistant') }} § TemplateError: Only user and assistant",
        "{{ x|shout }} § TemplateRuntimeError: No filter named 'shout'",
        "{{ x is loud }} § TemplateRuntimeError: No test named 'loud'",
        "{% include 'a' %} § TemplateSyntaxError: a chat template has no tag 'include' here",
        "{% if x %} § TemplateSyntaxError: expected elif or else or endif",
        "{% endif %} § TemplateSyntaxError",
        "{% break %} § TemplateSyntaxError: 'break' outside of a loop",
        "{{ (1] }} § TemplateSyntaxError: unexpected ']', expected ')'",
        "{{ 'a }} § TemplateSyntaxError: a string has no closing '",
        "{# a § TemplateSyntaxError: Missing end of comment tag",
        "{% raw %} a § TemplateSyntaxError: Missing end of raw directive",
        "{{ a is string is string }} § TemplateSyntaxError: You cannot chain multiple tests with is",
        "{% set true = 1 %} § TemplateSyntaxError: cannot assign to a constant",
        "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }} § takes not more than 1 argument(s)",
        "{% macro m(a) %}{% endmacro %}{{ m(b=2) }} § takes no keyword argument 'b'",
        "{{ {[1]: 2} }} § TypeError: unhashable type: 'list'",
        "{{ 'a'.format_map }}{{ 'a'.format_map() }} § UndefinedError",
        "{{ [].append(1) }} § UndefinedError",
        "{{ ''.__class__.__mro__ }} § UndefinedError",
      })
  void whatIsWrongIsNamedWithItsLine(String template, String problem) {
    String onLineThree = "a\nb\n" + template;
    assertThatThrownBy(() -> Template.compile(onLineThree).render(Map.of(), IdiomsTest.CLOCK))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining(problem)
        .hasMessageEndingWith("(template line 3)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select",
        "select('string')",
        "reject('string')",
        "selectattr('text', 'defined')",
        "rejectattr('text', 'defined')",
        "map('upper')",
        "map(attribute='text')",
        "selectattr('text', 'defined') | map(attribute='text')",
        "map('a filter that nobody looks for')",
      })
  void whatIsFalseHasNoElementsToChooseFrom(String filter) {
    for (String value : List.of("none", "m.content", "false", "0", "''", "nobody", "{}", "[]")) {
      String template =
          "{% set m = {'content': none} %}[{{ %s | %s | join(',') }}]".replaceFirst("%s", value);
      assertThat(render(template.replaceFirst("%s", filter))).as(value).isEqualTo("[]");
    }
  }

  @Test
  void anUnknownFilterMattersOnlyWhereItIsReached() {
    assertThat(render("{% if false %}{{ 1|shout }}{% endif %}quiet")).isEqualTo("quiet");
  }

  @Test
  void aSurplusArgumentReachesTheMacroThatReadsIt() {
    assertThat(
            render(
                "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, b=3) }}"))
        .isEqualTo("1(2,){'b': 3}");
  }

  @Test
  void aCallBlockGivesItsBodyToTheMacro() {
    assertThat(
            render(
                "{% macro wrap(tag) %}<{{ tag }}>{{ caller('x') }}</{{ tag }}>{% endmacro %}"
                    + "{% call(value) wrap('b') %}{{ value * 2 }}{% endcall %}"))
        .isEqualTo("<b>xx</b>");
  }

  @Test
  void keysAreEqualAsNumbersAre() {
    assertThat(render("{{ {1: 'a', true: 'b', 1.0: 'c'} }}{{ {2: 'x'}[2.0] }}"))
        .isEqualTo("{1: 'c'}x");
  }

  @Test
  void theContextIsCopiedAndChecked() {
    Template template = Template.compile("{{ values }}");
    assertThat(
            template.render(
                Map.of("values", Arrays.asList(1, 2L, (short) 3, 1.5f, null, true, "x")),
                IdiomsTest.CLOCK))
        .isEqualTo("[1, 2, 3, 1.5, None, True, 'x']");
    assertThatThrownBy(
            () -> template.render(Map.of("values", List.of(new Object())), IdiomsTest.CLOCK))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("a template cannot see a java.lang.Object");
  }

  private static String render(String template) {
    return Template.compile(template).render(Map.of(), IdiomsTest.CLOCK);
  }
}
