#!/usr/bin/env python3
"""Asks how much the tests would notice: breaks the library in one small way after the other.

Each mutant is the library with one change: a plus for a minus, an index one too far, a bound moved,
a statement dropped. A copy of the tree, never the checkout, is built with it, and the tests of its
folder are run. The mutant is caught when one of them fails, crashes or does not end; it survives
when all pass. Mutants that do not compile do not count. Some changes cannot be seen from outside
(the order of a sum, a tile's size): tests/mutation/equivalent.toml lists them, each with its reason.

    tests/mutation/mutate.py --file common/sequence/softmax.cpp
    tests/mutation/mutate.py --sample 100 --seed 1
    tests/mutation/mutate.py --json tests/mutation/result.json      (everything: some hours)
"""

import argparse
import bisect
import dataclasses
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

# The sources whose numbers matter: what a run without --file mutates.
MATHEMATICS = [
    "common/foundations/activations.cpp", "common/foundations/embeddings.cpp",
    "common/foundations/gradient_check.cpp", "common/foundations/linear.cpp",
    "common/foundations/product.cpp", "common/foundations/random.cpp",
    "common/foundations/words.cpp", "common/sequence/*.cpp", "common/sequence/softmax.hpp",
    "common/attention/*.cpp", "common/attention/multi_head.hpp", "common/training/*.cpp",
    "common/transformer/training/adamw.cpp", "common/transformer/text/batches.cpp",
    "common/transformer/model/feed_forward.cpp", "common/transformer/model/gpt.cpp",
    "common/transformer/model/backpropagation.cpp", "common/transformer/generation/kv_cache.cpp",
    "common/transformer/model/loss.cpp", "common/transformer/training/muon.cpp",
    "common/transformer/model/norms.cpp", "common/transformer/model/parameters.cpp",
    "common/transformer/generation/sampler.cpp", "common/transformer/training/schedule.cpp",
]

TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<directive>^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)
      | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+')
      | (?P<number>(?:0[xX][\da-fA-F.']+(?:[pP][+-]?\d+)?|(?:\d[\d']*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
                   [uUlLfF]*)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign><=>|[<>]{2}=|::|->|\+\+|--|&&|\|\||[-+*/%<>=!&|^]=|<<|>>|[^\s\w])""",
    re.MULTILINE | re.DOTALL | re.VERBOSE)

# Signs between two operands, which clang-format sets between spaces.
SIGNS = {
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"],
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
    "+=": ["-=", "="], "-=": ["+=", "="], "*=": ["/=", "="], "/=": ["*=", "="],
}

# Names that are easily taken for one another.
NAMES = {
    one: other for pair in [
        ("min", "max"), ("minCoeff", "maxCoeff"), ("cwiseMin", "cwiseMax"), ("sin", "cos"),
        ("rows", "cols"), ("rowwise", "colwise"), ("leftCols", "rightCols"),
        ("topRows", "bottomRows"), ("head", "tail"), ("sines", "cosines"), ("front", "back"),
        ("keys", "values"), ("true", "false"),
    ] for one, other in (pair, pair[::-1])
}

# Calls that a hurried author forgets.
FORGOTTEN = re.compile(
    r"\.(?:transpose|square|cube|cwiseSqrt|cwiseAbs|inverse|norm)\(\)|std::(?:sqrt|abs|log)(?=\()")

# Members that take indices or counts of rows and columns.
ACCESS = {"row", "col", "segment", "block", "middleRows", "middleCols", "topRows", "bottomRows",
          "leftCols", "rightCols", "topLeftCorner", "head", "tail", "first", "last", "at"}

# What an expression that stands as a statement does not begin with.
KEYWORDS = {"return", "throw", "using", "const", "constexpr", "auto", "static", "template", "case",
            "default", "struct", "class", "enum", "friend", "namespace", "if", "for", "while", "do",
            "else", "switch", "try", "catch", "thread_local", "explicit", "public", "private"}


@dataclasses.dataclass(frozen=True)
class Token:
    """A piece of source text: its kind (a group of TOKEN), text, and place."""
    kind: str
    text: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change of one file; `was` and `now` are the lines around it, for people to read."""
    file: str
    line: int
    start: int
    end: int
    text: str
    was: str
    now: str


def tokens_of(source):
    """The tokens of C++ source, less comments, directives, text, and what throws an error."""
    found, throwing = [], False
    for match in TOKEN.finditer(source):
        token = Token(match.lastgroup, match.group(), match.start(), match.end())
        throwing = throwing and token.text != ";" or token.text == "throw"
        if token.kind in ("number", "name", "sign") and not throwing:
            found.append(token)
    return found


def closing(tokens, opening):
    """The place of the bracket that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += (tokens[place].text in "([{") - (tokens[place].text in ")]}")
        if depth == 0:
            return place
    return len(tokens) - 1


def between_spaces(source, token):
    """Whether a sign stands between two operands: * in `a * b`, and not in `Real* place`."""
    return source[token.start - 1].isspace() and source[token.end].isspace()


def changed_signs(source, tokens):
    """Arithmetic, comparisons, logic, assignments; the sign of a number; a condition's not."""
    for before, token in zip(tokens, tokens[1:]):
        if token.kind != "sign":
            continue
        if between_spaces(source, token):
            yield from ((token.start, token.end, other) for other in SIGNS.get(token.text, []))
        elif token.text == "!" or token.text == "-" and (
                before.text == "return" or before.kind == "sign" and before.text not in ")]"):
            yield token.start, token.end, ""


def changed_numbers(tokens):
    """Whole numbers by one, up and down; others by a tenth."""
    for token in (token for token in tokens if token.kind == "number"):
        digits = re.sub(r"[uUlLfF]+$|'", "", token.text)
        if digits.isdigit():
            yield token.start, token.end, str(int(digits) + 1)
            if int(digits) > 0:
                yield token.start, token.end, str(int(digits) - 1)
        elif not digits.lower().startswith("0x"):
            yield token.start, token.end, repr(1.1 * float(digits))


def changed_names(source, tokens):
    """A name for the one beside it in the mind, where there are both; calls that are left out."""
    known = {token.text for token in tokens}
    for before, token in zip(tokens, tokens[1:]):
        declared = source[token.start - 2:token.start] == "& "
        if token.text in NAMES and not declared and (
                before.text in (".", "::") or NAMES[token.text] in known):
            yield token.start, token.end, NAMES[token.text]
        match = FORGOTTEN.match(source, token.start)
        if match:
            yield match.start(), match.end(), ""


def changed_indices(tokens):
    """Arguments that are an index or a count, by one, up and down."""
    loops = {third.text for first, second, third in zip(tokens, tokens[1:], tokens[2:])
             if first.text == "(" and second.text in ("Index", "int") and third.kind == "name"}
    for place, (before, token) in enumerate(zip(tokens, tokens[1:]), start=1):
        access = before.text in ACCESS and tokens[place - 2].text in (".", "->")
        if token.text not in "([" or before.kind != "name" and before.text not in ")]":
            continue
        end, first, depth = closing(tokens, place), place + 1, 0
        for last in range(place + 1, end + 1):
            depth += (tokens[last].text in "([{") - (tokens[last].text in ")]}")
            if last == end or depth == 0 and tokens[last].text == ",":
                argument, first = tokens[first:last], last + 1
                single = len(argument) == 1 and argument[0].kind == "name"
                if argument and (access or token.text == "[" and argument[0].text != "&"
                                 or single and argument[0].text in loops):
                    yield argument[-1].end, argument[-1].end, " + 1"
                    yield argument[-1].end, argument[-1].end, " - 1"


def is_expression(statement):
    """Whether a statement computes something and declares nothing."""
    if statement[0].text in ("break", "continue"):
        return True
    if statement[0].text in KEYWORDS or statement[0].text == "~":
        return False
    if statement[-1].text in ("default", "delete"):
        return False
    for before, token in zip(statement, statement[1:]):
        if token.text in ("(", "[", ".") or token.text.endswith("="):
            return True
        if token.kind == "name" and (before.kind == "name" or before.text in ("&", "*", ">", "]")):
            return False
    return statement[0].text in ("++", "--") or statement[-1].text in ("++", "--")


def dropped_statements(tokens):
    """Statements that are expressions, left out; and what stands under an if, never done."""
    start, open_brackets = 0, []
    for place, token in enumerate(tokens):
        if token.text in ("(", "[", "{"):
            open_brackets.append(token.text)
        elif token.text in (")", "]", "}") and open_brackets:
            open_brackets.pop()
        statement = tokens[start:place]
        if token.text in ("{", "}") or token.text == ";" and open_brackets[-1:] in ([], ["{"]):
            if statement and token.text == ";" and is_expression(statement):
                yield statement[0].start, statement[-1].end, ""
            start = place + 1
        elif token.text == "else":
            start = place + 1
        elif token.text in ("if", "for", "while") and tokens[place + 1].text == "(":
            end = closing(tokens, place + 1)
            if token.text == "if":
                yield tokens[place + 1].end, tokens[end].start, "false"
            start = end + 1


def mutants_of(file, source):
    """Every mutant of a source, in the order of its lines."""
    tokens = tokens_of(source)
    source = source.rstrip("\n") + "\n"
    line_starts = [0] + [match.end() for match in re.finditer("\n", source)]
    changes = [*changed_signs(source, tokens), *changed_numbers(tokens),
               *changed_names(source, tokens), *changed_indices(tokens),
               *dropped_statements(tokens)]
    found = []
    for start, end, text in sorted(set(changes)):
        line = bisect.bisect_right(line_starts, start)
        first, last = line_starts[line - 1], source.find("\n", end)
        was = " ".join(source[first:last].split())
        now = " ".join((source[first:start] + text + source[end:last]).split())
        found.append(Mutant(file, line, start, end, text, was, now))
    return found


class Tree:
    """A copy of the project in which mutants are built and run."""

    def __init__(self, root, folder, timeout, jobs):
        self.root, self.timeout, self.jobs = root, timeout, str(jobs)
        self.source, self.build = folder / "source", folder / "build"
        self.copy()
        self.headers = folder / "headers.hpp"
        self.configure()
        self.precompile()

    def copy(self):
        """Brings the copy up to date and leaves alone what has not changed, for ninja's sake."""
        if (self.root / ".git").exists():
            listed = subprocess.run(
                ["git", "-C", self.root, "ls-files", "-coz", "--exclude-standard"],
                capture_output=True, text=True, check=True).stdout
            names = {name for name in listed.split("\0") if name and (self.root / name).is_file()}
        else:
            names = {str(path.relative_to(self.root)) for path in self.root.rglob("*")
                     if path.is_file()}
        for path in list(self.source.rglob("*")):
            if path.is_file() and str(path.relative_to(self.source)) not in names:
                path.unlink()
        for name in names:
            source, copy = self.root / name, self.source / name
            if not copy.is_file() or copy.read_bytes() != source.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, copy)

    def configure(self):
        """Lets CMake prepare a build that compiles fast, and without NDEBUG, so that Eigen checks
        every index, as it does in the builds with sanitizers."""
        flags = ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1",
                 f"-DCMAKE_CXX_FLAGS=-w -include {self.headers}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"]
        self.headers.touch()
        command = ["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", *flags]
        finished = subprocess.run(command, capture_output=True, text=True)
        if finished.returncode != 0:
            raise SystemExit(f"mutate: CMake cannot configure the copy:\n{finished.stderr}")

    def precompile(self):
        """Compiles the headers of other libraries once for all mutants: reading Eigen takes five
        times as long as the rest."""
        included = {line.strip() for path in self.source.glob("common/**/*.[ch]pp")
                    for line in path.read_text().splitlines() if line.startswith("#include <")}
        text = "\n".join(sorted(included)) + "\n"
        compiled = self.headers.with_suffix(".hpp.gch")
        if compiled.exists() and self.headers.read_text() == text:
            return
        self.headers.write_text(text)
        commands = json.loads((self.build / "compile_commands.json").read_text())
        command = next(entry["command"] for entry in commands if "/common/" in entry["file"])
        command = re.sub(r" -o \S+ -c \S+| -DLLM_REAL=\w+| -include \S+", "", command)
        subprocess.run(f"{command} -x c++-header {self.headers} -o {compiled}", shell=True,
                       cwd=self.build, check=True)

    def programs(self, file, later):
        """The test programs of a file's folder, and with `later` those of the folders after it."""
        chapters = sorted(path.name for path in (self.source / "chapters").iterdir())
        folder = file.split("/")[1]
        first = next((i for i, name in enumerate(chapters) if name.endswith("_" + folder)), None)
        if first is None:
            raise SystemExit(f"mutate: no chapter is named after the folder of {file}")
        chosen = chapters[first:] if later else chapters[first:first + 1]
        listed = subprocess.run(["ninja", "-C", self.build, "-t", "targets", "all"],
                                capture_output=True, text=True, check=True).stdout
        known = {line.split(":")[0] for line in listed.splitlines()}
        names = [f"test_{chapter}{kind}" for chapter in chosen for kind in ("", "_gradients")]
        return [name for name in names if name in known]

    def builds(self, program):
        """Whether a test program builds."""
        command = ["ninja", "-C", self.build, "-j", self.jobs, program]
        return subprocess.run(command, capture_output=True).returncode == 0

    def passes(self, program):
        """Whether a test program ends in time, and well."""
        def limits():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        try:
            return subprocess.run(
                [self.build / "tests" / program], cwd=self.build, timeout=self.timeout,
                stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=limits).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def quickest_first(self, programs):
        """The programs in the order of their time, all of which must pass before a change."""
        seconds = {}
        for program in programs:
            if not self.builds(program):
                raise SystemExit(f"mutate: {program} does not build before anything is changed")
            start = time.monotonic()
            if not self.passes(program):
                raise SystemExit(f"mutate: {program} fails before anything is changed")
            seconds[program] = time.monotonic() - start
        return sorted(programs, key=seconds.get)

    def outcome(self, mutant, source, programs):
        """What becomes of a mutant: "caught", "survived", or "not compiled"."""
        path = self.source / mutant.file
        path.write_text(source[:mutant.start] + mutant.text + source[mutant.end:])
        try:
            for program in programs:
                if not self.builds(program):
                    return "not compiled"
                if not self.passes(program):
                    return "caught"
            return "survived"
        finally:
            path.write_text(source)


def read_equivalents(root):
    """The changes that no test can see: their reasons by (file, was, now)."""
    path = root / "tests/mutation/equivalent.toml"
    entries = tomllib.loads(path.read_text())["mutant"] if path.exists() else []
    return {(entry["file"], entry["was"], now): entry["reason"]
            for entry in entries for now in entry["now"]}


def check_equivalents(root, equivalents, files):
    """Refuses a list that names a change which the sources do not have."""
    for file in files:
        known = {(mutant.file, mutant.was, mutant.now)
                 for mutant in mutants_of(file, (root / file).read_text())}
        for key in equivalents:
            if key[0] == file and key not in known:
                raise SystemExit(f"mutate: equivalent.toml lists a change that is none of {file}: "
                                 f"{key[1]!r} to {key[2]!r}")


def summary_of(file, outcomes, equivalents):
    """A file's entry in the report: counts, and what survived without a reason."""
    tried = {mutant: outcome for mutant, outcome in outcomes.items() if outcome != "not compiled"}
    survived = [mutant for mutant, outcome in tried.items() if outcome == "survived"]
    known = [mutant for mutant in survived if (file, mutant.was, mutant.now) in equivalents]
    return {
        "file": file, "mutants": len(tried), "caught": len(tried) - len(survived),
        "equivalent": len(known),
        "survivors": [{"line": mutant.line, "was": mutant.was, "now": mutant.now}
                      for mutant in survived if mutant not in known],
    }


def write_report(path, summaries):
    """Writes the summaries into a JSON list, beside those of other files that it holds."""
    kept = {entry["file"]: entry for entry in json.loads(path.read_text())} if path.exists() else {}
    kept.update({entry["file"]: entry for entry in summaries})
    path.write_text(json.dumps([kept[file] for file in sorted(kept)], indent=1) + "\n")


def run(tree, mutants, sources, later, equivalents, report):
    """Tries every mutant, file by file; returns the summaries of the files."""
    summaries = []
    for file in sorted({mutant.file for mutant in mutants}):
        programs = tree.quickest_first(tree.programs(file, later))
        own = [mutant for mutant in mutants if mutant.file == file]
        outcomes = {}
        for number, mutant in enumerate(own, start=1):
            outcomes[mutant] = tree.outcome(mutant, sources[file], programs)
            print(f"[{number}/{len(own)}] {outcomes[mutant]:12} {file}:{mutant.line}: "
                  f"{mutant.was}  ->  {mutant.now}", flush=True)
        summaries.append(summary_of(file, outcomes, equivalents))
        if report:
            write_report(report, summaries)
    return summaries


def print_summaries(summaries):
    """Prints what survived and the share that was caught, which it returns."""
    for entry in summaries:
        for survivor in entry["survivors"]:
            print(f"survived: {entry['file']}:{survivor['line']}: {survivor['was']}\n"
                  f"      as: {survivor['now']}")
    print(f"{'file':42} mutants  caught  equivalent  survivors")
    for entry in summaries:
        print(f"{entry['file']:42} {entry['mutants']:7} {entry['caught']:7} "
              f"{entry['equivalent']:11} {len(entry['survivors']):10}")
    caught = sum(entry["caught"] for entry in summaries)
    visible = sum(entry["mutants"] - entry["equivalent"] for entry in summaries)
    share = caught / visible if visible else 1.0
    print(f"{caught} of {visible} mutants caught: {100 * share:.1f} %")
    return share


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", action="append", metavar="PATH",
                        help="a source to mutate, relative to the root; may be repeated")
    parser.add_argument("--sample", type=int, metavar="N", help="try N mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (1)")
    parser.add_argument("--later", action="store_true",
                        help="run the tests of the later folders as well, which are slower")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS",
                        help="for one test program (120); beyond it the mutant counts as caught")
    parser.add_argument("--jobs", type=int, default=2, help="compilers that run at a time (2)")
    parser.add_argument("--json", type=Path, metavar="PATH",
                        help="write the result there; what it holds of other files stays")
    parser.add_argument("--least", type=float, default=0.9, metavar="SHARE",
                        help="exit with 1 when less than this share is caught (0.9)")
    parser.add_argument("--list", action="store_true", help="list the mutants and try none")
    parser.add_argument("--work", type=Path, metavar="FOLDER",
                        help="keep the copy and its build there, for the next run")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2],
                        help="the project (the one that holds this script)")
    return parser.parse_args()


def chosen_files(root, wanted):
    """The sources to mutate, as paths relative to the root."""
    patterns = wanted or MATHEMATICS
    files = sorted({str(path.relative_to(root)) for pattern in patterns
                    for path in root.glob(pattern)})
    if not files:
        raise SystemExit(f"mutate: there is no {' or '.join(patterns)} in {root}")
    return files


def main():
    options = arguments()
    root = options.root.resolve()
    files = chosen_files(root, options.file)
    sources = {file: (root / file).read_text() for file in files}
    mutants = [mutant for file in files for mutant in mutants_of(file, sources[file])]
    equivalents = read_equivalents(root)
    check_equivalents(root, equivalents, files)
    if options.sample is not None:
        mutants = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
        mutants.sort(key=lambda mutant: (mutant.file, mutant.start, mutant.text))
    if options.list:
        for mutant in mutants:
            print(f"{mutant.file}:{mutant.line}: {mutant.was}  ->  {mutant.now}")
        print(f"{len(mutants)} mutants")
        return 0
    with tempfile.TemporaryDirectory(prefix="mutation_") as temporary:
        folder = (options.work or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        tree = Tree(root, folder, options.timeout, options.jobs)
        summaries = run(tree, mutants, sources, options.later, equivalents, options.json)
    return 0 if print_summaries(summaries) >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
