"""A page that is broken names its file and line. One build has all of the broken pages."""

from __future__ import annotations

import pytest
from sample_project import CHAPTER, Project, line_of

EXERCISE = """//: ````{{exercise}} {id}
//: :title: A title
//: :kind: {kind}
{function}//:
//: Statement {id}.
//:
{hints}{solution}//: ````
//:
"""
HINT = "//: ```{hint}\n//: A nudge.\n//: ```\n//:\n"
SOLUTION = "//: ```{solution}\n//: So.\n//: ```\n"


def exercise_text(
    id: str, kind: str = "paper", function: str = "", hints: int = 2, solutions: int = 1
) -> str:
    """An exercise of some page, whole or with a part missing."""
    option = f"//: :function: {function}\n" if function else ""
    return EXERCISE.format(
        id=id, kind=kind, function=option, hints=HINT * hints, solution=SOLUTION * solutions
    )


BROKEN = {
    "3_listings.cpp": """//: # Listings
//:
//: ```{listing} llm::scor
//: ```
//:
//: ```{listing} llm::product
//: ```
//:
//: ```{listing} llm::half
//: ```
//:
//: ```{listing} llm::Scores
//: ```
""",
    "4_outputs.cpp": """//: # Outputs
//:
//: First line,
//: then {value}`entropi` and {value}`3.9:entropy`.
//:
//: ```{output}
//: ```

void four() { print("one"); }

//: ```{output}
//: ```

void five() { print("two"); }
""",
    "5_figures.cpp": """//: # Figures
//:
//: ```{figure-from} attention_empty
//: :alt: No data.
//:
//: A caption.
//: ```
//:
//: ```{figure-from} attention_missing
//: :alt: No script.
//:
//: A caption.
//: ```
//:
//: ```{figure-from} attention_blind
//:
//: A caption without alternative text.
//: ```
//:
//: ```{figure-from} attention_wrong
//: :alt: The script is wrong.
//:
//: A caption.
//: ```
//:
//: ```{figure-from} attention_wrong
//: :alt: It stands here again.
//:
//: A caption.
//: ```
//:
//: ```{figure-from} attention_bare
//: :alt: No caption.
//: ```
//:
//: ```{figure-from} attention_nothing
//: :alt: The script draws nothing.
//:
//: A caption.
//: ```
""",
    "6_exercises.cpp": "//: # Exercises\n//:\n"
    + exercise_text("3.6a", kind="puzzle")
    + exercise_text("3.6b", hints=1)
    + exercise_text("3.6c", solutions=0)
    + exercise_text("3.6d", kind="code", function="unheard_of")
    + exercise_text("3.6d")
    + exercise_text("3.1z")
    + exercise_text("3.6e", kind="code")
    + "//: ```{hint}\n//: Of what?\n//: ```\n",
    "7_fences.cpp": """//: # Fences
//:
//: ```{output}

void seven() {}
""",
    "8_failing.cpp": """//: # Failing
//:
//: ```{output}
//: ```
""",
    "9_references.cpp": """//: # References
//:
//: A {term}`word` that no glossary has.
//:
//: {cite}`nobody2000nothing`
//:
//: See exercise 3.1q.
""",
    "11_pieces.cpp": """//: # Pieces
//:
//: ```{listing} llm::product in common/attention/other.cpp
//: :until: no such line
//: ```
//:
//: ```{listing} llm::product in common/attention/scores.cpp
//: :until: double product
//: ```
//:
//: ```{listing} llm::limit
//: :folded:
//: :until: limit
//: ```
""",
    "10_markup.cpp": r"""//: # Markup
//:
//: It came to 40
//: % of the whole.
//:
//: A sum is 1 + 2
//: +++ 3
//:
//: (lost)=
//:
//: A comment <!-- unseen --> inside.
//:
//: <!-- unseen alone -->
//:
//: A std::vector<float> of numbers.
//:
//: ----------
//:
//: It becomes a title
//: ===
//:
//: [//]: # (unseen)
//:
//: [word]: https://example.org
//:
//: [^note]: Unseen.
//:
//: The line ends here\
//: and goes on.
//:
//: The root \sqrt d, and a thin\,space.
//:
//: It costs $5 and more, and then $6.
//:
//: A product a*b*c of three.
//:
//: A {value} `name` with a space.
//:
//: :::{listing} llm::half
//: :::
//:
//:     indented far
//:
//: | one | two |
//: |---|---|
//: | 1 | 2 | 3 |
//:
//: An {unheard}`role`.
//:
//: ```{unheard-of}
//: ```
//:
//: ```{output}
//: typed by hand
//: ```
//:
//: ~~~{listing} llm::unheard
//: unseen
//: ~~~
//:
//: - A list
//:   % with a comment.
//:
//: A formula $\unheard x$ and one
//: with $\text{日}$ in it.
//:
//: $$a_b_c$$
""",
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """A project with all the broken pages, and what its build said."""
    project = Project(tmp_path_factory.mktemp("broken") / "project")
    for name, text in BROKEN.items():
        project.write(f"{CHAPTER}/{name}", text)
    project.write("book/figures/attention_blind.py", "")
    project.write(
        "book/figures/attention_wrong.py",
        "def draw(data, theme):\n    return data['missing column']\n",
    )
    project.write("book/figures/attention_empty.py", "")
    project.write("book/figures/attention_bare.py", "")
    project.write("book/figures/attention_nothing.py", "def draw(data, theme):\n    return None\n")
    project.write("book/figures/attention_idle.py", "# Nothing uses it.\n")
    project.write("common/attention/bare.hpp", "#pragma once\nnamespace llm {\nint bare();\n}\n")
    project.write(
        "book/waiting.txt", (project.root / "book/waiting.txt").read_text() + "llm::gone\n"
    )
    project.record(3)
    project.record(
        4,
        [
            (line_of(project, f"{CHAPTER}/4_outputs.cpp", text), f"{text} was printed")
            for text in ('"one"', '"two"')
        ],
        values={"entropy": {"text": "1", "raw": 1}},
    )
    drawn = ("missing", "blind", "wrong", "nothing")
    project.record(5, figures={f"attention_{name}": {"column": [1]} for name in drawn})
    project.record(6)
    project.record(7)
    project.record(9)
    project.record(10)
    project.record(11)
    status, said = project.build()
    assert status == 1
    return project, said


def expect(broken: tuple[Project, str], file: str, mark: str, message: str, skip: int = 0) -> None:
    """Checks that the build said this message of the line that has the mark."""
    project, said = broken
    line = line_of(project, file, mark) + skip
    named = [text for text in said.splitlines() if text.startswith(f"{file}:{line}: ")]
    assert any(message in text for text in named), f"{file}:{line}: {message}\n\n{said}"


LISTINGS, OUTPUTS, FIGURES = (f"{CHAPTER}/{name}" for name in list(BROKEN)[:3])
EXERCISES = f"{CHAPTER}/6_exercises.cpp"


def test_a_listing_of_an_unknown_name(broken):
    expect(
        broken,
        LISTINGS,
        "llm::scor",
        "have no function or type of this name; did you mean 'llm::score'?",
    )


def test_a_listing_of_an_ambiguous_name(broken):
    expect(
        broken,
        LISTINGS,
        "llm::product",
        "is ambiguous: write one of 'llm::product in common/attention/other.cpp'",
    )


def test_a_symbol_that_is_listed_twice(broken):
    expect(broken, LISTINGS, "llm::Scores", f"listed twice, first at {CHAPTER}/1_scores.cpp:")


def test_a_symbol_that_is_listed_and_waits(broken):
    expect(
        broken,
        "book/waiting.txt",
        "llm::half",
        f"waits for a section, but {CHAPTER}/3_listings.cpp:9 lists it",
    )


def test_a_waiting_name_that_nothing_has(broken):
    expect(broken, "book/waiting.txt", "llm::gone", "have no function or type llm::gone")


def test_a_symbol_that_is_neither_listed_nor_waits(broken):
    expect(broken, "common/attention/bare.hpp", "int bare", "llm::bare is neither listed")
    assert "--update-waiting" in broken[1]


def test_a_symbol_without_a_comment(broken):
    expect(broken, "common/attention/bare.hpp", "int bare", "llm::bare has no /// comment")


def test_the_coverage_is_printed(broken):
    assert "listings: 5 of 6 (83 %)" in broken[1]


def test_a_value_that_was_not_recorded(broken):
    expect(
        broken,
        OUTPUTS,
        "{value}`entropi`",
        "value 'entropi' was not recorded by section 3.4; did you mean 'entropy'?",
    )


def test_a_value_of_a_section_that_does_not_exist(broken):
    expect(
        broken, OUTPUTS, "{value}`3.9:entropy`", "value 'entropy' was not recorded by section 3.9"
    )


def test_an_output_where_nothing_was_printed(broken):
    expect(
        broken, OUTPUTS, "{output}", "nothing was printed between the previous output and this one"
    )


def test_a_statement_whose_output_is_not_shown(broken):
    expect(broken, OUTPUTS, '"two"', "printed '\"two\" was printed', but no output follows it")


def test_an_output_that_has_something_is_shown(broken):
    assert "&quot;one&quot; was printed" in broken[0].page(f"{CHAPTER}/4_outputs")


def test_a_figure_without_data(broken):
    expect(broken, FIGURES, "} attention_empty", "section 3.5 recorded no data for it")


def test_a_figure_without_a_script(broken):
    expect(
        broken, FIGURES, "attention_missing", "there is no script book/figures/attention_missing.py"
    )


def test_a_figure_without_alternative_text(broken):
    expect(broken, FIGURES, "attention_blind", "has no :alt: text")


def test_a_figure_whose_script_fails(broken):
    expect(broken, FIGURES, "attention_wrong", "book/figures/attention_wrong.py:2: KeyError")


def test_a_figure_without_a_caption(broken):
    expect(broken, FIGURES, "attention_bare", "has no caption")


def test_a_figure_whose_script_draws_nothing(broken):
    expect(broken, FIGURES, "attention_nothing", "draw returned a NoneType and not a Figure")


def test_a_figure_that_stands_twice(broken):
    first = line_of(broken[0], FIGURES, "attention_wrong")
    expect(broken, FIGURES, "again", f"twice, first at {FIGURES}:{first}", skip=-1)


def test_a_script_of_a_figure_that_no_section_shows(broken):
    expect(broken, "book/figures/attention_idle.py", "", "no section shows this figure")


def test_an_exercise_of_a_kind_that_does_not_exist(broken):
    expect(broken, EXERCISES, "3.6a", "is of the kind 'puzzle', which is none of paper, code")


def test_an_exercise_without_its_two_hints(broken):
    expect(broken, EXERCISES, "3.6b", "has 1 hints and needs 2")


def test_an_exercise_without_a_solution(broken):
    expect(broken, EXERCISES, "3.6c", "has 0 solutions and needs 1")


def test_an_exercise_with_an_unknown_function(broken):
    for file in ("exercises.hpp", "solutions.hpp"):
        expect(
            broken,
            EXERCISES,
            "3.6d",
            f"asks for the function unheard_of, which {CHAPTER}/{file} does not have",
        )


def test_an_exercise_in_code_without_a_function(broken):
    expect(broken, EXERCISES, "3.6e", "is in code and names no :function:")


def test_an_exercise_that_stands_twice(broken):
    project, said = broken
    lines = [
        number
        for number, line in enumerate(BROKEN["6_exercises.cpp"].splitlines(), 1)
        if "{exercise} 3.6d" in line
    ]
    assert (
        f"{EXERCISES}:{lines[1]}: WARNING: exercise 3.6d stands on this page twice, "
        f"first on line {lines[0]}" in said
    )


def test_an_exercise_of_another_section(broken):
    expect(broken, EXERCISES, "3.1z", "stands in section 3.6: its name is 3.6 and a letter")


def test_a_hint_outside_of_an_exercise(broken):
    project, said = broken
    line = len(BROKEN["6_exercises.cpp"].splitlines()) - 2
    assert f"{EXERCISES}:{line}: WARNING: this hint stands outside of an exercise" in said


def test_a_fence_that_nothing_closes(broken):
    expect(broken, f"{CHAPTER}/7_fences.cpp", "{output}", "nothing closes this fence")


def test_a_section_whose_program_fails(broken):
    expect(
        broken,
        f"{CHAPTER}/8_failing.cpp",
        "# Failing",
        "03_attention 8 failed with exit status 1: section 8 knows no answer",
    )
    expect(broken, f"{CHAPTER}/8_failing.cpp", "{output}", "failed with exit status 1")


def test_a_term_that_no_glossary_has(broken):
    expect(broken, f"{CHAPTER}/9_references.cpp", "{term}", "term not in glossary")


def test_a_citation_that_no_bibliography_has(broken):
    expect(broken, f"{CHAPTER}/9_references.cpp", "{cite}", "nobody2000nothing")


def test_an_exercise_that_does_not_exist(broken):
    expect(broken, f"{CHAPTER}/9_references.cpp", "See exercise", "there is no exercise 3.1q")


PIECES = f"{CHAPTER}/11_pieces.cpp"


def test_a_piece_whose_end_is_not_there(broken):
    expect(broken, PIECES, "other.cpp", "no line from here on has 'no such line'")


def test_pieces_that_are_not_the_whole(broken):
    expect(
        broken,
        PIECES,
        "scores.cpp",
        "a last piece, without :until:, must follow: 2 lines are left",
    )


def test_a_listing_that_is_folded_and_in_pieces(broken):
    expect(broken, PIECES, "llm::limit", "is folded or in pieces")


MARKUP = f"{CHAPTER}/10_markup.cpp"


@pytest.mark.parametrize(
    "mark, message",
    [
        ("% of the whole", "a line of prose cannot begin with %"),
        ("+++ 3", "a line of prose cannot begin with +++"),
        ("(lost)=", "would vanish"),
        ("<!-- unseen -->", "HTML is no text"),
        ("<!-- unseen alone", "HTML is no text"),
        ("<float>", "HTML is no text"),
        ("------", "would be a rule"),
        ("It becomes a title", "makes a title of the lines above it"),
        ("[//]:", "a definition of a link or a footnote"),
        ("[word]:", "a definition of a link or a footnote"),
        ("[^note]:", "a definition of a link or a footnote"),
        ("The line ends", "at the end of a line would vanish"),
        ("The root", "a backslash outside of code and mathematics"),
        ("It costs", "prose between two dollar signs"),
        ("a*b*c", "asterisks inside a word or a product would vanish"),
        ("{value} `name`", "{value} is text here"),
        (":::{listing}", "a fence of colons is text here"),
        ("indented far", "indented by four spaces would become code"),
        ("| 1 | 2 | 3 |", "more cells than its table has columns"),
        ("{unheard}", 'Unknown interpreted text role "unheard"'),
        ("{unheard-of}", "Unknown directive type: 'unheard-of'"),
        ("```{output}", "output: the program prints it"),
        ("~~~{listing}", "none permitted"),
        ("% with a comment", "a line of prose cannot begin with %"),
        ("\\unheard x", "Undefined control sequence: \\unheard"),
        ("日", "the book's font for formulas has no 日"),
        ("a_b_c", "Double subscript"),
    ],
)
def test_markup_that_would_vanish_is_refused(broken, mark, message):
    expect(broken, MARKUP, mark, message)


def test_a_program_that_is_missing(project: Project):
    (project.build_dir / "chapters" / "03_attention").unlink()
    status, said = project.build()
    assert status == 1
    assert f"{CHAPTER}/1_scores.cpp:1: the program" in said and "is not built" in said


def test_a_program_that_crashes(project: Project):
    project.write("build/chapters/03_attention", "#!/bin/sh\nkill -SEGV $$\n")
    status, said = project.build()
    assert status == 1
    assert f"{CHAPTER}/1_scores.cpp:1: 03_attention 1 was ended by SIGSEGV" in said


def test_a_warning_of_doxygen(project: Project):
    project.replace("common/attention/scores.hpp", "/// Half of a score.", "/// Half <nothing>.")
    status, said = project.build()
    assert status == 1
    assert "common/attention/scores.hpp:22: warning: Unsupported xml/html tag <nothing>" in said


def test_update_waiting_makes_the_coverage_right(project: Project):
    project.write("book/waiting.txt", "llm::gone\n")
    status, said = project.build("--update-waiting")
    assert status == 0 and "book/waiting.txt: 3 names" in said
    status, said = project.build()
    assert status == 0, said
