from shop.cart import Cart
from shop.pricing import price_of


def test_price() -> None:
    assert price_of("apple", 3) == 90


def test_total() -> None:
    cart = Cart()
    cart.add("bread")
    assert cart.total() == 300
