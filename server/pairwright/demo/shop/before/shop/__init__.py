"""A small shop: prices, a cart, orders."""
