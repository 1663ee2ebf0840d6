"""A plugin of `make test`: tests that share one running stack or one browser stay together on one process.

Otherwise each process would start its own; and a browser that lives between other tests would keep its event loop
running under them.
"""

import pytest

SHARED_STACK = frozenset({"browser", "chaos"})


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name the group of every test that has to stay with others."""
    for item in items:
        folder = item.path.parent.name
        if folder in SHARED_STACK:
            item.add_marker(pytest.mark.xdist_group(folder))
        elif {"chromium", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(f"{folder} in a browser"))
