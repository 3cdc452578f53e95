"""Golden values: what transformers and TRL give for models and objectives.

usage: make_goldens.py models OUT       (needs torch and transformers; writes OUT/NAME/ as in
                                         model/src/test/resources/goldens/models: random checkpoints with the options
                                         that few public models use)
       make_goldens.py objectives OUT   (needs trl 1.16 too; OUT is learner/src/test/resources/goldens/objectives, whose
                                         policy/ and pairs.json it reads; writes OUT/critic-free.json and
                                         OUT/reference-free.json)
"""
import collections
import json
import math
import os
import sys
import types

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


def models(out):
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


# --- objectives without a value model: TRL's own loss on given log-probabilities, in double precision ---

LENGTHS = (5, 2, 7, 4, 6, 3)
LONGEST = 8
CRITIC_FREE = {
    "grpo": dict(loss_type="grpo"),
    "grpo-clip-higher-kl": dict(loss_type="grpo", epsilon_high=0.28, beta=0.04),
    "dapo": dict(loss_type="dapo"),
    "dr-grpo": dict(loss_type="dr_grpo"),
    "gspo": dict(loss_type="grpo", importance_sampling_level="sequence", epsilon=0.03, epsilon_high=0.04),
    "gspo-kl": dict(loss_type="grpo", importance_sampling_level="sequence", beta=0.04),
    "cispo": dict(loss_type="cispo", epsilon_high=1.2),
    "cispo-sequence": dict(loss_type="cispo", epsilon_high=1.05, importance_sampling_level="sequence"),
    "sapo": dict(loss_type="sapo"),
    "sapo-sequence-kl": dict(loss_type="sapo", importance_sampling_level="sequence", beta=0.04),
    "luspo": dict(loss_type="luspo", importance_sampling_level="sequence", epsilon=0.03, epsilon_high=0.04),
    "luspo-kl": dict(loss_type="luspo", importance_sampling_level="sequence", beta=0.04),
    "vespo": dict(loss_type="vespo"),
    "vespo-other-weights": dict(
        loss_type="vespo", vespo_k_pos=1.5, vespo_lambda_pos=2.5, vespo_k_neg=2.0, vespo_lambda_neg=1.0),
    "gmpo": dict(gmpo=True, epsilon=0.4),
    "gmpo-narrow-kl": dict(gmpo=True, epsilon=0.1, beta=0.04),
    "grpo-entropy": dict(loss_type="grpo", entropy_coef=0.02),
    "cispo-entropy": dict(loss_type="cispo", epsilon_high=5.0, entropy_coef=0.02),
    "gspo-masked": dict(loss_type="grpo", importance_sampling_level="sequence", masked=True),
    "dapo-masked-entropy": dict(loss_type="dapo", masked=True, entropy_coef=0.02),
    "luspo-masked": dict(loss_type="luspo", importance_sampling_level="sequence", masked=True),
    "vespo-masked": dict(loss_type="vespo", masked=True),
}
TRUNCATED = (False, True, False, False, True, False)


def loss_only(kind, settings):
    """A trainer of TRL's that has what its loss reads, and nothing else."""
    from accelerate import Accelerator

    trainer = object.__new__(kind)
    beta = settings.get("beta", 0.0)
    epsilon = settings.get("epsilon", 0.2)
    vars(trainer).update(
        args=types.SimpleNamespace(
            delta=None, use_bias_correction_kl=False, steps_per_generation=1, sapo_temperature_pos=1.0,
            sapo_temperature_neg=1.05, vespo_k_pos=settings.get("vespo_k_pos", 2.0),
            vespo_lambda_pos=settings.get("vespo_lambda_pos", 3.0), vespo_k_neg=settings.get("vespo_k_neg", 3.0),
            vespo_lambda_neg=settings.get("vespo_lambda_neg", 2.0)),
        accelerator=Accelerator(cpu=True), model=torch.nn.Identity().train(), loss_type=settings.get("loss_type"),
        importance_sampling_level=settings.get("importance_sampling_level", "token"), beta=beta, epsilon_low=epsilon,
        epsilon_high=settings.get("epsilon_high", epsilon), top_entropy_quantile=1.0, off_policy_mask_threshold=None,
        use_vllm=False, vllm_importance_sampling_correction=False, aux_loss_enabled=False,
        current_gradient_accumulation_steps=1, max_completion_length=LONGEST, use_adaptive_entropy=False,
        entropy_coef=settings.get("entropy_coef", 0.0), _entropy_bonus_enabled="entropy_coef" in settings,
        _metrics=collections.defaultdict(lambda: collections.defaultdict(list)))
    return trainer


def critic_free():
    from trl import GRPOTrainer
    from trl.experimental.gmpo import GMPOTrainer

    torch.manual_seed(7)
    rows, time = len(LENGTHS), max(LENGTHS)
    old = -3 + 0.8 * torch.randn(rows, time, dtype=torch.float64)
    new = old + 0.25 * torch.randn(rows, time, dtype=torch.float64)
    reference = old + 0.3 * torch.randn(rows, time, dtype=torch.float64)
    entropies = 1 + 2 * torch.rand(rows, time, dtype=torch.float64)
    advantages = torch.tensor([1.1, -0.7, 0.4, -1.3, 0.9, -0.2], dtype=torch.float64)
    whole = torch.tensor([[int(t < length) for t in range(time)] for length in LENGTHS])

    def cut(values):
        return [values[row, :length].tolist() for row, length in enumerate(LENGTHS)]

    golden = dict(
        log_probs=cut(new), old_log_probs=cut(old), reference_log_probs=cut(reference), entropies=cut(entropies),
        advantages=advantages.tolist(), truncated=TRUNCATED, longest=LONGEST, cases={})
    for name, settings in CRITIC_FREE.items():
        trainer = loss_only(GMPOTrainer if settings.get("gmpo") else GRPOTrainer, settings)
        leaves = new.clone().requires_grad_(), entropies.clone().requires_grad_()
        trainer._get_per_token_logps_and_entropies = lambda *_, **__: (*leaves, None)
        mask = whole * (1 - torch.tensor(TRUNCATED).int())[:, None] if settings.get("masked") else whole
        empty = torch.zeros(rows, 0, dtype=torch.long)
        loss = trainer._compute_loss(trainer.model, dict(
            prompt_ids=empty, prompt_mask=empty, completion_ids=whole, completion_mask=mask, advantages=advantages,
            old_per_token_logps=old, ref_per_token_logps=reference, num_items_in_batch=mask.sum()))
        loss.backward()
        golden["cases"][name] = dict(
            settings=settings, loss=loss.item(), gradients=cut(leaves[0].grad),
            entropy_gradients=cut(torch.zeros_like(entropies) if leaves[1].grad is None else leaves[1].grad))
    golden["advantages_by_scale"] = scaled_advantages()
    golden["overlong"] = overlong()
    golden["distillation"] = dict(loss=distillation(old, reference, whole))
    return golden


def distillation(sampled, teacher, mask):
    """TRL's loss on sampled tokens, without weights by what came before, of a policy that is the one that sampled."""
    from trl.experimental.iw_opd import IWOPDTrainer

    trainer = object.__new__(IWOPDTrainer)
    vars(trainer).update(temperature=1.0, iw_opd_gamma=0.0, iw_opd_epsilon=1e-8, model=torch.nn.Identity().train(),
                         _metrics=collections.defaultdict(lambda: collections.defaultdict(list)))
    # two tokens: the sampled one, and the rest
    logits = torch.stack([sampled, torch.log1p(-sampled.exp())], -1)
    labels = torch.where(mask.bool(), 0, -100)
    return trainer._compute_iw_opd_loss(logits, torch.zeros_like(labels), labels, teacher, sampled).item()


def scaled_advantages():
    """TRL's advantages of two groups of four, as its trainer works them out of the rewards."""
    import inspect

    from trl import GRPOTrainer

    scores = torch.tensor([1.0, 2.5, -0.5, 0.25, 10.0, 10.5, 10.0, 9.0], dtype=torch.float64)
    source = inspect.getsource(GRPOTrainer._generate_and_score_completions).split("\n")
    begin = next(i for i, line in enumerate(source) if "rewards[unscorable_mask] = torch.nan" in line)
    end = next(i for i, line in enumerate(source) if i > begin and "is_std_zero" in line)
    from textwrap import dedent

    from trl.trainer.utils import nanstd

    code = dedent("\n".join(source[begin:end]))
    by_scale = {}
    for scale in ("group", "batch", "none"):
        names = dict(
            rewards=scores.clone(), unscorable_mask=torch.zeros(8, dtype=torch.bool), num_generations=4, torch=torch,
            nanstd=nanstd, self=types.SimpleNamespace(scale_rewards=scale))
        exec(code, names)  # the trainer has no function for it
        by_scale[scale] = names["advantages"].tolist()
    return dict(scores=scores.tolist(), **by_scale)


def overlong():
    from trl.rewards import get_soft_overlong_punishment

    lengths = [1, 40, 80, 81, 90, 99, 100]
    return dict(longest=100, cache=20, lengths=lengths,
                punishments=get_soft_overlong_punishment(100, 20)([[1] * length for length in lengths]))


# --- pairs without a reference: five steps as TRL logs them ---

REFERENCE_FREE = {
    "cpo": dict(loss_type="sigmoid"),
    "cpo-hinge": dict(loss_type="hinge"),
    "cpo-ipo": dict(loss_type="ipo", cpo_alpha=0.5),
    "cpo-smoothed": dict(loss_type="sigmoid", label_smoothing=0.1),
    "simpo": dict(loss_type="simpo", cpo_alpha=0.0, beta=2.0, simpo_gamma=1.0),
    "cpo-simpo": dict(loss_type="simpo", beta=2.0, simpo_gamma=0.5),
    "simpo-smoothed": dict(loss_type="simpo", cpo_alpha=0.0, beta=2.0, simpo_gamma=1.0, label_smoothing=0.1),
    "alphapo": dict(loss_type="alphapo", beta=2.0, simpo_gamma=1.0, alpha=0.1),
    "alphapo-negative": dict(loss_type="alphapo", beta=2.0, simpo_gamma=1.0, alpha=-0.25),
}


def reference_free(directory):
    import tempfile

    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl.experimental.cpo import CPOConfig, CPOTrainer

    policy = os.path.join(directory, "policy")
    pairs = json.load(open(os.path.join(directory, "pairs.json")))
    golden = {}
    for name, settings in REFERENCE_FREE.items():
        model = AutoModelForCausalLM.from_pretrained(policy, dtype=torch.float32)
        initial = [parameter.detach().clone() for parameter in model.parameters()]
        with tempfile.TemporaryDirectory() as scratch:
            trainer = CPOTrainer(
                model=model,
                processing_class=AutoTokenizer.from_pretrained(policy),
                train_dataset=Dataset.from_list([{key: pair[key] for key in ("prompt", "chosen", "rejected")}
                                                 for pair in pairs]),
                args=CPOConfig(
                    output_dir=scratch, max_steps=5, per_device_train_batch_size=len(pairs), learning_rate=1e-3,
                    lr_scheduler_type="constant", logging_steps=1, report_to="none", max_length=128, bf16=False,
                    gradient_checkpointing=False, use_cpu=True, save_strategy="no", **{"beta": 0.1, **settings}))
            trainer.train()
        last = list(model.parameters())
        golden[name] = dict(
            settings=settings,
            steps=[logged(step, trainer) for step in trainer.state.log_history if "loss" in step],
            final_weight_l2=math.sqrt(sum((now.detach().double() ** 2).sum().item() for now in last)),
            final_minus_initial_l2=math.sqrt(sum(
                ((now.detach().double() - then.double()) ** 2).sum().item() for now, then in zip(last, initial))))
    return golden


def logged(step, trainer):
    """What a step is compared by."""
    dropped = ["epoch", "step", "learning_rate", "logits/chosen", "logits/rejected"]
    if trainer.cpo_alpha == 0:
        dropped.append("nll_loss")  # 0, as it is not computed
    if trainer.loss_type == "ipo":  # means over tokens, where ours has sums
        dropped += ["logps/chosen", "logps/rejected"] + [
            "rewards/" + name for name in ("chosen", "rejected", "margins", "accuracies")]
    return {key: value for key, value in step.items() if key not in dropped}


def objectives(out):
    for name, golden in (("critic-free", critic_free()), ("reference-free", reference_free(out))):
        with open(os.path.join(out, name + ".json"), "w") as file:
            json.dump(golden, file, indent=1)
            file.write("\n")


{"models": models, "objectives": objectives}[sys.argv[1]](sys.argv[2])
