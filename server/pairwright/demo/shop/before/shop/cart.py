"""The cart a customer fills."""

from __future__ import annotations

from shop.pricing import price_of, with_vat


class Cart:
    """Pieces by article."""

    def __init__(self) -> None:
        self.pieces: dict[str, int] = {}

    def add(self, sku: str, quantity: int = 1) -> None:
        """Put pieces of an article into the cart."""
        self.pieces[sku] = self.pieces.get(sku, 0) + quantity

    def net(self) -> int:
        """The net price of everything in the cart."""
        return sum(price_of(sku, count) for sku, count in self.pieces.items())

    def total(self) -> int:
        """What the customer pays."""
        return with_vat(self.net())
