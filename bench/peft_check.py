"""Whether PEFT's adapters give in our loader what they give in PEFT, and ours in PEFT.

usage: peft_check.py MODEL WORK   (needs torch, transformers, peft; calls ./rlhf)
Makes random adapters with PEFT, merges them with rlhf model merge-lora, and compares logits; then loads
adapters that we wrote (WORK/ours, where there is one) and compares with the merged model beside it (WORK/ours-merged).
"""
import os
import subprocess
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

model, work = sys.argv[1], sys.argv[2]
ids = torch.randint(3, 90, (2, 20))


def load(path):
    return AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()


base = load(model)
gpt2 = base.config.model_type == "gpt2"
targets = ["c_attn", "c_proj", "c_fc"] if gpt2 else ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
for rank_stabilised in (False, True):
    adapted = get_peft_model(load(model), LoraConfig(r=4, lora_alpha=10, target_modules=targets, fan_in_fan_out=gpt2,
                                                     task_type="CAUSAL_LM", use_rslora=rank_stabilised))
    torch.manual_seed(1)
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    adapted.eval()
    adapter = os.path.join(work, f"peft-{rank_stabilised}")
    merged = os.path.join(work, f"merged-{rank_stabilised}")
    adapted.save_pretrained(adapter)
    subprocess.run(["./rlhf", "model", "merge-lora", "--model", model, "--adapter", adapter, "--output", merged], check=True)
    with torch.no_grad():
        expected, actual, plain = adapted(ids).logits, load(merged)(ids).logits, base(ids).logits
    print(f"PEFT -> ours (rslora {rank_stabilised}): largest difference of logits "
          f"{(expected - actual).abs().max():.2e}, adapters change them by {(expected - plain).abs().max():.2f}")
ours = os.path.join(work, "ours")
if os.path.isdir(ours):
    with torch.no_grad():
        expected = load(os.path.join(work, "ours-merged"))(ids).logits
        actual = PeftModel.from_pretrained(load(model), ours).eval()(ids).logits
        plain = base(ids).logits
    print(f"ours -> PEFT: largest difference of logits {(expected - actual).abs().max():.2e}, "
          f"adapters change them by {(expected - plain).abs().max():.2f}")
