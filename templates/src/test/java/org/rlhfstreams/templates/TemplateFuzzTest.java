package org.rlhfstreams.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged templates end in text or in a {@link TemplateException}, within the limits. */
final class TemplateFuzzTest {
  private static final int TEMPLATES = Integer.getInteger("fuzz.templates", 4_000);
  private static final long SEED = Long.getLong("fuzz.seed", 7);
  private static final int MAXIMUM_CHARACTERS = 200_000;
  private static final RenderLimits LIMITS = new RenderLimits(MAXIMUM_CHARACTERS, 100_000);
  private static final List<String> PIECES =
      List.of(
          "{% for x in range(10**9) %}",
          "{% for x in range(99999) %}",
          "{% for m in messages %}",
          "{% endfor %}",
          "{% if messages %}",
          "{% else %}",
          "{% endif %}",
          "{% macro m(a, b=2) %}",
          "{% endmacro %}",
          "{{ m(m) }}",
          "{% set x = messages %}",
          "{% set x %}",
          "{% endset %}",
          "{% break %}",
          "{% raw %}",
          "{% endraw %}",
          "{# ",
          "#}",
          "{{ ",
          " }}",
          "{%- ",
          " -%}",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "'",
          "\"",
          "\\",
          "\\x4",
          "[::-1]",
          "[0]",
          "[-99:10**30:2]",
          ".items()",
          ".get()",
          ".split('')",
          ".replace()",
          ".x.y",
          "|tojson(indent=2)",
          "|map('upper')",
          "|map(attribute='role')",
          "|selectattr('role', 'equalto', 'user')",
          "|sort(attribute='role')",
          "|groupby('role')",
          "|batch(0)",
          "|slice(3)",
          "|round(-400)",
          "|int(base=99)",
          "|dictsort",
          "|items",
          "|join(messages)",
          "|replace('', 'xy')",
          "|truncate(1)",
          "|indent(10**9)",
          "|format(1, a=2)",
          "|first",
          "|sum",
          "|max",
          "|unique",
          "|abs",
          " is defined ",
          " is divisibleby 0 ",
          " is in messages ",
          " is not none ",
          " if messages else ",
          " ~ ",
          " ** 9 ** 9 ** 9",
          " * 10**9",
          " % 0",
          " // 0.0",
          " - 'x'",
          " < none",
          " in ",
          " not in ",
          " and ",
          "-1",
          "1.5e300",
          "10**5000",
          "loop.cycle()",
          "loop(messages)",
          "loop.changed(x)",
          "namespace(a=1)",
          "dict(messages)",
          "dict([(1, 2)])",
          "range(0, 1, 0)",
          "range(messages)",
          "joiner()()",
          "'%d %s' % (1, 2)",
          "'%s' % messages",
          "'{} {0} {a}'.format(1)",
          "'a'.center(10**9, 'xy')",
          "strftime_now('%-d %')",
          "raise_exception()",
          "*messages",
          "**messages[0]",
          "none",
          "true",
          "\n",
          "é😀\ud83d",
          ",",
          ":",
          "=");

  private final Random random = new Random(SEED);

  @Test
  void damagedTemplatesEndInTextOrInTheirOwnError() throws IOException {
    List<String> sources = new ArrayList<>();
    List<Map<String, Object>> contexts = new ArrayList<>();
    for (JsonNode idiom : IdiomsTest.idioms()) {
      sources.add(idiom.get("template").asText());
      contexts.add(IdiomsTest.context(idiom));
    }
    int rendered = 0;
    int refused = 0;
    for (int i = 0; i < TEMPLATES; i++) {
      int source = random.nextInt(sources.size());
      String template = mutate(sources.get(source), sources);
      if (endsInText(template, contexts.get(source))) {
        rendered++;
      } else {
        refused++;
      }
    }
    assertThat(rendered).isGreaterThan(TEMPLATES / 20);
    assertThat(refused).isGreaterThan(TEMPLATES / 20);
  }

  private static boolean endsInText(String template, Map<String, Object> context) {
    try {
      String text = Template.compile(template).render(context, IdiomsTest.CLOCK, LIMITS);
      assertThat(text.length()).isLessThanOrEqualTo(MAXIMUM_CHARACTERS);
      return true;
    } catch (TemplateException e) {
      assertThat(e.getMessage()).as(template).isNotBlank();
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("the template ended in another error: " + template, e);
    }
  }

  private String mutate(String original, List<String> sources) {
    StringBuilder template = new StringBuilder(original);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int from = random.nextInt(template.length() + 1);
      int until = Math.min(template.length(), from + 1 + random.nextInt(12));
      String part = template.substring(from, until);
      switch (random.nextInt(7)) {
        case 0 -> template.delete(from, until);
        case 1 -> template.insert(from, part);
        case 2 -> template.replace(from, until, new StringBuilder(part).reverse().toString());
        case 3 -> template.insert(random.nextInt(template.length() + 1), part);
        case 4 -> template.append(sources.get(random.nextInt(sources.size())));
        case 5 -> template.replace(from, until, piece());
        default -> insertInsideOfATag(template);
      }
    }
    return template.toString();
  }

  /** Most random places are text; what a tag holds is where the engine works. */
  private void insertInsideOfATag(StringBuilder template) {
    int end = template.indexOf("}}", random.nextInt(template.length() + 1));
    template.insert(end < 0 ? random.nextInt(template.length() + 1) : end, piece());
  }

  private String piece() {
    return PIECES.get(random.nextInt(PIECES.size()));
  }
}
