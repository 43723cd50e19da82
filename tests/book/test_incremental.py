"""A page is read again when what it shows has changed, and only then."""

from __future__ import annotations

import json
import time

import pytest
from sample_project import CHAPTER, Project

SCORES, MASKS = f"{CHAPTER}/1_scores", f"{CHAPTER}/2_masks"


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that was built once; the tests go on from what the one before left."""
    project = Project(tmp_path_factory.mktemp("warm") / "project")
    status, said = project.build()
    assert status == 0, said
    return project


def rebuilt(project: Project) -> set[str]:
    """Builds again; returns which pages of the chapter were written."""
    times = {page: (project.html / f"{page}.html").stat().st_mtime_ns for page in (SCORES, MASKS)}
    time.sleep(0.02)
    project.build()
    return {
        page
        for page, then in times.items()
        if (project.html / f"{page}.html").stat().st_mtime_ns != then
    }


def test_nothing_is_rebuilt_when_nothing_changed(warm: Project):
    assert rebuilt(warm) == set()


def test_a_page_whose_source_changed(warm: Project):
    warm.replace(f"{MASKS}.cpp", "without output", "without an output")
    assert rebuilt(warm) == {MASKS}


def test_a_program_that_prints_the_same_rebuilds_nothing(warm: Project):
    warm.recompile()
    assert rebuilt(warm) == set()


def test_a_page_whose_output_changed(warm: Project):
    path = warm.build_dir / "chapters" / "1.json"
    path.write_text(path.read_text().replace("entropy 1.83", "entropy 1.84"))
    warm.recompile()
    assert rebuilt(warm) == {SCORES}
    assert "entropy 1.84" in warm.page(SCORES)


def test_a_page_whose_value_changed(warm: Project):
    path = warm.build_dir / "chapters" / "1.json"
    sheet = json.loads(path.read_text())
    sheet["values"]["entropy"]["text"] = "0.77"
    path.write_text(json.dumps(sheet))
    warm.recompile()
    assert rebuilt(warm) == {SCORES}
    assert "fell to 0.77" in warm.text(SCORES)


def test_a_page_whose_listing_changed(warm: Project):
    warm.replace("common/attention/scores.cpp", "product(a, b) + bias", "bias + product(a, b)")
    assert rebuilt(warm) == {SCORES}
    assert "bias + product(a, b)" in warm.text(SCORES)


def test_a_change_behind_all_listings_rebuilds_nothing(warm: Project):
    warm.replace("common/attention/scores.cpp", "return score / 2;", "return 0.5 * score;")
    assert rebuilt(warm) == set()


def test_a_type_that_is_gone_leaves_the_reference(warm: Project):
    header = "common/attention/scores.hpp"
    extra = "/// Two scores.\nstruct Pair {\n  double first, second;\n};\n\n"
    warm.replace(header, "/// Half of", extra + "/// Half of")
    assert rebuilt(warm) == set()
    assert "Pair" in warm.text("api/attention")
    warm.replace(header, extra, "")
    rebuilt(warm)
    assert "Pair" not in warm.text("api/attention")


def test_a_page_whose_figure_changed(warm: Project):
    script = "book/figures/attention_entropy.py"
    drawn = warm.build_dir / "book/figures/attention_entropy-light.svg"
    before = drawn.read_text()
    warm.replace(script, "entropy (nats)", "entropy (nit)")
    assert rebuilt(warm) == {SCORES}
    assert drawn.read_text() != before


def test_a_page_whose_exercise_changed(warm: Project):
    warm.replace(f"{CHAPTER}/solutions.hpp", "a.dot(b)", "b.dot(a)")
    assert rebuilt(warm) == {SCORES}


def test_a_paper_that_is_cited_now_enters_the_bibliography(warm: Project):
    with (warm.root / "book/bibliography/chapter_03.bib").open("a") as bibliography:
        bibliography.write(
            "@article{su2021roformer,\n  author = {Su, Jianlin},\n"
            "  title = {RoFormer},\n  journal = {arXiv},\n  year = {2021},\n}\n"
        )
    warm.replace(f"{MASKS}.cpp", "It builds on", "{cite:t}`su2021roformer` builds on")
    assert rebuilt(warm) == {MASKS}
    assert "RoFormer" in warm.text("bibliography") and "Attention" in warm.text("bibliography")


def test_a_page_that_cites_an_entry_that_changed(warm: Project):
    warm.replace("book/bibliography/chapter_03.bib", "{2021}", "{2022}")
    assert rebuilt(warm) == {MASKS}
    assert "2022" in warm.text(MASKS)


def test_a_new_title_reaches_the_navigation_of_every_page(warm: Project):
    warm.replace(f"{MASKS}.cpp", "# Masks", "# Blindfolds")
    assert rebuilt(warm) == {SCORES, MASKS}
    assert "Blindfolds" in warm.page(SCORES)


def test_a_page_newer_than_its_program_is_said_to_be_so(warm: Project):
    warm.replace(f"{MASKS}.cpp", "A page", "One page")
    assert f"{MASKS}.cpp:1: newer than" in warm.build()[1]
    warm.recompile()
    assert "newer than" not in warm.build()[1]


def test_an_error_is_reported_at_every_build_until_it_is_mended(warm: Project):
    warm.replace(f"{SCORES}.cpp", "{value}`entropy`", "{value}`entropi`")
    for _ in range(2):
        status, said = warm.build()
        assert status == 1 and "value 'entropi' was not recorded" in said
    warm.replace(f"{SCORES}.cpp", "{value}`entropi`", "{value}`entropy`")
    status, said = warm.build()
    assert status == 0, said
