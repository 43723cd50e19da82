"""Models go to and from `transformers` of Hugging Face, where that is installed: freshly trained
runs are loaded there, and random models of its own are loaded here."""

import json
import subprocess
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch (PyPI) is not installed")
transformers = pytest.importorskip("transformers", reason="transformers (PyPI) is not installed")

BUILD = Path(__file__).resolve().parents[2] / "build"
TEXT = "the cat sat on a mat, and the dog did not.\n" * 60
SHAPE = {"context": 32, "width": 24, "heads": 3, "key_value_heads": 3, "layers": 2, "hidden": 40}
GPT2 = {"position": "learned", "norm": "layer", "feed_forward": "gelu", "bias": True}
LLAMA = {"position": "rotary", "norm": "rms", "feed_forward": "swiglu", "bias": False}
RUNS = {
    "gpt2": GPT2,
    "gpt2 with ReLU, untied": {**GPT2, "feed_forward": "relu", "tied": False},
    "llama": LLAMA,
    "llama with grouped heads, biases, untied, another base":
        {**LLAMA, "key_value_heads": 1, "bias": True, "tied": False, "rotary_base": 500.0},
}


def run(*command):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                            timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout


def our_logits(folder, tokens):
    return torch.tensor(json.loads(run(BUILD / "tests" / "model_logits", folder, *tokens)))


def their_logits(model, tokens):
    with torch.no_grad():
        return model(torch.tensor([tokens])).logits[0].float()


def trained(folder, model):
    """A run of a few steps, so that no weight is what it was at the start."""
    (folder / "text").write_text(TEXT)
    (folder / "settings.json").write_text(json.dumps(
        {"model": {**SHAPE, **model}, "warm_up": 2, "sequences": 4, "evaluate_every": 20,
         "evaluation_batches": 1}))
    run(BUILD / "gpt", "train", "--run", folder / "run", "--data", folder / "text",
        "--config", folder / "settings.json", "--steps", 40, "--threads", 1)
    return folder / "run"


@pytest.mark.parametrize("model", RUNS.values(), ids=RUNS.keys())
def test_transformers_loads_what_a_run_has_trained(model, tmp_path):
    folder = trained(tmp_path, model)
    config = json.loads((folder / "best" / "config.json").read_text())
    assert config["model_type"] == ("llama" if model["norm"] == "rms" else "gpt2")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(folder / "best").eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "best")
    prompt = "the cat "
    tokens = tokenizer(prompt)["input_ids"]
    assert tokenizer.decode(tokens) == prompt
    difference = our_logits(folder / "best", tokens) - their_logits(theirs, tokens)
    assert difference.abs().max() < 1e-4
    said = theirs.generate(torch.tensor([tokens]), max_new_tokens=20, do_sample=False,
                           pad_token_id=0)
    ours = run(BUILD / "gpt", "sample", "--run", folder, "--prompt", prompt, "--temperature", 0,
               "--tokens", 20)
    assert ours == tokenizer.decode(said[0]) + "\n"


@pytest.mark.parametrize("config", [
    transformers.GPT2Config(vocab_size=11, n_positions=16, n_embd=24, n_head=3, n_layer=2),
    transformers.LlamaConfig(vocab_size=11, max_position_embeddings=16, hidden_size=24,
                             num_attention_heads=6, num_key_value_heads=2, num_hidden_layers=2,
                             intermediate_size=40),
], ids=["gpt2", "llama"])
def test_a_model_that_transformers_wrote_is_loaded_here(config, tmp_path):
    torch.manual_seed(1)
    theirs = transformers.AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_(std=0.2)
    theirs.save_pretrained(tmp_path / "model")
    other = trained(tmp_path, {})  # whose tokenizer is as good as any
    (tmp_path / "model" / "tokenizer.json").write_text((other / "best/tokenizer.json").read_text())
    tokens = [3, 1, 4, 1, 5, 9, 2, 6]
    difference = our_logits(tmp_path / "model", tokens) - their_logits(theirs, tokens)
    assert difference.abs().max() < 1e-4


def test_a_model_that_transformers_does_not_know_is_refused_there(tmp_path):
    folder = trained(tmp_path, {**LLAMA, "norm": "layer"})
    with pytest.raises(ValueError, match="understand_llms"):
        transformers.AutoModelForCausalLM.from_pretrained(folder / "best")
