"""Where the walks over every page go: `tests/page_list.py`, with the numbers of the site that runs."""

from __future__ import annotations

from tests.page_list import PageAddress, Places, page_addresses

# Numbers stand for what the site will have given its runs, its sampling and its upload.
RUN, OTHER, UPLOAD = 987654321, 987654322, "00000000-0000-4000-8000-000000000000"
SAMPLING = 987654323
ORGANISATION = "browser-lab"  # the fixture `owner` makes it
PLACES = Places(
    benchmark="humaneval",
    model="submitted",
    run=RUN,
    others=(OTHER,),
    # A failing call; several groups, all failing; nothing fails.
    tasks=("HumanEval/53", "HumanEval/45", "HumanEval/0"),
    upload=UPLOAD,
    organisation=ORGANISATION,
    sampling=SAMPLING,
)
PAGES: list[PageAddress] = [page for page in page_addresses(PLACES) if not page.part]
PUBLIC_PAGES = [page.address for page in PAGES if not page.own]
OWN_PAGES = [page.address for page in PAGES if page.own or page.name == "run"]


def one_of_each(own: bool) -> list[str]:
    """The richest view of each page: its last one."""
    return list({page.name: page.address for page in PAGES if page.own == own}.values())


def on_this_site(address: str, there: dict[str, str]) -> str:
    """The address with the numbers of the site in place of ours."""
    for number, real in there.items():
        address = address.replace(number, real)
    return address
