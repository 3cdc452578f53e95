"""Random checkpoints of two real shapes (15M: that of stories15M, 135M: that of SmolLM2-135M), with the starter tokenizer.

usage: make_models.py OUT   writes OUT/15m and OUT/135m
"""
import os
import sys

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHAPES = {
    "15m": dict(hidden_size=288, intermediate_size=768, num_hidden_layers=6, num_attention_heads=6,
                num_key_value_heads=6, vocab_size=32000),
    "135m": dict(hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
                 num_key_value_heads=3, vocab_size=49152),
}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, shape in SHAPES.items():
        torch.manual_seed(0)
        model = LlamaForCausalLM(LlamaConfig(
            **shape, max_position_embeddings=2048, tie_word_embeddings=True, eos_token_id=0, pad_token_id=3,
            bos_token_id=None, rope_theta=10000.0))
        target = os.path.join(sys.argv[1], name)
        model.save_pretrained(target)
        PreTrainedTokenizerFast(
            tokenizer_file=os.path.join(HOME, "starter", "tokenizer.json"), eos_token="<|endoftext|>",
            pad_token="<|pad|>", bos_token=None).save_pretrained(target)
        print(name, sum(parameter.numel() for parameter in model.parameters()))


if __name__ == "__main__":
    main()
