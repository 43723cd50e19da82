"""The site in a real browser, opened from the disk, with no network."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from sample_project import BOOK, CHAPTER, Project

webdriver = pytest.importorskip("selenium.webdriver")
axe = pytest.importorskip("selenium_axe_python")
AXE_SCRIPT = (Path(axe.__file__).parent / "axe-core" / "axe.min.js").read_text()
Keys = webdriver.Keys
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver")

PAGE = f"{CHAPTER}/1_scores.html"


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
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
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


def set_width(browser: webdriver.Chrome, width: int) -> None:
    """Makes the window as wide as a phone, a tablet or a screen."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def open_page(browser: webdriver.Chrome, html: Path, page: str, width: int = 1200) -> None:
    """Opens a page from the disk in a window of some width."""
    set_width(browser, width)
    browser.get_log("performance")
    browser.get(f"file://{html}/{page}")


def set_theme(browser: webdriver.Chrome, theme: str) -> None:
    """Chooses a theme, as the button at the top of a page does."""
    browser.execute_script("document.body.dataset.theme = arguments[0]", theme)


def loaded(browser: webdriver.Chrome) -> dict[str, int]:
    """The files that were loaded since the log was read last, and their sizes."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [
        urlsplit(message["params"]["request"]["url"])
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    paths = [Path(unquote(url.path)) for url in urls if url.scheme == "file"]
    return {path.name: path.stat().st_size for path in paths}


def pages(html: Path) -> list[str]:
    """Every page of a site."""
    return [path.relative_to(html).as_posix() for path in sorted(html.rglob("*.html"))]


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
    root, d = (
        browser.execute_script(
            f"return document.querySelector('{tag}').getBoundingClientRect().width"
        )
        for tag in ("msqrt", "msqrt > mi")
    )
    assert root > d > 3
    assert "stix-two-math.woff2" in loaded(browser)


def test_a_figure_follows_the_theme_and_only_one_version_is_loaded(browser, built: Project):
    open_page(browser, built.html, PAGE)
    shown = """return [...document.querySelectorAll('picture img')]
        .filter(image => image.naturalWidth > 0).map(image => image.currentSrc)"""
    browser.execute_script("document.querySelector('picture').scrollIntoView()")
    assert wait(lambda: browser.execute_script(shown)), "no picture"
    pictures = [name for name in loaded(browser) if name.endswith(".svg")]
    assert pictures == ["attention_entropy-light.svg"]
    for theme in ("dark", "light"):
        set_theme(browser, theme)
        assert wait(
            lambda: all(f"-{theme}.svg" in source for source in browser.execute_script(shown))
        ), theme


def test_no_page_scrolls_sideways_on_a_phone(browser, built: Project):
    for page in pages(built.html):
        open_page(browser, built.html, page, width=390)
        assert overflow(browser) <= 0, page


@pytest.mark.parametrize("width", [1010, 1100, 1320])
def test_a_window_between_tablet_and_wide_screen_holds_the_page(browser, built: Project, width):
    open_page(browser, built.html, pages(built.html)[0], width=width)
    assert overflow(browser) <= 0


def found(browser: webdriver.Chrome, html: Path, query: str) -> list[str]:
    """Where the results of a search lead, the best first."""
    open_page(browser, html, f"search.html?q={quote(query)}")
    links = "return [...document.querySelectorAll('#search-results a')].map(link => link.href)"
    status = "return document.getElementById('search-status').textContent"
    wait(lambda: browser.execute_script(status))
    return [link.removeprefix(f"file://{html}/") for link in browser.execute_script(links)]


def test_a_function_is_found_at_its_listing(browser, built: Project):
    for query in ("score", "llm::score", "score()"):
        assert found(browser, built.html, query)[0] == f"{PAGE}#listing-llm-score", query


def test_a_section_is_found_by_its_question_before_the_glossary(browser, built: Project):
    assert found(browser, built.html, "how large is a product")[0] == PAGE
    assert "glossary.html#term-softmax" in found(browser, built.html, "softmax")


def test_a_result_shows_the_words_around_what_was_asked(browser, built: Project):
    found(browser, built.html, "builds")
    item = browser.find_element("css selector", "#search-results p")
    assert "It builds on section 3.1" in item.text
    assert item.find_element("css selector", "mark").text == "builds"


def test_a_search_without_a_result_says_so(browser, built: Project):
    assert found(browser, built.html, "zebra") == []
    assert "Nothing for" in browser.find_element("id", "search-status").text


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


def press(browser: webdriver.Chrome, *keys: str) -> None:
    """Presses keys, one after the other."""
    webdriver.ActionChains(browser).send_keys(*keys).perform()


def focused(browser: webdriver.Chrome, script: str) -> object:
    """A property of the element that has the focus."""
    return browser.execute_script(f"const it = document.activeElement; return {script}")


def test_the_drawers_open_and_close_by_keyboard_on_a_phone(browser, built: Project):
    for drawer, box in ((".sidebar-drawer", "__navigation"), (".toc-drawer", "__toc")):
        open_page(browser, built.html, PAGE, width=360)
        hidden = f"return getComputedStyle(document.querySelector('{drawer}')).visibility"
        assert browser.execute_script(hidden) == "hidden"
        for _ in range(12):
            press(browser, Keys.TAB)
            if focused(browser, "it.getAttribute('for')") == box:
                break
        assert focused(browser, "it.getAttribute('for')") == box
        press(browser, Keys.ENTER)
        assert browser.execute_script(hidden) == "visible"
        assert focused(browser, f"!!it.closest('{drawer}')")
        press(browser, Keys.ESCAPE)
        assert browser.execute_script(hidden) == "hidden"
        assert focused(browser, "it.getAttribute('for')") == box


def test_the_first_tab_skips_to_the_exercises(browser, built: Project):
    open_page(browser, built.html, PAGE)
    press(browser, Keys.TAB)
    assert focused(browser, "it.textContent") == "Skip to the exercises"
    assert wait(lambda: focused(browser, "it.getBoundingClientRect().top") >= 0)
    press(browser, Keys.ENTER)
    for _ in range(3):
        press(browser, Keys.TAB)
        if focused(browser, "it.closest('.exercise') !== null"):
            break
    assert focused(browser, "it.closest('.exercise') !== null")


def test_what_has_the_focus_shows_it(browser, built: Project):
    open_page(browser, built.html, PAGE)
    for selector in ("button.copybtn", ".sidebar-search-container"):
        assert wait(
            lambda: browser.execute_script(f"return !!document.querySelector('{selector}')")
        )
    press(browser, Keys.TAB)
    browser.execute_script("document.querySelector('button.copybtn').focus()")
    assert wait(lambda: focused(browser, "getComputedStyle(it).opacity") == "1")
    assert focused(browser, "getComputedStyle(it).outlineStyle") == "solid"
    browser.execute_script("document.querySelector('.sidebar-search').focus()")
    around = "getComputedStyle(it.closest('.sidebar-search-container')).outlineStyle"
    assert focused(browser, around) == "solid"


def test_a_box_that_is_wider_than_its_place_can_be_scrolled_by_keyboard(browser, built: Project):
    open_page(browser, built.html, PAGE, width=360)
    wide = "return document.querySelector('.highlight pre.scrolls')"
    box = wait(lambda: browser.execute_script(wide))
    assert box.get_attribute("tabindex") == "0" and "wider" in box.get_attribute("aria-label")
    set_width(browser, 1440)
    assert wait(lambda: box.get_attribute("tabindex") is None)


def test_paper_is_light_and_long_lines_go_on_below_their_beginning(browser, built: Project):
    open_page(browser, built.html, PAGE)
    set_theme(browser, "dark")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        style = "return getComputedStyle(document.querySelector('article div.highlight')).{}"
        assert browser.execute_script(style.format("backgroundColor")) == "rgb(246, 247, 249)"
        line = "return getComputedStyle(document.querySelector('[data-line]')).{}"
        assert browser.execute_script(line.format("display")) == "block"
        assert browser.execute_script(line.format("textIndent")).startswith("-")
        assert browser.execute_script(line.format("whiteSpace")) == "pre-wrap"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_link_into_a_fold_opens_it(browser, built: Project):
    open_page(browser, built.html, PAGE)
    browser.execute_script(
        "document.querySelector('details.fold-solution .highlight').id = 'inside';"
        "location.hash = '#inside'"
    )
    assert wait(
        lambda: browser.execute_script("return document.querySelector('.fold-solution').open")
    )


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample with a folded listing and folded code on its second section."""
    project = Project(tmp_path_factory.mktemp("forms") / "project")
    project.replace("book/waiting.txt", "llm::half\n", "")
    with (project.root / MASKS).open("a") as page:
        page.write("\n//: ```{listing} llm::half\n//: :folded:\n//: ```\n")
    project.replace(MASKS, "void masks() {}", "#include <vector>\n\nvoid masks() {}")
    status, said = project.build()
    assert status == 0, said
    return project


MASKS = f"{CHAPTER}/2_masks.cpp"
FOLDED = MASKS.replace(".cpp", ".html")
OPEN = "return document.querySelector('{}').open"


def test_a_folded_listing_opens_by_keyboard(browser, forms: Project):
    open_page(browser, forms.html, FOLDED)
    for fold in (".listing-folded", ".code-fold"):
        assert not browser.execute_script(OPEN.format(fold))
        browser.execute_script(f"document.querySelector('{fold} > summary').focus()")
        press(browser, Keys.ENTER)
        assert browser.execute_script(OPEN.format(fold)), fold


def test_a_folded_listing_opens_for_a_link_and_for_what_the_search_found(browser, forms: Project):
    assert found(browser, forms.html, "half")[0] == f"{FOLDED}#listing-llm-half"
    browser.execute_script("document.querySelector('#search-results a').click()")
    assert wait(lambda: FOLDED in browser.current_url)
    assert wait(lambda: browser.execute_script(OPEN.format(".listing-folded")))


def test_a_folded_listing_is_one_line_on_paper(browser, forms: Project):
    open_page(browser, forms.html, FOLDED)
    browser.execute_script("document.querySelector('.listing-folded').open = true")
    height = "return document.querySelector('.listing-folded').getBoundingClientRect().height"
    assert browser.execute_script(height) > 100
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert browser.execute_script(height) < 50
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


# What of axe's rules a page must keep: those of WCAG 2.2 AA, and three of good practice. Colors,
# targets and what scrolls depend on the theme and the width, the rest on neither.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GOOD = ["page-has-heading-one", "aria-deprecated-role", "duplicate-id"]
SEEN = ["color-contrast", "target-size", "scrollable-region-focusable"]
RUN = """const [done] = [arguments[arguments.length - 1]];
axe.run({exclude: arguments[1]}, {resultTypes: ['violations'], ...arguments[0]}).then(
    found => done(found.violations.flatMap(({id, nodes}) => nodes.map(node =>
        `${id}: ${node.target} ${node.any.concat(node.all, node.none)[0]?.message}`))),
    error => done([String(error)]));"""


def violations(
    browser: webdriver.Chrome, options: dict[str, object], exclude: list[str]
) -> list[str]:
    """The rules that the page breaks, and where."""
    present = [
        name
        for name in exclude
        if browser.execute_script("return !!document.querySelector(arguments[0])", name)
    ]
    return browser.execute_async_script(RUN, options, present)


def check(browser: webdriver.Chrome, html: Path, page: str, exclude: list[str]) -> None:
    """Checks a page by axe in both themes, as wide as a phone, a tablet and a screen."""
    open_page(browser, html, page, width=1440)
    browser.execute_script(AXE_SCRIPT)
    everything = {type_: {"enabled": True} for type_ in [*GOOD, "target-size"]}
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": everything}
    set_theme(browser, "light")
    assert violations(browser, options, exclude) == [], f"{page}, light"
    only = {"runOnly": {"type": "rule", "values": SEEN}}
    for width, theme in ((1440, "dark"), (768, "light"), (360, "dark"), (360, "light")):
        set_theme(browser, theme)
        set_width(browser, width)
        browser.execute_script("return new Promise(requestAnimationFrame)")
        assert violations(browser, only, exclude) == [], f"{page}, {width}, {theme}"


def test_every_page_keeps_the_rules_of_accessibility(browser, built: Project):
    for page in pages(built.html):
        check(browser, built.html, page, [])


BUILT_BOOK = BOOK.parent / "build" / "book" / "html"
book = pytest.mark.skipif(not (BUILT_BOOK / "index.html").exists(), reason="the book is not built")
BOOK_PAGES = [
    page for page in pages(BUILT_BOOK) if not page.startswith(("source/", "genindex"))
]


@book
def test_the_pages_of_the_book_itself_fit_a_phone(browser):
    browser.get_log("browser")  # what the tests before have left there
    for page in BOOK_PAGES:
        open_page(browser, BUILT_BOOK, page, width=360)
        assert overflow(browser) <= 0, page
        assert [
            entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"
        ] == [], page


@book
def test_the_pages_of_the_book_itself_keep_the_rules_of_accessibility(browser):
    # The colors of code are those of the sample's pages, which are looked at in full.
    for page in BOOK_PAGES:
        check(browser, BUILT_BOOK, page, [".highlight pre"])


@book
def test_a_section_of_the_book_itself_is_light(browser):
    for page in BOOK_PAGES:
        if page.startswith(("chapters/", "gpu/")):
            open_page(browser, BUILT_BOOK, page)
            browser.execute_script(
                "document.querySelectorAll('img').forEach(image => image.loading = 'eager')"
            )
            wait(
                lambda: browser.execute_script(
                    "return [...document.images].every(image => image.complete)"
                )
            )
            files = loaded(browser)
            assert Path(page).name in files and sum(files.values()) < 1_000_000, files


@book
@pytest.mark.parametrize(
    "query, page",
    [
        ("why divide by sqrt", "chapters/03_attention/2_scaled_dot_product.html"),
        ("KV cache", "chapters/05_transformer/6_kv_cache.html"),
        ("softmax", "chapters/02_sequence/1_softmax.html"),
        ("softmax_rows", "chapters/02_sequence/1_softmax.html#listing-llm-softmax_rows"),
        ("rotary position", "chapters/02_sequence/3_rope.html"),
        ("orthogonalize", "#listing-llm-orthogonalize"),
    ],
)
def test_the_search_of_the_book_itself(browser, query, page):
    assert page in found(browser, BUILT_BOOK, query)[0]
