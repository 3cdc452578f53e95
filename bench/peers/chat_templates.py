"""What transformers renders from other people's chat templates, for PublicTemplatesTest of the module templates.

usage: chat_templates.py OUT PLACE...   (needs transformers and jinja2, no torch; PLACE as in README.md)

Writes OUT/conversations.json, what templates see of each conversation, and OUT/NAME.json for each template that a
PLACE holds: the template, and for each conversation the text that transformers' own renderer gives, or its error.
"""
import ast
import datetime
import hashlib
import json
import os
import sys

from transformers.utils import chat_template_utils

NOW = datetime.datetime(2024, 7, 26, 9, 5, 3)
TOKENS = {
    "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>",
    "additional_special_tokens": ["<|extra_0|>", "<|extra_1|>"],
}


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def said(role, content, **more):
    return {"role": role, "content": content, **more}


def call(name, arguments, number=0):
    return {"id": "call%05d" % number, "type": "function", "function": {"name": name, "arguments": arguments}}


TOOLS = [
    {"type": "function", "function": {
        "name": "weather", "description": "The weather of a town.",
        "parameters": {"type": "object", "required": ["town"], "properties": {
            "town": {"type": "string", "description": "Its name, as \"Oslo\" or 'Zürich'."},
            "unit": {"type": "string", "enum": ["C", "F"], "default": "C"},
            "days": {"type": "array", "items": {"type": "integer"}, "description": "1 < n & n < 9"}}}}},
    {"type": "function", "function": {
        "name": "now", "description": "The time.", "parameters": {"type": "object", "properties": {}}}},
]

THOUGHT = "<think>\nOslo is in Norway.\n</think>\n\nIt rains."
CALLED = said("assistant", None, tool_calls=[call("weather", {"town": "Oslo", "days": [1, 2]})])
RESULT = said("tool", '{"sky": "rain", "degrees": 7.5}', name="weather", tool_call_id="call00000")

CONVERSATIONS = {
    "user": ([said("user", "Hello.")], None, {}),
    "system": ([said("system", "Be brief."), said("user", "Hello.")], None, {}),
    "answered": ([said("user", "Hello."), said("assistant", "Good day.")], None, {}),
    "turns": ([said("user", "One?"), said("assistant", "Two."), said("user", "Three?"), said("assistant", "Four.")],
              None, {}),
    "system-turns": ([said("system", "Be brief."), said("user", "One?"), said("assistant", "Two."),
                      said("user", "Three?")], None, {}),
    "spaces": ([said("system", "  S \n"), said("user", "\n  Ünï 😀\t'q' \"d\" <b>&amp; \\n \n"),
                said("assistant", "  a\n\nb  \n"), said("user", " ")], None, {}),
    "empty": ([said("user", ""), said("assistant", ""), said("user", "?")], None, {}),
    "thought-in-text": ([said("user", "Rain?"), said("assistant", THOUGHT)], None, {}),
    "thought-in-turns": ([said("user", "Rain?"), said("assistant", THOUGHT), said("user", "Sure?"),
                          said("assistant", THOUGHT)], None, {}),
    "reasoning-content": ([said("user", "Rain?"), said("assistant", "It rains.", reasoning_content="Oslo.\nNorway.")],
                          None, {}),
    "reasoning-turns": ([said("system", "S"), said("user", "Rain?"),
                         said("assistant", "It rains.", reasoning_content="Oslo."), said("user", "Sure?"),
                         said("assistant", "Yes.", reasoning_content="Looked.")], None, {}),
    "thinking": ([said("user", "Rain?"), said("assistant", "It rains.", thinking="Oslo.")], None, {}),
    "thinks": ([said("system", "S"), said("user", "Rain?")], None, {"enable_thinking": True, "thinking": True}),
    "thinks-not": ([said("system", "S"), said("user", "Rain?")], None, {"enable_thinking": False, "thinking": False}),
    "effort": ([said("user", "Rain?")], None, {"reasoning_effort": "high"}),
    "tools": ([said("user", "Rain?")], TOOLS, {}),
    "tools-system": ([said("system", "Be brief."), said("user", "Rain?")], TOOLS, {}),
    "tools-thinks-not": ([said("user", "Rain?")], TOOLS, {"enable_thinking": False}),
    "called": ([said("user", "Rain?"), CALLED], TOOLS, {}),
    "called-empty": ([said("user", "Rain?"), {**CALLED, "content": ""}, RESULT], TOOLS, {}),
    "called-answered": ([said("system", "S"), said("user", "Rain?"), CALLED, RESULT, said("assistant", "It rains."),
                         said("user", "Thanks.")], TOOLS, {}),
    "called-with-words": ([said("user", "Rain?"), {**CALLED, "content": "I look."}, RESULT,
                           said("assistant", "It rains.")], TOOLS, {}),
    "called-thinking": ([said("user", "Rain?"), {**CALLED, "content": "", "reasoning_content": "Look."}, RESULT,
                         said("assistant", "It rains.", reasoning_content="So.")], TOOLS, {}),
    "called-text": ([said("user", "Rain?"), said("assistant", "", tool_calls=[call("weather", '{"town": "Oslo"}')]),
                     RESULT], TOOLS, {}),
    "called-twice": ([said("user", "Rain?"),
                      said("assistant", "", tool_calls=[call("weather", {"town": "Oslo"}), call("now", {}, 1)]),
                      RESULT, said("tool", "09:05", name="now", tool_call_id="call00001"),
                      said("assistant", "It rains.")], TOOLS, {}),
    "called-untold": ([said("user", "Rain?"), {**CALLED, "content": ""}, RESULT, said("assistant", "It rains.")],
                      None, {}),
    "values": ([said("user", "?"), said("assistant", "", tool_calls=[call("weather", {
        "town": "Zürich \"x\" <é>", "n": 1, "x": 1.0, "y": 1e-7, "big": 12345678901234567890, "t": True, "nothing": None,
        "list": [], "map": {"b": 1, "a": [{"c": "d'e"}]}})])], TOOLS, {}),
    "parts": ([said("user", [{"type": "text", "text": "Rain"}, {"type": "text", "text": " today?"}]),
               said("assistant", [{"type": "text", "text": "Yes."}]), said("user", "Sure?")], None, {}),
    "parts-system": ([said("system", [{"type": "text", "text": "S"}]),
                      said("user", [{"type": "text", "text": "Rain?"}])], None, {}),
    "developer": ([said("developer", "Be brief."), said("user", "Hello.")], None, {}),
    "assistant-first": ([said("assistant", "Hello."), said("user", "Hi.")], None, {}),
    "two-users": ([said("user", "One."), said("user", "Two.")], None, {}),
    "stranger": ([said("moderator", "One."), said("user", "Two.")], None, {}),
    "documents": ([said("user", "Rain?")], None, {"documents": [{"title": "T", "text": "It rains."}]}),
}


def templates(place):
    """Names and texts of a place: a folder's .jinja files, or the constants of a Python file."""
    if place.endswith(".py"):
        for node in ast.parse(open(place, encoding="utf-8").read()).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                try:
                    value = ast.literal_eval(node.value)
                except ValueError:
                    continue
                if name.endswith("_template") and "_ollama" not in name and isinstance(value, str):
                    yield name, value
        return
    for directory, _, files in os.walk(place):
        for file in sorted(files):
            if file.endswith(".jinja"):
                # newlines as they are
                yield file[: -len(".jinja")], open(os.path.join(directory, file), encoding="utf-8", newline="").read()


def rendered(template, messages, tools, variables, prompt):
    try:
        texts, _ = chat_template_utils.render_jinja_template(
            conversations=[messages], tools=tools, chat_template=template, add_generation_prompt=prompt,
            **{"documents": None, **TOKENS, **variables})
        return {"text": texts[0]}
    except Exception as e:  # the template's own refusal, and what Python says of it
        return {"error": f"{type(e).__name__}: {e}"}


def main(out, places):
    chat_template_utils.datetime = Clock
    os.makedirs(out, exist_ok=True)
    contexts = {
        name: {**TOKENS, "messages": chat_template_utils._alias_reasoning_fields(messages), "tools": tools,
               "documents": None, **variables}
        for name, (messages, tools, variables) in CONVERSATIONS.items()}
    with open(os.path.join(out, "conversations.json"), "w", encoding="utf-8") as file:
        json.dump(contexts, file, ensure_ascii=False, indent=0)
    seen = set()
    for place in places:
        source = os.path.basename(place.rstrip("/"))
        for name, template in templates(place):
            digest = hashlib.sha256(template.encode()).hexdigest()
            if digest in seen:
                continue
            seen.add(digest)
            cases = []
            for conversation, (messages, tools, variables) in CONVERSATIONS.items():
                for prompt in (False, True):
                    cases.append({"conversation": conversation, "prompt": prompt,
                                  **rendered(template, messages, tools, variables, prompt)})
            golden = {"name": name, "source": source, "template": template, "cases": cases}
            path = os.path.join(out, f"{name}-{digest[:6]}.json".replace("/", "_"))
            with open(path, "w", encoding="utf-8") as file:
                json.dump(golden, file, ensure_ascii=False, indent=0)
    print(len(seen), "templates,", len(CONVERSATIONS) * 2, "cases each")


main(sys.argv[1], sys.argv[2:])
