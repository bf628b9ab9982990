"""Words and terms: which spellings meet, which words must not, and the laws of taking apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright_analyzers.stems import stem
from pairwright_analyzers.words import MAX_WORD, STOP_WORDS, terms_of, words_of

WORDS = {
    "parseHTTPHeaders_v2": "parse http headers v2",
    "SHA_256": "sha 256",
    "sha256": "sha 256",
    "sha-256": "sha 256",
    "Sha256Digest": "sha 256 digest",
    "utf8 UTF-8": "utf 8 utf 8",
    "getX509Certificate": "get x509 certificate",
    "i18n k8s s3 p2p w3c": "i18n k8s s3 p2p w3c",
    "e2eTest E2ETest": "e2e test e2e test",
    "Vector2D point3d 2DArray": "vector 2d point 3d 2d array",
    "int32 x86_64": "int 32 x86 64",
    "userIDs toURLs": "user ids to urls",
    "OAuth2Session IPv4": "oauth 2 session ipv 4",
    "__init__ _private": "init private",
    "0xFF 404 1e10": "0xff 404 1e10",
    "naïve Émile Straße smørrebrød Łódź": "naive emile strasse smorrebrod lodz",
    "e\u0301tude ﬁle ＦＵＬＬ": "etude file full",
    "ПриветМир ёлка": "приветмир елка",
    "Άθήνα ΟΔΌΣ οδός": "αθηνα οδοσ οδοσ",
    "再試行する retry": "再試 試行 行す する retry",
    "한국어": "한국 국어",
    "ﾊﾟ 木": "パ 木",
    "हिन्दी": "हिन्दी",
    "d41d8cd98f00b204e9800998ecf8427e": "d41d8cd98f00b204e9800998ecf8427e",
    "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQ": "",
    "123456789": "",
    "testThatUploadsContinueWhenTheServerClosesTheConnection": (
        "test that uploads continue when the server closes the connection"
    ),
}


@pytest.mark.parametrize(("text", "expected"), WORDS.items())
def test_words(text: str, expected: str) -> None:
    assert words_of(text) == expected.split()


TERMS = {
    "parseHeaders": "pars header parseheader",
    "parseheaders": "parseheader",
    "the_user of a": "user theuser",
    "utf8": "utf utf8",
    "x": "",
    "木": "木",
    "one_two_three_four_five": "one two three four five",
    "msg": "messag",
}


@pytest.mark.parametrize(("text", "expected"), TERMS.items())
def test_terms(text: str, expected: str) -> None:
    assert terms_of(text) == expected.split()


MEET = """
retry retries retrying retried
cache caches caching cached
parse parser parsers parsing parsed
index indices indexes indexing indexed indexer idx
query queries querying queried
delete deletes deleted deleting deletion del
validate validates validation validator validating validators
serialize serializer serialization serializing serialized serialise serialisation serializable
config configs configuration configure configured configuring cfg
match matches matching matched matcher
stop stops stopped stopping
run runs running ran
child children
matrix matrices
property properties prop
dependency dependencies
copy copies copied copying
apply applies applied applying
encode encoder encoding encoded
write writes writing writer written wrote writable
read reads reader reading readable
handle handles handler handling handled
resolve resolver resolving resolved resolution
convert converter conversion converted
subscribe subscription subscriptions
initialize initializer initialization initialise init
authenticate authentication authenticated auth
authorize authorization authorized
allocate allocator allocation allocated
specify specifies specified specification
identify identifies identifier identification
class classes
process processes processing processed
address addresses addr
status statuses
alias aliases
analysis analyses analyze analyzer
bus buses
hash hashes hashing hashed
type types typed typing
size sizes sized sizing
queue queues queued queueing
async asynchronous asynchronously
sync synchronize synchronous synchronization synchronized
recursive recursively recursion
automatic automatically
page paginate pagination paginator
reference references referenced referencing ref
add adds added adding
message msg messages
repository repo repositories
"""

APART = """
user use
number numb
important import
header head
order ord
server serve
string sting
point pointer
letter let
matter mat
counter count
parameter meter
filter fill
author authenticate authorize
minor minimum
state status static
note not
news new
university universe
token tokenize
serial serialize
organ organize
setting set
version verse
mission miss
section sect
vector sect
mode model modern
code cod
string strings_
import improve
entity enter
contain content context
private privilege
process processor_
"""


@pytest.mark.parametrize("line", MEET.split("\n")[1:-1])
def test_words_that_meet(line: str) -> None:
    assert len({stem(word) for word in line.split()}) == 1, [stem(word) for word in line.split()]


@pytest.mark.parametrize("line", APART.split("\n")[1:-1])
def test_words_that_stay_apart(line: str) -> None:
    first, *others = (stem(word) for word in line.split())
    assert first not in others


LOWER = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)


@given(st.lists(LOWER, min_size=1, max_size=5))
def test_every_spelling_of_words_is_the_same_words(words: list[str]) -> None:
    spellings = (
        " ".join(words),
        "_".join(words),
        "-".join(words),
        "_".join(words).upper(),
        "".join(word.capitalize() for word in words),
        words[0] + "".join(word.capitalize() for word in words[1:]),
    )
    assert {tuple(words_of(spelling)) for spelling in spellings} == {tuple(words)}
    stems = [stem(word) for word in words if word not in STOP_WORDS]
    for spelling in spellings:
        found = terms_of(spelling)
        assert found[: len(stems)] == stems
        assert found[len(stems) :] in ([], [stem("".join(words))])


@given(st.lists(LOWER, min_size=2, max_size=4))
def test_an_identifier_meets_itself_in_small_letters(words: list[str]) -> None:
    whole = "".join(words)
    if len(whole) <= MAX_WORD and whole not in STOP_WORDS:
        assert stem(whole) in terms_of("_".join(words))
        assert terms_of(whole) == [stem(whole)]


@given(st.text(max_size=200), st.text(max_size=200))
def test_text_after_text_is_words_after_words(first: str, second: str) -> None:
    assert words_of(f"{first} {second}") == words_of(first) + words_of(second)
    assert terms_of(f"{first} {second}") == terms_of(first) + terms_of(second)


@given(st.text(max_size=300))
def test_words_are_small_and_without_blanks(text: str) -> None:
    for word in words_of(text):
        assert word
        assert len(word) <= MAX_WORD
        assert word == word.casefold()
        assert not any(letter.isspace() or letter == "_" for letter in word)
    assert len(terms_of(text)) <= 2 * len(words_of(text))


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=20))
def test_a_stem_is_never_empty_nor_longer(word: str) -> None:
    found = stem(word)
    assert bool(found) == bool(word)
    assert found.isalpha() or not found


@pytest.mark.parametrize("piece", ["a", "A", "a1", "Aa", "_", "日", "é", "As", "1", " ", "\u0301"])
def test_a_million_of_anything_ends(piece: str) -> None:
    assert len(words_of(piece * 1_000_000)) <= 1_000_000
    assert len(terms_of(piece * 1_000_000)) <= 2_000_000
