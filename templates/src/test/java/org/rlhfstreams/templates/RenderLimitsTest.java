package org.rlhfstreams.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RenderLimitsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'a' * 10**9 }}",
        "{{ 10**9 * 'ab' }}",
        "{{ [1] * 10**9 }}",
        "{{ ([1] * 10**6) * 10**6 }}",
        "{{ (1,) * 10**18 }}",
        "{{ 'a' * 10**40 }}",
        "{{ range(10**12) }}",
        "{{ range(10**40) }}",
        "{{ 10**10**10**10**10 }}",
        "{{ 2**(10**9) }}",
        "{{ 10**4000 * 10**4000 }}",
        "{% set n = namespace(x=3) %}{% for i in range(1000) %}{% set n.x = n.x * n.x %}{% endfor %}",
        "{% set n = namespace(x='a') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}"
            + "{{ n.x }}",
        "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}"
            + "{{ n.x == n.x + [] }}",
        "{% set n = namespace(x=(1,)) %}{% for i in range(99) %}{% set n.x = (n.x, n.x) %}{% endfor %}"
            + "{{ {n.x: 1} }}",
        "{% set n = namespace(x=[1]) %}{% for i in range(90000) %}{% set n.x = [n.x] %}{% endfor %}"
            + "{{ n.x }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{{ 'a' * 99 }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
        "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ 'a'.rjust(10**9, 'b') }}",
        "{{ 'a'.center(10**9) }}",
        "{{ 'a'|center(10**9) }}",
        "{{ '1'.zfill(10**9) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%-999999999s' % 'a' }}",
        "{{ '%.999999999f' % 1.5 }}",
        "{{ '%99999999999999999999s' % 'a' }}",
        "{{ ('a' * 10**6).replace('a', 'b' * 10**6) }}",
        "{{ ('a' * 10**6)|replace('', 'b' * 10**6) }}",
        "{{ ('b' * 10**6).join('a' * 10**5) }}",
        "{{ ('a' * 10**5)|join('b' * 10**6) }}",
        "{{ 'a'|indent(10**9, true) }}",
        "{{ ('a\\n' * 10**5)|indent(10**5) }}",
        "{{ [[1]]|tojson(indent=10**9) }}",
        "{{ [1, 2]|batch(10**9, 'x')|list }}",
        "{{ [1, 2]|slice(10**9)|list }}",
        "{{ ('ab' * 10**6)|list|map('list')|list }}",
        "{% for i in range(99999) %}{% set x = ('a' * 10**6 + 'b') in ('a' * 2 * 10**6) %}{% endfor %}",
        "{{ 'a'.split('a' * 10**9) }}",
        "{{ [3]|sum(start=10**9 * [1]) }}",
      })
  void aTemplateThatWouldNotEndIsStopped(String template) {
    assertThatThrownBy(() -> Template.compile(template).render(Map.of(), IdiomsTest.CLOCK))
        .isInstanceOf(TemplateException.class)
        .hasMessageMatching("(?s)(Overflow|Runtime|Recursion|Value)Error: .*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(",
        "[",
        "{1:",
        "not -",
        "-",
        "x[",
        "f(",
        "a if b else ",
        "a.b(c|d(",
        "{{",
        "1 + ("
      })
  void nestingWithoutEndIsRefused(String piece) {
    assertThatThrownBy(() -> Template.compile("{{ " + piece.repeat(100_000) + " }}"))
        .isInstanceOf(TemplateException.class);
  }

  @Test
  void blocksNestedWithoutEndAreRefused() {
    assertThatThrownBy(() -> Template.compile("{% if x %}".repeat(100_000)))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("nested more than 100 deep");
  }

  @ParameterizedTest
  @ValueSource(strings = {" + 1", " * 1", " ** 1", " ~ 1", " and 1", " or 0", "|abs", " == 1"})
  void aLongChainTakesNoStack(String link) {
    String template = "{{ 1" + link.repeat(50_000) + " }}";
    assertThat(Template.compile(template).render(Map.of(), IdiomsTest.CLOCK)).isNotEmpty();
  }

  @Test
  void theLimitsAreTheCallers() {
    Template template = Template.compile("{{ 'abcdefgh' }}\n{{ 'ijklmnop' }}");
    assertThat(template.render(Map.of(), IdiomsTest.CLOCK, new RenderLimits(17, 100))).hasSize(17);
    assertThatThrownBy(() -> template.render(Map.of(), IdiomsTest.CLOCK, new RenderLimits(16, 100)))
        .hasMessageContaining("limit of 16 characters")
        .hasMessageContaining("template line 2");
    assertThatThrownBy(() -> template.render(Map.of(), IdiomsTest.CLOCK, new RenderLimits(17, 2)))
        .hasMessageContaining("limit of 2 steps");
    assertThatThrownBy(() -> new RenderLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
