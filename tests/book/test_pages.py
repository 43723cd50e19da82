"""What the pages of the sample look like."""

from __future__ import annotations

import html
import json
import re

from sample_project import CHAPTER, Project
from weaver.mutations import mutation_pages

PAGE = f"{CHAPTER}/1_scores"


def test_a_page_follows_its_file(built: Project):
    assert (built.html / f"{PAGE}.html").exists()
    assert (built.html / f"{CHAPTER}/index.html").exists()


def test_titles_carry_their_numbers(built: Project):
    assert "3.1 Scores" in built.text(PAGE)
    assert "3.2 Masks" in built.text(f"{CHAPTER}/index")


def test_code_has_the_line_numbers_of_its_file(built: Project):
    lines = (built.root / f"{PAGE}.cpp").read_text().splitlines()
    shown = re.findall(r'<i data-line="(\d+)">(.*)', built.page(PAGE))
    assert len(shown) > 8
    for number, code in shown:
        assert html.unescape(re.sub(r"<[^>]*>", "", code)) == lines[int(number) - 1]


def test_what_has_no_color_needs_no_element(built: Project):
    assert '<i data-line="18">}\n</i>' in built.page(PAGE)
    assert not re.search(r'<i class=(n|p|o|w)>', built.page(PAGE))


def test_an_output_shows_what_was_printed_and_marks_timings(built: Project):
    page = built.page(PAGE)
    assert "width  4   entropy 1.83\nwidth 16   entropy 0.31\n" in page
    assert '<span class="timing">1.5 ms</span>' in page


def test_values_stand_in_the_sentence(built: Project):
    assert "The entropy fell to 0.31, as in 0.31." in built.text(PAGE)


def test_mentions_of_sections_and_chapters_are_links(built: Project):
    page = built.page(PAGE)
    assert re.search(r'href="2_masks.html"[^>]*>(<[^>]*>)*section\s3.2', page)
    assert re.search(r'href="index.html"[^>]*>(<[^>]*>)*chapter 3', page)


def test_mentions_of_exercises_are_links(built: Project):
    page = built.page(f"{CHAPTER}/2_masks")
    assert re.search(r'href="1_scores.html#exercise-3.1a"[^>]*>exercise 3.1a', page)


def test_a_listing_shows_all_overloads_below_their_comments(built: Project):
    text = built.text(PAGE)
    assert "/// The dot product of two numbers. double score(double a, double b) {" in text
    assert (
        "/// The dot product with a bias. double score(double a, double b, double bias) {" in text
    )


def test_a_listing_links_to_its_file_and_to_its_entry(built: Project):
    page = built.page(PAGE)
    link = re.search(r'href="../../api/attention.html#(\w+)"[^>]*>(<[^>]*>)*llm::score<', page)
    assert link and f'id="{link[1]}"' in built.page("api/attention")
    assert 'href="../../source/common/attention/scores.cpp.html#line-14"' in page
    assert "common/attention/scores.cpp:14–16, 18–20" in built.text(PAGE)
    assert 'id="line-14"' in built.page("source/common/attention/scores.cpp")


def test_an_entry_links_back_to_the_section(built: Project):
    api = built.page("api/attention")
    assert api.count('href="../chapters/03_attention/1_scores.html#listing-llm-score"') == 2
    assert 'href="../chapters/03_attention/1_scores.html#listing-llm-Scores"' in api
    assert 'id="listing-llm-score"' in built.page(PAGE)


def test_a_figure_has_two_themes_and_a_text(built: Project):
    shown = re.search(
        r'<picture><source srcset="(\S+)" media="([^"]*)"><img src="(\S+)" alt="([^"]*)" '
        r'width="(\d+)" height="(\d+)" loading="lazy">',
        built.page(PAGE),
    )
    assert shown
    assert shown[2] == "screen and (prefers-color-scheme: dark)"
    assert shown[4] == "The entropy falls from 1.8 at width 4 to 0.3 at width 16."
    for file, theme in ((shown[1], "dark"), (shown[3], "light")):
        path = (built.html / PAGE).parent / file
        assert path.name == f"attention_entropy-{theme}.svg" and path.exists()
    # 7 by 2.5 inches at 96 pixels an inch
    assert (shown[5], shown[6]) == ("672", "240")
    assert "The entropy against the width, which falls." in built.text(PAGE)


def test_an_exercise_has_its_stub_and_its_folded_hints_and_solution(built: Project):
    page = built.page(PAGE)
    assert 'id="exercise-3.1a"' in page
    assert [
        fold
        for fold in re.findall(r"<summary>(.*?)</summary>", page)
        if fold in {"Hint 1", "Hint 2", "Solution"}
    ] == ["Hint 1", "Hint 2", "Solution"]
    text = built.text(PAGE)
    assert "throw llm::NotDone" in text and "return a.dot(b) / std::sqrt(a.size());" in text
    assert "./learn exercise 3.1" in text


def test_citations_terms_and_mathematics_work(built: Project):
    page = built.page(PAGE)
    assert 'href="../../glossary.html#term-softmax"' in page
    assert re.search(r'href="../../bibliography.html#\S+"', page)
    assert "<msqrt><mi>d</mi></msqrt>" in page
    assert (built.html / "_static/stix-two-math.woff2").stat().st_size < 200_000


def test_captions_have_a_level_and_no_entry_a_dead_role(built: Project):
    for path in built.html.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r'role="heading"(?! aria-level)', text), path
        assert "doc-biblioentry" not in text, path


def test_a_page_with_exercises_has_a_link_that_skips_to_them(built: Project):
    assert 'href="#exercises">Skip to the exercises' in built.page(PAGE)
    assert "Skip to the exercises" not in built.page(f"{CHAPTER}/2_masks")


def entries(project: Project) -> dict[str, dict[str, str]]:
    """What the search finds, by its titles."""
    script = (project.html / "_static/search-entries.js").read_text()
    found = json.loads(script.removeprefix("const ENTRIES = ").removesuffix(";\n"))
    return {entry["title"]: entry for entry in found}


def test_the_search_knows_sections_listings_exercises_and_words(built: Project):
    found = entries(built)
    assert found["3.1 Scores"]["question"] == "How large is a dot product?"
    assert "How large is a dot product?" in found["3.1 Scores"]["text"]
    assert "entropy(width)" in found["3.1 Scores"]["code"]
    assert found["llm::score"]["anchor"] == "listing-llm-score"
    assert "product(a, b) + bias" in found["llm::score"]["code"]
    assert found["Exercise 3.1a: The size of a score"]["anchor"] == "exercise-3.1a"
    assert found["softmax"]["anchor"] == "term-softmax"
    assert not any(entry["page"].startswith("api/") for entry in found.values())


def test_nothing_on_a_page_is_loaded_from_the_network(built: Project):
    for path in built.html.rglob("*.html"):
        assert not re.search(r'<(?:script|link|img)[^>]*(?:src|href)="https?:', path.read_text()), (
            path
        )


def test_a_chapter_can_be_built_alone(project: Project):
    project.write(
        "chapters/03_attention/2_masks.cpp",
        "//: # Masks\n//:\n//: As {doc}`/chapters/02_sequence/1_softmax` has it, and "
        "{value}`2.1:x`.\n",
    )
    project.write("book/waiting.txt", "llm::gone\n")
    status, said = project.build(only="3")
    assert status == 0, said
    assert (project.build_dir / "book/chapters-3/chapters/03_attention/2_masks.html").exists()


def test_the_page_of_mutants_counts_and_shows_what_survived(tmp_path):
    assert mutation_pages(tmp_path) == {}
    results = tmp_path / "tests" / "mutation" / "result.json"
    results.parent.mkdir(parents=True)
    survivor = {"line": 7, "was": "a + b", "now": "a - b"}
    results.write_text(json.dumps([
        {"file": "common/sequence/softmax.cpp", "mutants": 12, "caught": 9, "equivalent": 2,
         "survivors": [survivor]}]))
    page = mutation_pages(tmp_path)["how_right_is_it"]
    assert "| `sequence/softmax.cpp` | 12 | 9 | 2 | 1 | 90 % |" in page
    assert "| `all` | 12 | 9 | 2 | 1 | 90 % |" in page
    assert "`common/sequence/softmax.cpp`, line 7" in page
    assert "a + b" in page and "a - b" in page
