"""The program gpt among the troubles of real machines: signals, lost readers, full disks, odd names."""

import fcntl
import json
import math
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GPT = Path(os.environ.get("LLM_GPT", ROOT / "build" / "gpt"))

SETTINGS = {
    "model": {"context": 16, "width": 16, "heads": 2, "key_value_heads": 2, "layers": 1, "hidden": 16},
    "warm_up": 2, "steps": 12, "sequences": 2, "evaluate_every": 6, "evaluation_batches": 1,
    "checkpoint_every": 5,
}
ENDLESS = 100_000_000


@pytest.fixture
def place(tmp_path):
    """A folder with a text and settings for a run that takes no time."""
    (tmp_path / "text").write_text("the cat sat on a mat, and the dog did not.\n" * 60)
    (tmp_path / "settings.json").write_text(json.dumps(SETTINGS))
    return tmp_path


def command(place, *options, run="run", fresh=True):
    """The command line of a run, new or going on; options take the place of the usual ones."""
    usual = {"--threads": "1"}
    if fresh:
        usual |= {"--data": place / "text", "--config": place / "settings.json"}
    words = [word for option in usual.items() if option[0] not in options for word in option]
    return [GPT, "train", "--run", place / run, *words, *options, *([] if fresh else ["--resume"])]


def contents(run):
    """The bytes of the files of a run's last checkpoint, by their names."""
    return {file.name: file.read_bytes() for file in (run / "last").iterdir()}


def train(place, *options, run="run", fresh=True, **streams):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run(command(place, *options, run=run, fresh=fresh), stdin=subprocess.DEVNULL,
                          text=True, timeout=60, errors="replace", **streams)


def start(place, *options, run="run", fresh=True, **streams):
    """Starts a run that does not end by itself and waits until it has made ten steps."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    process = subprocess.Popen(
        command(place, "--steps", str(ENDLESS), *options, run=run, fresh=fresh),
        stdin=subprocess.DEVNULL, text=True, **streams)
    until(lambda: len(steps(place / run)) >= 10, process)
    return process


def until(condition, process=None, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        assert process is None or process.poll() is None, "the run has ended"
        time.sleep(0.01)


def steps(run):
    """The steps in a run's metrics whose lines are whole."""
    try:
        lines = (run / "metrics.jsonl").read_text().split("\n")[:-1]
    except FileNotFoundError:
        return []
    return [json.loads(line)["step"] for line in lines]


def let_end_at(run, step):
    """Changes the last step of a run."""
    config = run / "settings.json"
    config.write_text(re.sub(r'"steps": \d+', f'"steps": {step}', config.read_text()))


def refused(result, *parts):
    """Asserts that the program failed with one sentence that holds the parts."""
    assert result.returncode == 1, result.stderr
    sentence = result.stderr.strip().splitlines()[-1]
    assert sentence.startswith("gpt: ")
    for part in parts:
        assert str(part) in sentence


# --- Signals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_makes_a_checkpoint_and_ends_the_run_which_can_go_on(place, kind):
    process = start(place)
    process.send_signal(kind)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 128 + kind
    last = steps(place / "run")[-1]
    assert f"stopped after step {last};" in output
    let_end_at(place / "run", last + 3)
    assert train(place, fresh=False).returncode == 0
    assert steps(place / "run") == list(range(1, last + 4))


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGHUP])
def test_any_number_of_polite_signals_leaves_time_for_the_checkpoint(place, kind):
    process = start(place)
    for _ in range(20):
        process.send_signal(kind)
    process.communicate(timeout=30)
    assert process.returncode == 128 + kind
    assert (place / "run" / "last").exists()


def test_a_second_ctrl_c_ends_the_run_at_once(place):
    settings = {**SETTINGS, "sequences": 4000, "model": {**SETTINGS["model"], "width": 64}}
    (place / "settings.json").write_text(json.dumps(settings))  # a step takes long
    process = subprocess.Popen(command(place, "--steps", str(ENDLESS)), stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    until(lambda: (place / "run" / "metrics.jsonl").exists(), process)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT


def test_a_hangup_that_is_ignored_stays_ignored(place):
    process = start(place, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.send_signal(signal.SIGHUP)
    reached = steps(place / "run")[-1]
    until(lambda: steps(place / "run")[-1] > reached + 10, process)
    process.terminate()
    process.communicate(timeout=30)


# --- Streams ------------------------------------------------------------------------------------


def test_a_full_standard_output_is_an_error_and_the_run_is_kept(place):
    with open("/dev/full", "w") as full:
        result = train(place, stdout=full)
    refused(result, "standard output could not be written")
    assert steps(place / "run")[-1] == 12
    assert (place / "run" / "last").exists()


@pytest.mark.parametrize("arguments", [["--help"], ["sample", "--run", "run"]])
def test_lost_output_is_an_error_of_every_command(place, arguments):
    train(place)
    with open("/dev/full", "w") as full:
        result = subprocess.run([GPT, *arguments], cwd=place, stdout=full, stderr=subprocess.PIPE,
                                text=True, timeout=30)
    refused(result, "standard output could not be written")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_run_goes_on_when_nobody_reads_it_any_more(place, stream):
    process = start(place, **{stream: subprocess.PIPE})
    getattr(process, stream).close()
    reached = steps(place / "run")[-1]
    until(lambda: steps(place / "run")[-1] > reached + 50, process)
    process.terminate()
    assert process.wait(timeout=30) == 128 + signal.SIGTERM
    assert (place / "run" / "last").exists()


@pytest.mark.parametrize("closed", ["2>&-", "1>&-", "0<&- 1>&- 2>&-"])
def test_messages_go_into_no_file_when_the_standard_streams_are_closed(place, closed):
    words = [str(word) for word in command(place)]
    subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *words], timeout=60)
    assert steps(place / "run") == list(range(1, 13))  # every line is metrics


def terminal_output(columns, place):
    """What a whole run shows on a terminal of this width."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(command(place), stdout=subprocess.DEVNULL, stderr=follower,
                               stdin=subprocess.DEVNULL)
    os.close(follower)
    shown = b""
    while select.select([leader], [], [], 30)[0]:
        try:
            shown += os.read(leader, 65536)
        except OSError:
            break
    os.close(leader)
    assert process.wait(timeout=30) == 0
    return shown.decode()


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_progress_line_fits_the_terminal(place, columns):
    lines = re.split(r"[\r\n]+", terminal_output(columns, place).strip())
    assert "step 12/12" in lines[-1]
    assert all(len(line) < columns for line in lines)
    assert ("[####" in lines[-1]) == (columns >= 80)


# --- Runs ---------------------------------------------------------------------------------------


def test_a_second_run_in_a_directory_is_told_who_has_it_until_that_is_gone(place):
    process = start(place)
    refused(train(place), "there is a run here already")
    refused(train(place, fresh=False), f"this run is in use by process {process.pid}")
    process.kill()
    process.communicate()
    let_end_at(place / "run", 30)
    assert train(place, fresh=False).returncode == 0


def test_a_run_that_diverged_says_what_to_type_and_that_works(place):
    settings = {**SETTINGS, "peak": 1e38, "warm_up": 0}
    (place / "settings.json").write_text(json.dumps(settings))
    result = train(place, run="my run")
    refused(result, "training has diverged", "There is no checkpoint yet", '"peak", which is 1e+38',
            place / "my run" / "settings.json", f"./learn gpt train --run '{place}/my run' --resume")
    config = place / "my run" / "settings.json"
    config.write_text(config.read_text().replace("1e+38", "0.001"))
    assert train(place, run="my run", fresh=False).returncode == 0


def test_resuming_with_other_settings_says_where_to_change_them(place):
    train(place)
    for options in (["--config", place / "settings.json"], ["--steps", "20"]):
        refused(train(place, *options, fresh=False), place / "run" / "settings.json",
                "--resume takes no --config, no --tokenizer and no --steps")


def test_the_text_that_a_run_was_resumed_with_is_remembered(place):
    train(place)
    (place / "text").rename(place / "moved")
    assert train(place, "--data", place / "moved", fresh=False).returncode == 0
    assert train(place, fresh=False).returncode == 0


def test_a_finished_run_says_what_comes_next_as_the_shell_reads_it(place):
    result = train(place, run="it's mine")
    assert result.returncode == 0
    next_command = result.stdout.split("now try: ./learn gpt ")[1].strip()
    spoken = subprocess.run(["sh", "-c", f"'{GPT}' {next_command} --tokens 5"], timeout=30)
    assert spoken.returncode == 0


def test_nothing_is_written_for_a_model_that_does_not_fit_the_memory(place):
    settings = {**SETTINGS, "model": {**SETTINGS["model"], "width": 1_000_000, "hidden": 1_000_000}}
    (place / "settings.json").write_text(json.dumps(settings))
    refused(train(place), "GiB of memory, and there are", "choose a smaller model")
    assert not (place / "run").exists()


def test_nothing_is_written_when_there_are_not_enough_threads(place):
    many = [str(word) for word in command(place, "--threads", "1000")]
    result = subprocess.run(["bash", "-c", 'ulimit -v 300000; exec "$@"', "bash", *many],
                            capture_output=True, text=True, timeout=60)
    refused(result, "of 1000 threads", "ask for fewer with --threads")
    assert not (place / "run").exists()


# --- Names and texts ----------------------------------------------------------------------------


def test_a_text_whose_name_is_not_utf_8_is_refused_before_anything_is_written(place):
    latin = os.fsencode(place) + b"/caf\xe9"
    shutil.copy(place / "text", latin)
    refused(train(place, "--data", latin), "is not valid UTF-8", "rename it")
    assert not (place / "run").exists()


def test_a_run_may_have_any_name(place):
    run = os.fsencode(place) + b"/caf\xe9 run"
    result = subprocess.run(
        [GPT, "train", "--run", run, "--data", place / "text", "--config", place / "settings.json"],
        capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr


def test_a_text_with_carriage_returns_alone_has_lines(place):
    text = (place / "text").read_text()
    for name, end in (("unix", b"\n"), ("dos", b"\r\n"), ("mac", b"\r")):
        (place / "text").write_bytes(text.encode().replace(b"\n", end))
        assert train(place, run=name).returncode == 0
    unix = contents(place / "unix")
    assert contents(place / "dos") == unix
    assert contents(place / "mac") == unix


@pytest.mark.parametrize("prompt", ["cat\r\nsat", "cat\rsat"])
def test_a_prompt_with_carriage_returns_is_read_as_the_text_was(place, prompt):
    train(place)
    result = subprocess.run([GPT, "sample", "--run", place / "run", "--tokens", "3", "--prompt", prompt],
                            capture_output=True, timeout=30)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(b"cat\nsat")


@pytest.mark.parametrize("seed", ["-1", "1.5", "many", "99999999999999999999999"])
def test_a_seed_that_is_none_is_refused(place, seed):
    result = subprocess.run([GPT, "sample", "--run", place / "run", "--seed", seed],
                            capture_output=True, text=True, timeout=30)
    assert result.returncode == 2
    assert "seed" in result.stderr
    assert seed in result.stderr


def test_sampling_from_a_place_without_a_run_says_how_to_train_one(place):
    result = subprocess.run([GPT, "sample", "--run", place / "none"], capture_output=True, text=True)
    refused(result, "there is no trained model here", f"./learn gpt train --run {place}/none")


# --- The other commands -------------------------------------------------------------------------


def gpt(*words, **options):
    return subprocess.run([GPT, *map(str, words)], capture_output=True, text=True, timeout=60,
                          **options)


@pytest.fixture
def run(place):
    """A run of byte pairs that has ended."""
    assert train(place, "--tokenizer", "bpe:270").returncode == 0
    return place / "run"


def test_a_run_of_byte_pairs_goes_on_with_its_own_tokens(place, run):
    before = (run / "last" / "tokenizer.json").read_bytes()
    let_end_at(run, 15)
    assert train(place, fresh=False).returncode == 0
    assert (run / "last" / "tokenizer.json").read_bytes() == before
    assert steps(run) == list(range(1, 16))


def test_another_tokenizer_is_refused_where_a_run_goes_on(place, run):
    refused(train(place, "--tokenizer", "bytes", fresh=False), "takes no --config, no --tokenizer")


@pytest.mark.parametrize("name", ["words", "bpe:255", "bpe:many", "bpe:"])
def test_a_tokenizer_that_there_is_none_of_is_refused_before_anything_is_written(place, name):
    refused(train(place, "--tokenizer", name), name, "expected characters, bytes, or bpe:")
    assert not (place / "run").exists()


def test_a_sample_as_json_is_the_one_that_is_printed(run):
    words = ["sample", "--run", run, "--prompt", "the cat", "--tokens", 12, "--seed", 3]
    told = json.loads(gpt(*words, "--json").stdout)
    assert told["prompt"] == "the cat"
    assert told["tokens"] == 12
    assert gpt(*words).stdout == told["prompt"] + told["text"] + "\n"


def test_what_is_printed_is_utf_8_whatever_the_tokens_are(run):
    printed = subprocess.run([GPT, "sample", "--run", run, "--tokens", "200", "--temperature", "50"],
                             capture_output=True, timeout=60)
    assert "\ufffd" in printed.stdout.decode()  # and so decode() has not thrown


@pytest.mark.parametrize("option", [["--top-k", "1"], ["--top-p", "0"], ["--min-p", "1"],
                                    ["--temperature", "0"]])
def test_each_way_to_leave_one_token_gives_the_greedy_text(run, option):
    words = ["sample", "--run", run, "--prompt", "the cat", "--tokens", 20]
    greedy = gpt(*words, "--temperature", 0).stdout
    assert gpt(*words, *option, "--seed", 9).stdout == greedy


def test_the_bits_of_a_text_are_those_of_its_tokens(place, run):
    told = json.loads(gpt("eval", "--run", run, "--data", place / "text", "--json").stdout)
    bytes_in_all = (place / "text").stat().st_size
    assert told["bytes"] == bytes_in_all
    predicted = told["tokens"] - 1
    first = 1  # byte of the first token at most a few: the rest is predicted
    bits = told["nats_a_token"] * predicted / math.log(2) / (bytes_in_all - first)
    assert told["bits_a_byte"] == pytest.approx(bits, rel=2e-3)


def test_tokens_are_shown_with_their_text(run):
    shown = gpt("tokenize", "--run", run, "the cat").stdout.splitlines()
    assert shown[-1].startswith("7 bytes, ")
    assert "".join(json.loads(line.split(maxsplit=1)[1]) for line in shown[:-1]) == "the cat"
    told = json.loads(gpt("tokenize", "--run", run, "the cat", "--json").stdout)
    assert told["tokens"] == [int(line.split()[0]) for line in shown[:-1]]


def test_a_model_says_what_it_is(run):
    told = json.loads(gpt("info", "--run", run, "--json").stdout)
    assert told["checkpoint"] == "step_12"
    assert told["model"]["vocabulary"] == 270
    assert told["parameter_bytes"] == 4 * told["parameters"]
    assert f"{told['parameters']} parameters" in gpt("info", "--run", run).stdout


def test_a_chat_answers_each_line_until_the_input_ends(run):
    talk = gpt("chat", "--run", run, "--tokens", 30, input="the cat\nthe dog\n")
    assert talk.returncode == 0
    assert talk.stdout.endswith("\n")
    assert talk.stderr.count("> ") == 3


def test_a_chat_goes_on_after_a_line_that_the_model_cannot_read(place):
    train(place, "--tokenizer", "characters")  # none of which is an é
    talk = gpt("chat", "--run", place / "run", "--tokens", 5, input="é\nthe cat\n")
    assert talk.returncode == 0
    assert "'é' (U+00E9) is not in the vocabulary" in talk.stderr
    assert talk.stdout != ""


@pytest.mark.parametrize("command", ["sample", "chat", "eval", "tokenize", "info"])
def test_each_command_says_how_to_train_where_there_is_no_run(place, command):
    refused(gpt(command, "--run", place / "none", input=""), "there is no trained model here")
