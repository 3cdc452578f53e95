"""Random checkpoints with the options that few public models use, and the values transformers gives for them.

usage: make_goldens.py OUT   (needs torch and transformers; writes OUT/NAME/ as in model/src/test/resources/goldens/models)
"""
import json
import os
import sys

import torch
from safetensors.torch import save_file
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
)

SMALL = dict(
    hidden_size=32,
    intermediate_size=56,
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    vocab_size=96,
    max_position_embeddings=128,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=0,
)


def small(**more):
    return {**SMALL, **more}


def rope(**more):
    return dict(rope_theta=10000.0, **more)


MODELS = {
    "llama-yarn": LlamaConfig(**small(
        head_dim=16, rope_parameters=rope(rope_type="yarn", factor=4.0, original_max_position_embeddings=32))),
    "llama-yarn-mscale": LlamaConfig(**small(
        head_dim=16, hidden_act="gelu",
        rope_parameters=rope(rope_type="yarn", factor=4.0, original_max_position_embeddings=32, mscale=0.7,
                             mscale_all_dim=0.3, beta_fast=16.0, beta_slow=2.0, truncate=False))),
    "llama-dynamic": LlamaConfig(**small(
        head_dim=16, max_position_embeddings=24, rope_parameters=rope(rope_type="dynamic", factor=2.0))),
    "mistral-full": MistralConfig(**small(sliding_window=None, hidden_act="relu2", head_dim=12)),
    "qwen2-sliding": Qwen2Config(**small(
        use_sliding_window=True, sliding_window=6, max_window_layers=1, hidden_act="gelu_pytorch_tanh")),
    "qwen3-bias-sliding": Qwen3Config(**small(
        head_dim=12, attention_bias=True, use_sliding_window=True, sliding_window=5, tie_word_embeddings=True,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"], hidden_act="quick_gelu")),
    "gpt2-untied-scaled": GPT2Config(
        n_embd=24, n_head=3, n_layer=3, n_inner=40, n_positions=64, vocab_size=96, activation_function="gelu",
        scale_attn_by_inverse_layer_idx=True, scale_attn_weights=False, tie_word_embeddings=False,
        bos_token_id=1, eos_token_id=2),
}


def old_style(directory):
    """The form that transformers 4 wrote."""
    path = os.path.join(directory, "config.json")
    config = json.load(open(path))
    parameters = config.pop("rope_parameters", None)
    if parameters:
        config["rope_theta"] = parameters.pop("rope_theta")
        kind = parameters.pop("rope_type")
        config["rope_scaling"] = None if kind == "default" else {"type": kind, **parameters}
    config["torch_dtype"] = config.pop("dtype")
    json.dump(config, open(path, "w"), indent=2, sort_keys=True)


def main(out):
    for seed, (name, config) in enumerate(MODELS.items()):
        torch.manual_seed(100 + seed)
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * (0.1 if parameter.dim() > 1 else 0.3))
        ids = torch.randint(3, 96, (2, 40))
        mask = torch.ones_like(ids)
        mask[1, 23:] = 0
        with torch.no_grad():
            # a row at a time: transformers' dynamic frequencies follow the padded length
            logits = torch.zeros(2, 40, 96)
            for row, length in enumerate((40, 23)):
                logits[row, :length] = model(ids[row : row + 1, :length]).logits[0]
            log_probabilities = torch.log_softmax(logits, -1)[:, :-1].gather(2, ids[:, 1:, None])[..., 0]
            greedy = ids[:1, :6]
            for _ in range(24):
                following = model(greedy).logits[:, -1].argmax(-1)
                greedy = torch.cat([greedy, following[:, None]], 1)
        directory = os.path.join(out, name)
        model.save_pretrained(directory)
        golden = dict(input_ids=ids, attention_mask=mask, logits=logits, next_token_log_probs=log_probabilities)
        if name != "llama-dynamic":  # its cached keys keep the frequencies of their time
            golden["greedy"] = greedy[0]
        save_file({key: value.contiguous() for key, value in golden.items()},
                  os.path.join(directory, "golden.safetensors"))
        if seed % 2:
            old_style(directory)


main(sys.argv[1])
