"""Kills a training run with SIGKILL at random moments, goes on each time, and compares the losses
with those of a run that nobody killed.

usage: kill_and_resume.py GPT [KILLS]
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

SETTINGS = {
    "model": {"context": 32, "width": 32, "heads": 2, "key_value_heads": 2, "layers": 2,
              "hidden": 64},
    "warm_up": 10, "steps": 300, "sequences": 4, "evaluate_every": 50, "evaluation_batches": 2,
    "checkpoint_every": 10, "seed": 5, "optimizer": "muon",
}


def losses(run):
    """The loss and the validation loss of every step."""
    lines = (run / "metrics.jsonl").read_text().splitlines()
    return [(m["step"], m["loss"], m.get("validation_loss")) for m in map(json.loads, lines)]


def contents(folder):
    """The bytes of the files of a checkpoint, by their names."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def main():
    gpt = sys.argv[1]
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        config, text = folder / "settings.json", folder / "text"
        config.write_text(json.dumps(SETTINGS))
        text.write_text("".join(chance.choice("the cat sat on a mat, ") for _ in range(20000)))

        def command(run, *options):
            return [gpt, "train", "--run", str(folder / run), "--data", str(text),
                    "--threads", "2", *options]

        fresh = ("--config", str(config))
        started = time.monotonic()
        subprocess.run(command("whole", *fresh), check=True, capture_output=True)
        duration = time.monotonic() - started

        options, done = fresh, 0
        for _ in range(kills):
            process = subprocess.Popen(command("killed", *options), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, text=True)
            try:
                process.wait(timeout=0.02 + chance.random() * 1.2 * duration / kills)
                assert process.returncode == 0, process.stderr.read()
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                done += 1
            if (folder / "killed" / "settings.json").exists():
                options = ("--resume",)
        if process.returncode != 0:
            subprocess.run(command("killed", *options), check=True, capture_output=True)

        assert losses(folder / "killed") == losses(folder / "whole"), "the losses differ"
        for name in ("last", "best"):
            killed, whole = contents(folder / "killed" / name), contents(folder / "whole" / name)
            assert len(killed) == 5 and killed == whole, name
        leftover = [p.name for p in (folder / "killed").rglob("*.partial")]
        print(f"{done} kills, {len(losses(folder / 'whole'))} steps, equal to the last bit; "
              f"left over: {leftover or 'nothing'}")


if __name__ == "__main__":
    main()
