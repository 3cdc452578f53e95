"""Goldens of conversations: token ids, masks and five steps of TRL's trainers on rows of several turns and with tools.

usage: conversations.py OBJECTIVES [SET…]

OBJECTIVES is learner/src/test/resources/goldens/objectives: policy/, reference/ and reward/ are read there, and
conversations.json is written there, with the rows that it is made of. With names of sets, only those are printed.
"""
import json
import os
import sys
import tempfile

import torch
import trl
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

STEPS, LEARNING_RATE, BETA, LONGEST = 5, 1e-3, 0.1, 256

CHATML = """\
{%- if tools %}<|im_start|>system
Tools: {% for t in tools %}{{ t | tojson }}{% endfor %}<|im_end|>
{% endif %}
{%- for m in messages %}<|im_start|>{{ m.role }}
{% if m.role == 'assistant' %}{% generation %}{{ m.content or '' }}
{%- for c in m.tool_calls or [] %}<call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>{% endfor %}<|im_end|>
{% endgeneration %}{% else %}{{ m.content }}<|im_end|>
{% endif %}{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

# As many reasoning models' templates: the thoughts of all turns but the last are left out, the generation prompt
# begins a thought that the whole conversation need not have, and the marks lie inside a macro's output.
THINKING = """\
{%- macro said(m, last) %}{% if m.thinking and last %}<think>
{{ m.thinking }}
</think>
{% endif %}{{ m.content | trim }}{% endmacro %}
{%- for m in messages %}<|im_start|>{{ m.role }}
{% if m.role == 'assistant' -%}
{% generation %}{{ said(m, loop.last) }}<|im_end|>{% endgeneration %}
{%- else %}{{ m.content }}<|im_end|>{% endif %}
{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{{ '<think>\\n' if enable_thinking is not defined or enable_thinking else '<think>\\n\\n</think>\\n' }}{% endif %}"""

# A template that leaves the end of a turn outside of the marks and strips texts.
LOOSE = """\
{%- for m in messages %}{% if m.role == 'assistant' %}A: {% generation %}{{ m.content.strip() }}{% endgeneration %}

{% else %}{{ m.role }}: {{ m.content }}
{% endif %}{% endfor %}{% if add_generation_prompt %}A:{% endif %}"""

TEMPLATES = {"chatml": CHATML, "thinking": THINKING, "loose": LOOSE}

WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"town": "string"}}}


def says(role):
    return lambda text, **more: {"role": role, "content": text, **more}


system, user, assistant, tool = says("system"), says("user"), says("assistant"), says("tool")


def call(town, content=None):
    return assistant(content, tool_calls=[
        {"type": "function", "function": {"name": "weather", "arguments": {"town": town}}}])


# Two whole conversations; what they share is the prompt: one message, several turns, or up to an answer.
IMPLICIT = [
    dict(chosen=[user("Tell a story."), assistant("Once upon a time, there was a big ship.")],
         rejected=[user("Tell a story."), assistant("No.")]),
    dict(chosen=[system("You are kind."), user("Who is Tim?"), assistant("A boy."), user("And Lily?"),
                 assistant("A little girl.")],
         rejected=[system("You are kind."), user("Who is Tim?"), assistant("A boy."), user("And Lily?"),
                   assistant("I do not know her.")]),
    dict(chosen=[user("Hi!"), assistant("Hello."), user("Sing."), assistant("La la."), user("More!"), assistant("La!")],
         rejected=[user("Hi!"), assistant("Hello."), user("Dance."), assistant("I can not."), user("Why?"),
                   assistant("I have no legs.")]),
    dict(chosen=[user("Count."), assistant("One."), user("Go on."), assistant("Two.")],
         rejected=[user("Count."), assistant("Two."), user("No."), assistant("Three."), user("No!"), assistant("Bye.")]),
    dict(chosen=[user("Where is the sun? \U0001f31e"), assistant("In the sky. \U0001f600")],
         rejected=[user("Where is the sun? \U0001f31e"), assistant("In the sky. \U0001f601")]),
    dict(chosen=[user("Go on."), assistant("He ran"), assistant(" and ran.")],
         rejected=[user("Go on."), assistant("He ran")]),
    dict(chosen=[user("Play."), assistant("With the ball?"), user("Yes."), assistant("  Timmy loved to play outside. ")],
         rejected=[user("Play."), assistant("With the ball?"), user("Yes."), assistant("No ball.")]),
    dict(chosen=[user("a"), assistant("b"), user("c"), assistant("d"), user("e"), assistant("f"), user("g"),
                 assistant("h")],
         rejected=[user("a"), assistant("b"), user("c"), assistant("d"), user("e"), assistant("f"), user("g"),
                   assistant("i"), user("j"), assistant("k")]),
]

# The prompt apart, as messages; the answers are what follows, even where both begin the same.
EXPLICIT = [
    dict(prompt=[user("Tell a story.")], chosen=[assistant("Once upon a time.")], rejected=[assistant("No.")]),
    dict(prompt=[system("Be brief."), user("Hi.")],
         chosen=[assistant("Hello."), user("Sing."), assistant("La la la.")],
         rejected=[assistant("Hello."), user("Sing."), assistant("I can not sing at all.")]),
    dict(prompt=[user("Who is Tim?"), assistant("A boy.")],
         chosen=[user("Tell more."), assistant("He has a red ball.")],
         rejected=[user("Why?"), assistant("Because.")]),
    dict(prompt=[user("Once"), assistant("upon a time,")], chosen=[assistant(" there was a ship.")],
         rejected=[assistant(" there.")]),
]

# Calls in the prompt and in the answers, results between them, tools as an object or as JSON in a text.
TOOLS = [
    dict(prompt=[user("Weather in Oslo?"), call("Oslo"), tool("rain")],
         chosen=[assistant("It rains.")], rejected=[assistant("Sun.")]),
    dict(prompt=[user("Weather in Rome?")],
         chosen=[call("Rome"), tool("sun"), assistant("Sunny.")],
         rejected=[call("Oslo", "I ask."), tool("rain"), assistant("It rains.")]),
    dict(prompt=[user("Hi.")], chosen=[assistant("Hello.")], rejected=[call("Bonn")]),
]

THOUGHTS = [
    dict(prompt=[user("1 and 1?")], chosen=[assistant("2.", thinking="one more")],
         rejected=[assistant("3.", thinking="hm")]),
    dict(prompt=[user("1 and 1?"), assistant("2.", thinking="one more"), user("And 1?")],
         chosen=[assistant("3.", thinking="again")], rejected=[assistant(" No. ", thinking="tired")]),
    dict(prompt=[user("Hi.")],
         chosen=[assistant("Hello.", thinking="kind"), user("Bye."), assistant("See you.", thinking="sad")],
         rejected=[assistant("Hm.", thinking="rude"), user("Bye."), assistant("Go.", thinking="glad")]),
]

# Whole conversations, of which the last message may be anybody's.
WHOLE = [
    dict(messages=[user("Tell a story."), assistant("Once upon a time, there was a big ship.")]),
    dict(messages=[system("You are kind."), user("Who is Tim?"), assistant("A boy."), user("And Lily?"),
                   assistant("A little girl. \U0001f600"), user("Thank you.")]),
    dict(messages=[assistant("Hello, I am a bear."), user("Hi, bear."), assistant(" What do you want? ")]),
    dict(messages=[user("Go on."), assistant("He ran"), assistant(" and ran.")]),
]


def with_column(rows, name, values):
    return [row | {name: values[i % len(values)]} for i, row in enumerate(rows)]


def other(row):
    return {name: value for name, value in row.items() if name not in ("prompt", "chosen", "rejected")}


def completions(rows):
    """Single labelled completions of explicit pairs."""
    return [{"prompt": row["prompt"], "completion": row[side], "label": side == "chosen"} | other(row)
            for i, row in enumerate(rows) for side in (("chosen", "rejected") if i % 2 else ("rejected", "chosen"))]


def demonstrations(rows):
    return [{"prompt": row["prompt"], "completion": row["chosen"]} | other(row) for row in rows]


def whole(rows):
    return [{"messages": row["prompt"] + row["chosen"]} | other(row) for row in rows]


def texts(objectives, file):
    with open(os.path.join(objectives, file), encoding="utf-8") as rows:
        return json.load(rows)


def sets(objectives):
    tools = with_column(TOOLS, "tools", [[WEATHER]])
    written = with_column(TOOLS, "tools", [json.dumps([WEATHER])])
    thoughts = with_column(THOUGHTS, "chat_template_kwargs", [{"enable_thinking": True}, {"enable_thinking": False}])
    for objective in ("dpo", "orpo", "kto", "reward"):
        yield f"{objective}-implicit", objective, "chatml", IMPLICIT, {}
        yield f"{objective}-explicit", objective, "chatml", EXPLICIT, {}
        yield f"{objective}-tools", objective, "chatml", tools, {}
        yield f"{objective}-thinking", objective, "thinking", thoughts, {}
    yield "reward-nothing-shared", "reward", "chatml", [
        dict(chosen=[user("Hi there."), assistant("Hello.")], rejected=[user("Hi."), assistant("No.")]),
        dict(chosen=[system("a"), user("b"), assistant("c")], rejected=[user("b"), assistant("c")])], {}
    yield "kto-labels", "kto", "chatml", completions(EXPLICIT), {}
    yield "kto-tools-labels", "kto", "chatml", completions(written), {}
    yield "kto-pairs-in-batches", "kto", "chatml", IMPLICIT, {"batch": 6}
    yield "kto-texts-in-batches", "kto", None, texts(objectives, "kto.json"), {"batch": 3}
    yield "dpo-texts-in-batches", "dpo", None, texts(objectives, "pairs.json"), {"batch": 3}
    yield "orpo-begins-with-bos", "orpo", None, texts(objectives, "pairs.json"), {"bos": "<|im_start|>"}
    yield "dpo-keep-end", "dpo", "chatml", IMPLICIT, {"length": 24, "truncation": "keep_end"}
    yield "sft-whole", "sft", "chatml", WHOLE, {}
    yield "sft-prompts", "sft", "chatml", demonstrations(EXPLICIT), {}
    yield "sft-tools", "sft", "chatml", whole(written), {}
    for template in TEMPLATES:
        yield f"sft-assistant-{template}", "sft", template, WHOLE[:2] + WHOLE[3:], {"assistant": True}
    yield "sft-assistant-begins", "sft", "chatml", WHOLE, {"assistant": True}
    yield "sft-assistant-prompts", "sft", "chatml", demonstrations(EXPLICIT), {"assistant": True}
    yield "sft-assistant-tools", "sft", "chatml", whole(tools), {"assistant": True}
    yield "sft-assistant-thinking-rows", "sft", "thinking", [
        row | {"chat_template_kwargs": {"enable_thinking": True}} for row in whole(THOUGHTS)], {"assistant": True}
    for end in ("keep_start", "keep_end"):
        yield f"sft-assistant-{end}", "sft", "chatml", WHOLE, {"assistant": True, "length": 24, "truncation": end}


def settings(objective, rows, options, output):
    batch = options.get("batch") or (2 * len(rows) if objective == "kto" and "chosen" in rows[0] else len(rows))
    common = dict(
        output_dir=output, per_device_train_batch_size=batch, max_steps=STEPS, learning_rate=LEARNING_RATE,
        lr_scheduler_type="constant", warmup_steps=0, weight_decay=0.0, max_grad_norm=1.0, optim="adamw_torch",
        adam_beta1=0.9, adam_beta2=0.999, adam_epsilon=1e-8, logging_steps=1, report_to=[], save_strategy="no",
        use_cpu=True, bf16=False, gradient_checkpointing=False, disable_tqdm=True, seed=0,
        train_sampling_strategy="sequential", max_length=options.get("length", LONGEST))
    if objective in ("dpo", "orpo", "kto"):
        common |= dict(beta=BETA, disable_dropout=True)
    if objective in ("dpo", "sft"):
        common |= dict(truncation_mode=options.get("truncation", "keep_start"))
    if objective == "sft":
        common |= dict(assistant_only_loss=options.get("assistant", False))
    return common


def trainer(objectives, objective, tokenizer, data, arguments):
    model = lambda name: AutoModelForCausalLM.from_pretrained(os.path.join(objectives, name), dtype=torch.float32)
    rest = dict(train_dataset=data, processing_class=tokenizer)
    if objective == "dpo":
        from trl import DPOConfig, DPOTrainer
        return DPOTrainer(model("policy"), ref_model=model("reference"), args=DPOConfig(**arguments), **rest)
    if objective == "kto":
        from trl import KTOConfig, KTOTrainer
        return KTOTrainer(model("policy"), ref_model=model("reference"), args=KTOConfig(**arguments), **rest)
    if objective == "orpo":
        from trl.experimental.orpo import ORPOConfig, ORPOTrainer, orpo_trainer
        # It leaves the column tools out; here its own function is given it, as the other trainers' are.
        render = trl.data_utils.maybe_apply_chat_template
        orpo_trainer.maybe_apply_chat_template = lambda row, processing_class: render(
            row, processing_class, tools=row.get("tools"))
        return ORPOTrainer(model("policy"), args=ORPOConfig(**arguments), **rest)
    if objective == "reward":
        from trl import RewardConfig, RewardTrainer
        scorer = AutoModelForSequenceClassification.from_pretrained(
            os.path.join(objectives, "reward"), num_labels=1, dtype=torch.float32)
        return RewardTrainer(scorer, args=RewardConfig(**arguments), **rest)
    from trl import SFTConfig, SFTTrainer
    return SFTTrainer(model("policy"), args=SFTConfig(**arguments), **rest)


def learned(labels):
    return [int(label != -100) for label in labels]


def token_ids(objective, row):
    """What is learned of a row: all ids, and a mask that is 1 where a token counts; before any are cut off."""
    if objective == "sft":
        return {"ids": row["input_ids"], "mask": learned(row["labels"])}
    if objective == "reward":
        return {side: row[f"{side}_ids"] for side in ("chosen", "rejected")}
    if objective == "orpo":
        return {side: {"ids": row[f"{side}_input_ids"], "mask": learned(row[f"{side}_labels"])}
                for side in ("chosen", "rejected")}
    masked = lambda ids: {"ids": row["prompt_ids"] + ids, "mask": [0] * len(row["prompt_ids"]) + [1] * len(ids)}
    if objective == "kto":
        return masked(row["completion_ids"]) | {"label": row["label"]}
    return {side: masked(row[f"{side}_ids"]) for side in ("chosen", "rejected")}


def flat(model):
    return torch.cat([parameter.detach().double().flatten() for parameter in model.parameters()])


def golden(objectives, name, objective, template, rows, options):
    tokenizer = AutoTokenizer.from_pretrained(os.path.join(objectives, "policy"))
    tokenizer.chat_template = TEMPLATES.get(template)
    if "bos" in options:
        tokenizer.bos_token = options["bos"]
    with tempfile.TemporaryDirectory() as output:
        torch.manual_seed(0)
        run = trainer(objectives, objective, tokenizer, Dataset.from_list(rows),
                      settings(objective, rows, options, output))
        ids = [token_ids(objective, row) for row in run.train_dataset]
        initial = flat(run.model)
        run.train()
        last = flat(run.model)
    unsaid = ("learning_rate", "epoch", "num_tokens", "step")
    steps = [{key: value for key, value in entry.items() if key not in unsaid}
             for entry in run.state.log_history if "loss" in entry]
    return {"name": name, "objective": objective, "template": template, "options": options, "rows": rows,
            "token_ids": ids, "steps": steps, "final_weight_l2": last.norm().item(),
            "final_minus_initial_l2": (last - initial).norm().item()}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    objectives, wanted = sys.argv[1], sys.argv[2:]
    torch.set_num_threads(1)
    goldens = [golden(objectives, *made) for made in sets(objectives) if not wanted or made[0] in wanted]
    result = {"templates": TEMPLATES,
              "settings": {"steps": STEPS, "lr": LEARNING_RATE, "beta": BETA, "max_length": LONGEST,
                           "note": "otherwise as trajectories.json; rows in their order"},
              "sets": goldens}
    if wanted:
        print(json.dumps(goldens, indent=1))
        return
    with open(os.path.join(objectives, "conversations.json"), "w", encoding="utf-8") as file:
        lines = ",\n".join(json.dumps(golden) for golden in goldens)
        head = json.dumps({key: result[key] for key in ("templates", "settings")}, indent=1)
        file.write(head[:-2] + ',\n "sets": [\n' + lines + "\n]}\n")


if __name__ == "__main__":
    main()
