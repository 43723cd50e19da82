"""The site in a real browser, opened from the disk, with no network."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sample_project import BOOK, CHAPTER, Project

webdriver = pytest.importorskip("selenium.webdriver")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver")

PAGE = f"{CHAPTER}/1_scores.html"


# What MathJax makes of a formula that it does not understand.
WRONG = "g[data-mml-node=merror], g[data-mml-node=mtext][fill=red]"


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """A browser that finds no host."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


def wait(condition: Callable[[], object], seconds: float = 20) -> object:
    """Waits until something is true; returns it."""
    end = time.monotonic() + seconds
    while not (result := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return result


def open_page(browser: webdriver.Chrome, html: Path, page: str, width: int = 1200) -> None:
    """Opens a page from the disk in a window of some width and waits for its mathematics."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.get(f"file://{html}/{page}")
    count = "return document.querySelectorAll(arguments[0]).length"
    formulas = browser.execute_script(count, ".math")
    wait(lambda: browser.execute_script(count, "mjx-container") >= formulas)


def pages(html: Path) -> list[str]:
    """Every page of a site."""
    return [path.relative_to(html).as_posix() for path in sorted(html.rglob("*.html"))]


def wrong_formulas(browser: webdriver.Chrome) -> list[str]:
    """The formulas that MathJax did not understand, with the text around them."""
    return browser.execute_script(
        """return [...document.querySelectorAll(arguments[0])]
            .map(node => node.closest('mjx-container').parentElement.textContent)""",
        WRONG,
    )


def overflow(browser: webdriver.Chrome) -> int:
    """By how many pixels the page is wider than its window."""
    return browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_pages_open_without_errors_in_the_console(browser, built: Project):
    for page in pages(built.html):
        open_page(browser, built.html, page)
        assert [
            entry for entry in browser.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}
        ] == [], page


def test_mathematics_is_drawn(browser, built: Project):
    open_page(browser, built.html, PAGE)
    formulas = browser.execute_script("return document.querySelectorAll('.math').length")
    drawn = browser.execute_script("return document.querySelectorAll('mjx-container svg').length")
    assert formulas == drawn == 3
    assert wrong_formulas(browser) == []


def test_a_formula_that_is_wrong_is_seen(browser, built: Project, tmp_path: Path):
    mathjax = built.html / "_static/mathjax/tex-svg.js"
    (tmp_path / "wrong.html").write_text(
        f'<script src="file://{mathjax}"></script><p class="math">\\(\\unheard x\\)</p>'
        '<p class="math">\\(a_b_c\\)</p>'
    )
    open_page(browser, tmp_path, "wrong.html")
    assert len(wrong_formulas(browser)) == 2


def test_a_figure_follows_the_theme(browser, built: Project):
    open_page(browser, built.html, PAGE)
    shown = """return [...document.querySelectorAll('figure.book-figure img')]
        .filter(image => getComputedStyle(image).display != 'none' && image.naturalWidth > 0)
        .map(image => image.className.includes('only-dark'))"""
    for theme in ("light", "dark"):
        browser.execute_script(f"document.body.dataset.theme = '{theme}'")
        assert wait(lambda: browser.execute_script(shown) == [theme == "dark"]), theme


def test_no_page_scrolls_sideways_on_a_phone(browser, built: Project):
    for page in pages(built.html):
        open_page(browser, built.html, page, width=390)
        assert overflow(browser) <= 0, page


def test_search_finds_a_word(browser, built: Project):
    open_page(browser, built.html, "search.html?q=softmax")
    found = wait(
        lambda: browser.execute_script(
            "return [...document.querySelectorAll('#search-results a')].map(link => link.href)"
        )
    )
    assert any("glossary.html" in link for link in found), found


def test_a_hint_opens_at_a_click(browser, built: Project):
    open_page(browser, built.html, PAGE)
    fold = browser.find_element("css selector", "details.fold-hint")
    assert not fold.get_property("open")
    browser.execute_script("arguments[0].querySelector('summary').click()", fold)
    assert fold.get_property("open")


def test_a_listing_can_be_copied(browser, built: Project):
    open_page(browser, built.html, PAGE)
    assert wait(
        lambda: browser.execute_script("return !!document.querySelector('.listing button.copybtn')")
    )


BUILT_BOOK = BOOK.parent / "build" / "book" / "html"


@pytest.mark.skipif(not (BUILT_BOOK / "index.html").exists(), reason="the book is not built")
def test_the_pages_of_the_book_itself(browser):
    for page in pages(BUILT_BOOK):
        if page.startswith(("source/", "genindex")):
            continue
        open_page(browser, BUILT_BOOK, page, width=390)
        assert overflow(browser) <= 0, page
        assert [
            entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"
        ] == [], page
        assert wrong_formulas(browser) == [], page
