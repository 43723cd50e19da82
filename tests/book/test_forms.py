"""The forms of a listing, the code that is folded, and the table of figures."""

from __future__ import annotations

import re

import pytest
from sample_project import CHAPTER, Project
from weaver.coverage import Place, second_places
from weaver.folding import runs
from weaver.listings import first_sentence, listing_anchor

FORMS = f"{CHAPTER}/3_forms"
PAGE = """//: # Forms
//:
//: Some words of prose.
//:
//: ```{listing} llm::score
//: :until: return product(a, b);
//: ```
//:
//: Between the pieces.
//:
//: ```{listing} llm::score
//: ```
//:
//: ```{listing} llm::half
//: :folded:
//: ```
//:
//: ```{listing} llm::limit
//: ```

#include <vector>

#include "common/attention/scores.hpp"

namespace {

void one() {
  int shown = 1;
  record_data("figure", "values",
              std::vector<int>{shown});
  shown = 2;
}

}  // namespace
"""


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """A project with a page that has all the forms, and what its build said."""
    project = Project(tmp_path_factory.mktemp("forms") / "project")
    project.replace(f"{CHAPTER}/1_scores.cpp", "//: ```{listing} llm::score\n//: ```\n//:\n", "")
    project.replace("book/waiting.txt", "llm::half\n", "")
    project.write(f"{FORMS}.cpp", PAGE)
    project.record(3)
    status, said = project.build()
    assert status == 0, said
    return project, said


def folds(page: str, kind: str) -> list[str]:
    """The folds of a page, as text."""
    found = re.findall(rf'<details class="{kind}.*?</details>', page, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", fold) for fold in found]


def test_pieces_follow_each_other_and_make_up_the_whole(forms):
    text = forms[0].text(FORMS)
    first, second = text.split("Between the pieces.")
    assert "/// The dot product of two numbers." in first and "return product(a, b);" in first
    assert "with a bias" not in first
    assert "llm::score continued } /// The dot product with a bias." in second
    assert forms[0].page(FORMS).count('id="listing-llm-score"') == 1


def test_a_folded_listing_is_its_name_and_the_first_sentence_of_its_comment(forms):
    page = forms[0].page(FORMS)
    (fold,) = folds(page, "listing listing-folded")
    assert fold.strip().startswith("llm::half Half of a score.\n")
    assert "return score / 2;" in fold
    assert 'id="listing-llm-half"' in page
    assert "3_forms.html#listing-llm-half" in forms[0].page("api/attention")


def test_a_constant_can_be_listed(forms):
    assert "constexpr double limit = 30;" in forms[0].text(FORMS)


def test_all_forms_count_as_listed(forms):
    assert "listings: 3 of 5 (60 %)" in forms[1]


def test_includes_namespaces_and_records_are_folded_and_keep_their_numbers(forms):
    page = forms[0].page(FORMS)
    opening, record, closing = folds(page, "code-fold")
    assert opening.startswith("#include, namespace 5 lines") and "vector" in opening
    assert record.startswith("records data for the book 2 lines") and "shown}" in record
    assert closing.startswith("namespace 1 line")
    lines = PAGE.splitlines()
    for text in ("int shown = 1;", "shown = 2;", "namespace {"):
        number = next(i for i, line in enumerate(lines, 1) if text in line)
        assert re.search(rf'data-line="{number}">(<[^>]*>|\s)*{text.split()[0]}', page), text


def test_the_figures_of_a_page_are_printed_and_have_a_page(forms):
    project, said = forms
    row = re.search(r"^3\.3 Forms +(\d+) +[\d.]+ +3 +(\d+) +(\d+) +\d+$", said, re.MULTILINE)
    assert row, said
    words, lines, folded = map(int, row.groups())
    assert words == len("3.3 Forms Some words of prose. Between the pieces.".split())
    assert lines == 9 + 2 + 4  # the pieces, the constant, the program around the record
    assert folded == 4 + 5 + 2 + 1  # the function, the head of the file, the record, its end
    page = project.page("measure")
    assert "3.3 Forms" in page and f"<td>{lines}</td><td>{folded}</td>" in page


def test_runs_of_code():
    record = ["record(", '  "x", 1);']
    lines = ["#include <a>", "", "#include <b>", "", "int x;", *record, "", "int y;"]
    assert [(run.first, run.last, run.label) for run in runs(lines)] == [
        (0, 3, "#include"),
        (3, 5, ""),
        (5, 7, "records data for the book"),
        (7, 9, ""),
    ]


def test_a_function_that_begins_like_a_record_is_shown():
    assert [run.label for run in runs(["recorded(x);", "if (x) record(x);"])] == [""]


def test_the_first_sentence_of_a_comment():
    assert first_sentence("/// Of 0.5 or so,\n/// it is. More.\nint x;") == "Of 0.5 or so, it is."
    assert first_sentence("int x;") == ""
    assert first_sentence("/// Without an end\n///\n/// More.\nint x;") == "Without an end"


def test_anchors_tell_destructors_and_operators_apart():
    names = ["llm::A::A", "llm::A::~A", "llm::operator==", "llm::operator!=", "llm::f in a/b.cpp"]
    assert len({listing_anchor(name) for name in names}) == len(names)
    assert listing_anchor("llm::score") == "listing-llm-score"


def test_only_pieces_on_one_page_may_follow_each_other():
    def place(file: str, line: int, goes_on: bool) -> Place:
        return Place(file, line, file, "3.1", goes_on)

    whole = [place("a", 1, True), place("a", 2, True), place("a", 3, False)]
    assert second_places(whole) == []
    assert second_places([*whole, place("a", 4, False)]) == [place("a", 4, False)]
    assert second_places([place("a", 1, True), place("b", 1, False)]) == [place("b", 1, False)]
