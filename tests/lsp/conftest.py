"""Workspaces for the server's tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.histories import repository

SHOP = {
    "shop/__init__.py": "",
    "shop/prices.py": (
        "class Price:\n"
        '    """What something costs."""\n'
        "\n"
        "    def total(self, count):\n"
        "        return count * self.unit\n"
        "\n"
        "\n"
        "def price_of(name, currency):\n"
        '    """The price of a thing."""\n'
        "    return name, currency\n"
    ),
    "shop/cart.py": (
        "from shop.prices import Price, price_of\n"
        "\n"
        "\n"
        "class Discounted(Price):\n"
        "    def total(self, count):\n"
        "        return 0\n"
        "\n"
        "\n"
        "def add(cart, name):\n"
        "    found = price_of(name, 'EUR')\n"
        "    cart.append(found)\n"
        "    return found\n"
    ),
    "tests/test_cart.py": (
        "from shop.cart import add\n\n\ndef test_add():\n    assert add([], 'tea')\n"
    ),
}


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Makes a folder with files in a git repository with one commit."""

    def make(files: Mapping[str, str]) -> Path:
        root = tmp_path / "work"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        git(root, "init", "--quiet")
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--message", "first")
        return root

    return make


@pytest.fixture(scope="module")
def common_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop, for tests that leave its files as they are."""
    return repository(tmp_path_factory.mktemp("common") / "work", [("first", SHOP)])


@pytest.fixture
def shop(workspace: Callable[[Mapping[str, str]], Path]) -> Path:
    """A small shop: a price, a cart that uses it, and a test."""
    return workspace(SHOP)
