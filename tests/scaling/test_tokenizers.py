"""Tokens, merges and files are those of the libraries `tokenizers` of Hugging Face and `tiktoken` of
OpenAI, where they are installed: on random and on hostile strings, with vocabularies that are
trained here, and with GPT-2's published one where its files are at hand."""

import json
import os
import random
import subprocess
import unicodedata
from pathlib import Path

import pytest

os.environ["TOKENIZERS_PARALLELISM"] = "false"
tokenizers = pytest.importorskip("tokenizers", reason="tokenizers (PyPI) is not installed")

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "tests" / "tokenize"
PUBLISHED = ROOT.parent / "shared" / "data" / "gpt2-bpe"
TEXT = "".join(path.read_text() for path in sorted((ROOT / "chapters").glob("0[12]*/*.cpp")))
STRINGS = int(os.environ.get("LLM_STRINGS", 3000))

# Libraries differ in the version of Unicode: what is assigned in an old one, and of the same kind
# since, is the same to all.
OLD = unicodedata.ucd_3_2_0
CHARACTERS = [chr(number) for number in range(0x110000)
              if OLD.category(chr(number)) not in ("Cn", "Cs")
              and OLD.category(chr(number)) == unicodedata.category(chr(number))]
SPACES = [" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u2028", "\u3000", "\u0085", "\u200b", "\x1c"]
SHORT = ["'s", "'S", "'t", "'re", "'VE", "'m", "'ll", "'d", "'", "''", "\u2019s", "'\u017f"]
NUMBERS = ["0", "12", "345", "6789", "\u0665", "\u00b2", "\u2167", "\u4e00"]
SCRIPTS = ["\U0001f600", "\U0001f469\u200d\U0001f4bb", "e\u0301", "\u0e01\u0e33",
           "\u0928\u092e\u0938\u094d\u0924\u0947", "\u4f60\u597d", "\u3053\u3093", "\u0645\u0631"]
WORDS = ["a", "the", "Hello", "!", "--", "$$", "<|endoftext|>", "naïve"]


def hostile_string(draw):
    kind = draw.randrange(5)
    if kind == 0:
        return "".join(draw.choice(CHARACTERS) for _ in range(draw.randrange(40)))
    if kind == 1:
        lists = [SPACES, SHORT, NUMBERS, SCRIPTS, WORDS, CHARACTERS]
        return "".join(draw.choice(draw.choice(lists)) for _ in range(draw.randrange(60)))
    if kind == 2:
        start = draw.randrange(len(TEXT))
        return TEXT[start:start + draw.randrange(300)]
    if kind == 3:
        return "".join(chr(draw.randrange(128)) for _ in range(draw.randrange(80)))
    return draw.choice(SPACES + WORDS + NUMBERS) * draw.randrange(300)


@pytest.fixture(scope="module")
def strings():
    draw = random.Random(1)
    return [hostile_string(draw) for _ in range(STRINGS)]


def run(*arguments, data=b""):
    result = subprocess.run([str(word) for word in (PROGRAM, *arguments)], input=data,
                            capture_output=True, timeout=120)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout


def our_tokens(files, strings):
    texts = [string.encode() for string in strings]
    lines = run("encode", files, data=b"".join(b"%d\n%b" % (len(text), text) for text in texts))
    return [[int(word) for word in line.split()] for line in lines.decode().split("\n")[:-1]]


def byte_level(expression=None, model=None):
    level = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False,
                                                use_regex=expression is None)
    tokenizer = tokenizers.Tokenizer(model or tokenizers.models.BPE())
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    tokenizer.pre_tokenizer = level if expression is None else tokenizers.pre_tokenizers.Sequence(
        [tokenizers.pre_tokenizers.Split(tokenizers.Regex(expression), "isolated"), level])
    return tokenizer


def ours_trained(folder, size, pattern, *specials):
    (folder / "text").write_text(TEXT)
    (folder / "ours.json").write_bytes(run("train", folder / "text", size, pattern, *specials))
    return folder / "ours.json"


@pytest.mark.parametrize("pattern", ["gpt2", "gpt4"])
def test_training_gives_the_merges_of_tokenizers(pattern, tmp_path):
    ours = json.loads(ours_trained(tmp_path, 5000, pattern).read_text())
    expression = None
    if pattern == "gpt4":
        expression = ours["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
    theirs = byte_level(expression)
    theirs.train_from_iterator([TEXT], tokenizers.trainers.BpeTrainer(
        vocab_size=5000, show_progress=False,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet()))
    assert ours["model"] == json.loads(theirs.to_str())["model"]


@pytest.mark.parametrize("pattern", ["whole", "gpt2", "gpt4"])
def test_tokenizers_loads_what_we_write_and_gives_the_same_tokens(pattern, tmp_path, strings):
    file = ours_trained(tmp_path, 1000, pattern, "<|end|>")
    theirs = tokenizers.Tokenizer.from_file(str(file))
    for string, ours in zip(strings, our_tokens(file, strings), strict=True):
        assert ours == theirs.encode(string, add_special_tokens=False).ids, ascii(string)
    special = theirs.encode("a<|end|>b").ids
    data = b"9\na<|end|>b"
    assert [int(word) for word in run("encode", file, "with-specials", data=data).split()] == special
    assert theirs.decode(special, skip_special_tokens=False) == "a<|end|>b"


def test_pieces_in_the_style_of_sentencepiece_go_to_tokenizers_and_back(tmp_path, strings):
    fixture = ROOT / "tests" / "fixtures" / "scaling_sentence_pieces.json"
    (tmp_path / "a.json").write_text(json.dumps(json.loads(fixture.read_text())["tokenizer"]))
    run("convert", tmp_path / "a.json", "llama2c", tmp_path / "b.bin")
    run("convert", tmp_path / "b.bin", "json", tmp_path / "c.json")
    theirs = tokenizers.Tokenizer.from_file(str(tmp_path / "c.json"))
    strings = [string for string in strings if "▁" not in string]
    for string, ours in zip(strings, our_tokens(tmp_path / "b.bin", strings), strict=True):
        assert ours == theirs.encode(string, add_special_tokens=False).ids, ascii(string)


def published():
    if not (PUBLISHED / "vocab.bpe").exists():
        pytest.skip(f"GPT-2's encoder.json and vocab.bpe are not in {PUBLISHED}")
    return [str(PUBLISHED / name) for name in ("encoder.json", "vocab.bpe")]


def test_gpt2s_vocabulary_gives_the_tokens_of_tokenizers(strings):
    files = published()
    theirs = byte_level(model=tokenizers.models.BPE.from_file(*files))
    for string, ours in zip(strings, our_tokens(",".join(files), strings), strict=True):
        assert ours == theirs.encode(string).ids, ascii(string)


def test_gpt2s_vocabulary_gives_the_tokens_of_tiktoken(strings, tmp_path):
    tiktoken = pytest.importorskip("tiktoken", reason="tiktoken (PyPI) is not installed")
    files = published()
    byte_of = {letter: number for number, letter in enumerate(letters())}
    words = json.loads(Path(files[0]).read_text())
    ranks = {bytes(byte_of[letter] for letter in word): number for word, number in words.items()
             if word != "<|endoftext|>"}
    theirs = tiktoken.Encoding("gpt2", mergeable_ranks=ranks, special_tokens={}, pat_str=(
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"))
    for string, ours in zip(strings, our_tokens(",".join(files), strings), strict=True):
        assert ours == theirs.encode_ordinary(string), ascii(string)


def letters():
    """GPT-2's letters for the bytes."""
    visible = [byte for byte in range(256) if 0x20 < byte < 0x7f or byte > 0xa0 and byte != 0xad]
    rest = [byte for byte in range(256) if byte not in visible]
    return [chr(byte) if byte in visible else chr(0x100 + rest.index(byte)) for byte in range(256)]


def test_gpt2s_files_are_written_as_they_were_read(tmp_path):
    files = published()
    run("convert", ",".join(files), "gpt2", tmp_path / "encoder.json", tmp_path / "vocab.bpe")
    assert json.loads((tmp_path / "encoder.json").read_text()) == json.loads(
        Path(files[0]).read_text())
    assert (tmp_path / "vocab.bpe").read_text() == Path(files[1]).read_text()
