"""Prices. All amounts are in cents."""

VAT_PERCENT = 20


def price_of(sku: str, quantity: int = 1) -> int:
    """The net price of a number of pieces.

    Args:
        sku: what is bought.
        quantity: how many pieces.
    """
    return _LIST[sku] * quantity


def with_vat(net: int) -> int:
    """A net price with value added tax."""
    return net + net * VAT_PERCENT // 100


def find_rebate(code: str) -> int:
    """The percentage a rebate code is worth; 0 for an unknown code."""
    return _REBATES.get(code, 0)


_LIST = {"apple": 30, "bread": 250, "cheese": 480}
_REBATES = {"SPRING": 10, "STAFF": 25}
