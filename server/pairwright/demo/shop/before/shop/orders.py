"""Orders: a cart that was paid for."""

from __future__ import annotations

from shop.cart import Cart
from shop.pricing import find_rebate, price_of, with_vat


def quote(sku: str, quantity: int) -> str:
    """One line of an offer."""
    return f"{quantity} x {sku}: {with_vat(price_of(sku, quantity)) / 100:.2f}"


def checkout(cart: Cart, rebate_code: str = "") -> int:
    """What is charged for a cart."""
    rebate = find_rebate(rebate_code)
    return cart.total() * (100 - rebate) // 100
