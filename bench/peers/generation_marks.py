"""Goldens of what {% generation %} marks: templates with the text and the parts that transformers gives.

usage: generation_marks.py FILE

FILE is templates/src/test/resources/goldens/templates/generation.json. Parts are in code points.
"""
import json
import sys

from transformers.utils.chat_template_utils import _compile_jinja_template, _render_with_assistant_indices

MESSAGES = [{"role": "user", "content": "Hi \U0001f600"}, {"role": "assistant", "content": "Hello \U0001f1eb"},
            {"role": "user", "content": "Bye"}, {"role": "assistant", "content": ""}]


def turns(body):
    return "{% for m in messages %}<{{ m.role }}>" + body + "{% endfor %}"


TEMPLATES = {
    "no marks": "{{ messages[0].content }}",
    "a turn": turns("{% if m.role == 'assistant' %}{% generation %}{{ m.content }}</s>{% endgeneration %}{% else %}{{ m.content }}{% endif %}"),
    "trimmed": turns("{%- if m.role == 'assistant' -%}\n  {%- generation -%}\n {{ m.content }}\n {%- endgeneration -%}\n{%- endif -%}"),
    "lines": turns("\n{% generation %}\n{{ m.content }}\n{% endgeneration %}\n"),
    "in a macro": "{% macro say(m) %}[{% generation %}{{ m.content }}{% endgeneration %}]{% endmacro %}" + turns("{{ 'a' ~ say(m) }}"),
    "a macro's call": "{% macro say(m) %}[{{ caller() }}]{% endmacro %}" + turns("{% call say(m) %}{% generation %}{{ m.content }}{% endgeneration %}{% endcall %}"),
    "in a set block": turns("{% set said %}{% generation %}{{ m.content }}{% endgeneration %}{% endset %}{{ said }}{{ said }}"),
    "in a filter": turns("{% filter upper %}ab{% generation %}{{ m.content }}{% endgeneration %}{% endfilter %}"),
    "nested": turns("{% generation %}a{% generation %}{{ m.content }}{% endgeneration %}b{% endgeneration %}"),
    "nothing": turns("{% generation %}{% endgeneration %}"),
    "in a recursive loop": "{% for m in messages recursive %}{% generation %}{{ m.role }}{% endgeneration %}{% if loop.first and loop.depth == 1 %}{{ loop(messages[1:2]) }}{% endif %}{% endfor %}",
    "what it sets stays inside": "{% set x = 1 %}{% generation %}{% set x = 2 %}{{ x }}{% endgeneration %}{{ x }}",
    "printed with others": "{{ messages[0].content }}-{% generation %}{{ messages[1].content }}{% endgeneration %}-{{ messages[2].content }}",
}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    goldens = []
    for name, template in TEMPLATES.items():
        text, parts = _render_with_assistant_indices(
            _compile_jinja_template(template), MESSAGES, None, None, add_generation_prompt=False)
        goldens.append({"name": name, "template": template, "text": text, "parts": parts})
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump({"messages": MESSAGES, "goldens": goldens}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
