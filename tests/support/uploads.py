"""A small workspace to search in: what it does is said in other words than a question would use.

Owns its texts. It must not know what any test expects.
"""

from __future__ import annotations

UPLOADS = {
    "net/__init__.py": "",
    "net/retry.py": (
        "import time\n"
        "\n"
        "\n"
        "def with_backoff(call, attempts=5):\n"
        '    """Call again after a failure, waiting longer each time."""\n'
        "    for attempt in range(attempts):\n"
        "        try:\n"
        "            return call()\n"
        "        except OSError:\n"
        "            time.sleep(2**attempt)\n"
        "    raise OSError('gave up')\n"
    ),
    "net/upload.py": (
        "from net.retry import with_backoff\n"
        "\n"
        "\n"
        "class Uploader:\n"
        '    """Sends files to the store."""\n'
        "\n"
        "    def send(self, path):\n"
        '        """Transfer one file; a broken connection is tried anew."""\n'
        "        return with_backoff(lambda: self.put(path))\n"
        "\n"
        "    def put(self, path):\n"
        "        return open(path, 'rb').read()\n"
    ),
    "net/download.py": (
        "from net.retry import with_backoff\n"
        "\n"
        "\n"
        "class Downloader:\n"
        '    """Fetches files from the store."""\n'
        "\n"
        "    def fetch(self, path):\n"
        '        """Transfer one file here; a broken connection is tried anew."""\n'
        "        return with_backoff(lambda: self.get(path))\n"
        "\n"
        "    def get(self, path):\n"
        "        return open(path, 'rb').read()\n"
    ),
    "bill/price.py": (
        "def price_of(item, currency):\n"
        '    """What an item costs, taxes included."""\n'
        "    return item.net * (1 + item.tax), currency\n"
        "\n"
        "\n"
        "def grüße(name):\n"
        '    """Begrüßt jemanden auf der Rechnung."""\n'
        "    return f'Grüße, {name} 🎉'\n"
    ),
    "web/form.ts": (
        "export class UploadForm {\n"
        "  /** Asks for a file and hands it on. */\n"
        "  submit(file: File): Promise<void> {\n"
        "    return this.client.send(file);\n"
        "  }\n"
        "}\n"
    ),
    "tests/test_upload.py": (
        "from net.upload import Uploader\n"
        "\n"
        "\n"
        "def test_send():\n"
        "    assert Uploader().send('a') == b''\n"
    ),
    "README.md": (
        "# Files\n\nMoves files.\n\n## Billing\n\nPrices are in euros, with taxes in them.\n"
    ),
}
