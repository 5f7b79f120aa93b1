"""Every kind of page in a real browser: narrow, wide, light, dark, in print, by keyboard, with axe-core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from site_of_pages import KINDS, path_of

LANGUAGES = ("en", "zh")
OF_COLORS = ("color-contrast", "link-in-text-block")  # the rules for which the color scheme matters
# What reaches beyond the right edge, if the page can be scrolled sideways: its beginning.
OVERFLOW = """() => {
    const root = document.documentElement, most = root.clientWidth;
    if (root.scrollWidth <= most) return [];
    const outside = [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > most + 1)
        .filter((each) => !each.closest(".scroll, pre, .formula"))
        .map((each) => each.outerHTML.slice(0, 200));
    return [`${root.scrollWidth} of ${most} pixels`, ...outside];
}"""


@contextmanager
def opened(browser: Browser, path: Path, **options) -> Iterator[Page]:
    """A page, which must neither complain nor ask for anything but itself."""
    context = browser.new_context(**options)
    asked: list[str] = []
    complaints: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.goto(path.as_uri())
        yield page
        assert complaints == []
        assert [url for url in asked if not url.startswith("data:image/")] == [path.as_uri()]
    finally:
        context.close()


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core finds, of any level, each with the place. `rules`: by these alone; by default, by all."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    return [
        f"{found['id']} ({found['impact']}): {node['target']} {node['html'][:120]}"
        for found in Axe().run(page, options=options).response["violations"]
        for node in found["nodes"][:3]
    ]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_and_is_accessible(
    browser: Browser, folder: Path, kind: str, lang: str, width: int
) -> None:
    """It fits into the window, complains of nothing, asks for nothing, and axe-core finds nothing."""
    path = folder / lang / path_of(kind)
    with opened(browser, path, viewport={"width": width, "height": 900}) as page:
        found = page.evaluate(OVERFLOW) + violations(page)
        page.emulate_media(color_scheme="dark")
        found += page.evaluate(OVERFLOW) + violations(page, OF_COLORS)
        assert found == [], "\n".join(found)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_without_scripts_everything_is_there(browser: Browser, folder: Path, kind: str, lang: str) -> None:
    """The same text is shown with and without scripts; only tools that need one are not offered."""
    path = folder / lang / path_of(kind)
    shown = []
    for scripts in (True, False):
        with opened(browser, path, java_script_enabled=scripts) as page:
            assert page.locator("h1").is_visible()
            assert page.locator("th button").count() == 0 or scripts
            assert not page.locator(".find").first.is_visible() if not scripts else True
            shown.append(
                [row.split() for row in page.locator("main").inner_text().splitlines() if row.strip()]
            )
    with_scripts, without = ([word for row in rows for word in row] for rows in shown)
    assert set(without) <= set(with_scripts) and len(without) > 20


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_can_be_printed(browser: Browser, folder: Path, kind: str, lang: str) -> None:
    """On A4 nothing is cut off at the right, and the browser makes a PDF of it."""
    with opened(browser, folder / lang / path_of(kind), viewport={"width": 718, "height": 1000}) as page:
        page.emulate_media(media="print")
        assert page.evaluate(OVERFLOW) == []
        assert page.pdf(format="A4", margin={side: "10mm" for side in ("left", "right")}).startswith(b"%PDF-")


@pytest.mark.parametrize("kind", KINDS)
def test_the_language_is_switched_by_keyboard(browser: Browser, folder: Path, kind: str) -> None:
    """An arrow key on the switch changes the language of the page, of its title and for screen readers."""
    with opened(browser, folder / "en" / path_of(kind)) as page:
        english, title = page.locator("main").inner_text(), page.title()
        for _ in range(4):  # some links may come first
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "language":
                break
        page.keyboard.press("ArrowRight")
        chinese = page.locator("main").inner_text()
        assert not has_chinese(english) and has_chinese(chinese)
        assert not has_chinese(title) and has_chinese(page.title())
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
        page.keyboard.press("ArrowLeft")
        assert page.locator("main").inner_text() == english and page.title() == title
        assert page.evaluate("document.documentElement.lang") == "en"


def has_chinese(text: str) -> bool:
    """Whether there is any Chinese in a text."""
    return any("\u4e00" <= each <= "\u9fff" for each in text)


def column(page: Page, number: int) -> list[str]:
    """The cells of a column of the last table whose rows are shown, from the top."""
    rows = page.locator("table.sortable").last.locator("tbody tr:visible")
    return [text.split("\n")[0] for text in rows.locator(f"xpath=./*[{number + 1}]").all_inner_texts()]


@pytest.mark.parametrize("kind", ["class", "assignment"])
def test_a_table_is_sorted_by_keyboard(browser: Browser, folder: Path, kind: str) -> None:
    """Enter on a heading sorts by it, the most first, and once more the other way; readers are told which."""
    with opened(browser, folder / "en" / path_of(kind)) as page:
        names, heading = column(page, 0), page.locator("table.sortable").last.locator("thead th").nth(1)
        heading.locator("button").focus()
        page.keyboard.press("Enter")
        points = [float(text.split()[0]) if text[0].isdigit() else -1.0 for text in column(page, 1)]
        assert points == sorted(points, reverse=True) and heading.get_attribute("aria-sort") == "descending"
        page.keyboard.press("Enter")
        points = [float(text.split()[0]) if text[0].isdigit() else -1.0 for text in column(page, 1)]
        assert points == sorted(points) and heading.get_attribute("aria-sort") == "ascending"
        page.locator("table.sortable").last.locator("thead th button").first.focus()
        page.keyboard.press("Space")
        assert column(page, 0) == sorted(names) and heading.get_attribute("aria-sort") is None


@pytest.mark.parametrize("scripts", [True, False])
def test_rows_are_filtered_by_keyboard(browser: Browser, folder: Path, scripts: bool) -> None:
    """The table of scores is narrowed to those who need help, with or without scripts."""
    with opened(browser, folder / "en" / path_of("class"), java_script_enabled=scripts) as page:
        everyone = column(page, 0)
        page.locator("#only-all").focus()
        page.keyboard.press("ArrowRight")
        helped = column(page, 0)
        assert "una" in helped and "s00" not in helped and set(helped) < set(everyone)
        page.keyboard.press("ArrowRight")
        assert column(page, 0) == ["bob", "eve", "s01"]
        page.keyboard.press("ArrowRight")
        assert "ned Ned Nobody" in column(page, 0)


@pytest.mark.parametrize("kind", ["class", "assignment"])
def test_a_name_is_found_by_keyboard(browser: Browser, folder: Path, kind: str) -> None:
    """Typing a part of a name leaves the rows that have it, and says how many there are."""
    with opened(browser, folder / "en" / path_of(kind)) as page:
        page.locator(".find input").focus()
        page.keyboard.type("S1")
        assert column(page, 0) == [f"s{number}" for number in range(10, 20)] or kind == "assignment"
        assert sorted(column(page, 0)) == [f"s{number}" for number in range(10, 20)]
        assert page.locator(".find [role=status]").inner_text().startswith("10 / ")


def test_full_names_are_found_too(browser: Browser, folder: Path) -> None:
    """A student is found by the name on the roster as well."""
    with opened(browser, folder / "zh" / path_of("class")) as page:
        page.locator(".find input").focus()
        page.keyboard.type("adams")
        assert column(page, 0) == ["amy Amy Adams"]


def test_links_lead_to_pages(browser: Browser, folder: Path) -> None:
    """Every link of every kind of page leads to a file or a place that is there, or to the contact."""
    for kind in KINDS:
        path = folder / "en" / path_of(kind)
        with opened(browser, path) as page:
            for link in page.eval_on_selector_all("a[href]", "all => all.map(each => each.href)"):
                target, _, place = link.removeprefix("file://").partition("#")
                assert link == "mailto:teacher@example.org" or Path(target).is_file(), (kind, link)
                assert not place or page.locator(f"[id='{place}']").count() == 1, (kind, link)
