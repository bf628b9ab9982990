"""Pasted reports: which lines say something, stack traces of all languages, what a program said."""

from __future__ import annotations

import pytest

from pairwright.index.reports import Frame, Part, frames_of, lines_of, messages_of

REPORT = """\
Saving drops the last line

<!-- tell us more -->
### Pre-requisites
- [x] I have searched existing issues
- [x] `mongodb`
- [ ] `mysql`

### What happened?
The last line is lost.

### Environment
- Something about my laptop
- numpy 1.26.4

### Steps to reproduce
```python
save(lines)
```
```console
written 3 lines
```
OS: Linux 6.1
lxml         : 4.9.2.0
curl 7.68.0 libcurl/7.68.0 OpenSSL/1.1.1 zlib/1.2.11
"""


def test_lines_that_a_tracker_asks_for_are_left_out() -> None:
    assert list(lines_of(REPORT)) == [
        (Part.TITLE, "Saving drops the last line"),
        (Part.PROSE, "`mongodb`"),
        (Part.PROSE, "The last line is lost."),
        (Part.CODE, "save(lines)"),
        (Part.OUTPUT, "written 3 lines"),
    ]


@pytest.mark.parametrize(
    ("trace", "frames"),
    [
        (
            (
                'Traceback (most recent call last):\n  File "/site-packages/shop/cart.py", line 3,'
                ' in total\n    add()\n  File "/site-packages/shop/sums.py", line 9, in add\n'
            ),
            [
                Frame("/site-packages/shop/sums.py", "add"),
                Frame("/site-packages/shop/cart.py", "total"),
            ],
        ),
        (
            "File ~/code/shop/cart.py:12, in total(items)\nFile ~/code/shop/sums.py:3, in add(a)",
            [Frame("~/code/shop/sums.py", "add"), Frame("~/code/shop/cart.py", "total")],
        ),
        (
            (
                "TypeError: x\n    at Cart.total (/app/node_modules/shop/dist/cart.js:31:23)\n"
                "    at async file:///app/src/run.js:4:1\n"
            ),
            [Frame("/app/node_modules/shop/dist/cart.js", "total"), Frame("/app/src/run.js", "")],
        ),
        (
            (
                "java.lang.NullPointerException\n\tat com.shop.Cart$Items.add(Cart.java:12)\n"
                "\tat com.shop.Main.main(Main.kt:3)\n"
            ),
            [Frame("com/shop/Cart.java", "add"), Frame("com/shop/Main.kt", "main")],
        ),
        (
            r"   at Shop.Cart.Total[T](Int32 n) in C:\src\Shop\Cart.cs:line 40",
            [Frame("C:/src/Shop/Cart.cs", "Total")],
        ),
        (
            (
                "/gems/shop-1.2/lib/shop/cart.rb:77:in `total'\n"
                "        from shop/web/action.rb:85:in 'block in call'\n"
            ),
            [
                Frame("/gems/shop-1.2/lib/shop/cart.rb", "total"),
                Frame("shop/web/action.rb", "call"),
            ],
        ),
        (
            "#0 /srv/vendor/shop/src/Cart.php(12): Shop\\Cart->total()\n#1 {main}",
            [Frame("/srv/vendor/shop/src/Cart.php", "total")],
        ),
        (
            "goroutine 8 [running]:\nshop.(*Cart).Total(0xc0)\n\t/go/src/shop/cart.go:192 +0xd1\n",
            [Frame("/go/src/shop/cart.go", "")],
        ),
        (
            "  12: shop::cart::total\n             at /home/me/shop/src/cart.rs:128:28\n",
            [Frame("/home/me/shop/src/cart.rs", "")],
        ),
        (
            "    (shop) lib/shop/cart.ex:909: Shop.Cart.total/1\n",
            [Frame("lib/shop/cart.ex", "total")],
        ),
        (
            "stack traceback:\n\t...lazy/shop/lua/shop/cart.lua:143: in function 'total'\n",
            [Frame("...lazy/shop/lua/shop/cart.lua", "total")],
        ),
        (
            "#3 0x00007f in parse_cart (text=0x1) at src/cart.c:12\n",
            [Frame("src/cart.c", "parse_cart")],
        ),
    ],
    ids=[
        "python",
        "ipython",
        "javascript",
        "java",
        "csharp",
        "ruby",
        "php",
        "go",
        "rust",
        "elixir",
        "lua",
        "native",
    ],
)
def test_frames_the_deepest_first(trace: str, frames: list[Frame]) -> None:
    assert list(frames_of(f"It fails\n\n{trace}")) == frames


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ValueError: no price for this item", "no price for this item"),
        ("panic: cart is already paid for", "cart is already paid for"),
        ("thread 'main' panicked at 'cart is already paid', src/a.rs:1", "cart is already paid"),
        ("** (Shop.Error) cart is already paid", "cart is already paid"),
        ("exception 'E' with message 'cart is already paid' in /a.php:3", "cart is already paid"),
        ('time="1" level=error msg="cart is already paid"', "cart is already paid"),
        ("[10:00: ERROR/Main] cart is already paid", "cart is already paid"),
        ("It says `cart is already paid` and ends.", "cart is already paid"),
        ("```\n$ shop pay\ncart is already paid here\n```", "cart is already paid here"),
    ],
)
def test_what_a_program_said(text: str, message: str) -> None:
    assert message in messages_of(f"Paying twice\n\n{text}\n")


def test_what_went_well_is_no_message() -> None:
    assert not messages_of(
        'Odd\n\ntime="1" level=info msg="saved all of the outputs"\nINFO all done'
    )


@pytest.mark.parametrize(
    "piece",
    ["#0 a.b(", 'File "a', "at a.b (", "a.b:1:", "[x] ", "**a** ", "<br ", "`a b c` ", "1.2 "],
)
def test_hostile_repetition_is_linear(piece: str) -> None:
    """Hangs where an expression backtracks."""
    for text in (piece * 10_000, f"{piece}\n" * 5_000):
        frames_of(text[:10_000])
        messages_of(text[:10_000])
