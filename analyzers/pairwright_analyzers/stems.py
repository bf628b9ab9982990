"""Word -> stem: one spelling for what a searcher takes to be one word.

Owns the endings of English, and the words of programming that no rule reaches: irregular forms,
doers of deeds (a parser parses, a header does not head) and abbreviations. It must not know how
text comes apart into words.

The rules are those of the English stemmer of Porter (1980; "Porter2", 2001), with changes for code:
-ize stays and -ise is the same, so that `serialize` is not `serial` nor `tokenize` `token`;
-ification goes with -ify; -er, -or and -able come off known verbs only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

_SAME = """
async asynchronous asynchronously
sync synced syncing synchronous synchronously synchronize synchronizes synchronized synchronizing
sync synchronizer synchronization synchronise synchronised synchronisation
config configure configures configured configuring configurable configuration configurations
config configurator
index indices
vertex vertices
matrix matrices
child children
person people
criterion criteria
analyze analyzes analyzed analyzing analyzer analyzers analyse analysed analyser analysis analyses
alias aliases aliased aliasing
bus buses
run ran
write wrote written
build built
find found
send sent
hide hidden
bind bound
freeze froze frozen
hold held
keep kept
lose lost
make made
take taken took
throw threw thrown
break broke broken
choose chose chosen choice choices
know known knew
store storage storages
remove removal
move movement
safe safety
lazy lazily
queue queued queueing queuing queues
argue argued
argument arguments
setting settings
register registration registrations registry registries
describe description descriptions
subscribe subscription subscriptions
convert conversion conversions
invert inversion
permit permission permissions
submit submission submissions
expire expiry
expand expansion
extend extension extensions
define definition definitions
multiply multiplication
differ difference differences different
traverse traversal traversals
retrieve retrieval
hierarchy hierarchical
page paginate paginates paginated paginating pagination paginator paginators
plug plugin plugins
access accessor accessors accessible
"""

_WHOLE = "important importance importantly setting news lens"

_ABBREVIATIONS = """
message msg msgs
context ctx
request req reqs
response resp
error err errs
number num nums
string str strs
format fmt
parameter param params
argument arg args
attribute attr attrs
directory dir dirs
document doc docs
database db
environment env envs
execute exec
expression expr exprs
function fn func funcs
index idx
image img
information info
initialize init
iterate iter
length len
library lib libs
maximum max
minimum min
memory mem
object obj objs
package pkg pkgs
position pos
previous prev
property prop props
pointer ptr ptrs
reference ref refs
repository repo repos
specification spec specs
source src
destination dst dest
statement stmt stmts
temporary tmp temp
utility util utils
value val vals
variable var vars
buffer buf bufs
command cmd cmds
connection conn conns
delete del
element elem elems
header hdr hdrs
implement impl impls
password pwd passwd
permission perm perms
sequence seq seqs
separator sep
transaction tx txn
vector vec
window win
allocate alloc
calculate calc
declaration decl decls
definition def
evaluate eval
generate gen
administrator admin
application app apps
average avg
boolean bool
button btn
character char chars
column col cols
concatenate concat
current cur curr
difference diff diffs
identifier id ids
language lang langs
receive recv
random rand
server srv
service svc
token tok toks
configuration cfg conf
authenticate auth
address addr addrs
description desc
dictionary dict
integer int
compare cmp
regex regexp
"""

_VERBS = """
build compile compress connect consume convert create debug decode detect download encode execute
extract fetch find format handle hash index intercept iterate lex lint listen load log map match
merge parse publish read render resolve run scan schedule search select serialize sort split track
transform trim upload wrap write
"""

_VOWELS = frozenset("aeiouy")
_IS = re.compile(r"(?<=\w{5})is(?=(?:e|es|ed|er|ers|ing|ation|ations|ators?)$)")
_REGION = re.compile(r"[aeiouy][^aeiouy]")
_FIRST_REGIONS = ("gener", "commun", "arsen", "univers")
_SHORT = re.compile(r"(?:^|.*[^aeiouy])[aeiouy][^aeiouywx]$|^[aeiouy][^aeiouy]$")

_IFY = (("ifications", "ify"), ("ification", "ify"), ("ifiers", "ify"), ("ifier", "ify"))
_OLVE = (("olutions", "olve"), ("olution", "olve"))
_DOERS = ("abilities", "ability", "ables", "able", "ers", "ors", "er", "or")
_INFLECTIONS = ("ingly", "edly", "ing", "ed")

_SECOND = (
    ("ational", "ate"),
    ("ization", "ize"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("iveness", "ive"),
    ("tional", "tion"),
    ("biliti", "ble"),
    ("lessli", "less"),
    ("ation", "ate"),
    ("alism", "al"),
    ("aliti", "al"),
    ("ousli", "ous"),
    ("iviti", "ive"),
    ("fulli", "ful"),
    ("entli", "ent"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("abli", "able"),
    ("izer", "ize"),
    ("ator", "ate"),
    ("alli", "al"),
    ("logi", "log"),
    ("bli", "ble"),
)
_THIRD = (
    ("ational", "ate"),
    ("tional", "tion"),
    ("icate", "ic"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ness", ""),
    ("ful", ""),
)
_FOURTH = (
    ("ative", ""),
    ("ement", ""),
    ("ment", ""),
    ("ance", ""),
    ("ence", ""),
    ("able", ""),
    ("ible", ""),
    ("ant", ""),
    ("ent", ""),
    ("sion", "s"),
    ("tion", "t"),
    ("ism", ""),
    ("ate", ""),
    ("iti", ""),
    ("ous", ""),
    ("ive", ""),
    ("al", ""),
    ("ic", ""),
)


_FIRST = _IFY + _OLVE

# Most words have none of them, and a tuple is looked for at once.
_FIRST_ENDINGS = tuple(ending for ending, _ in _FIRST)
_SECOND_ENDINGS = tuple(ending for ending, _ in _SECOND)
_THIRD_ENDINGS = tuple(ending for ending, _ in _THIRD)
_FOURTH_ENDINGS = tuple(ending for ending, _ in _FOURTH)
_INFLECTED = ("ied", "eed", *_INFLECTIONS)
_DERIVED = (*_SECOND_ENDINGS, "li", *_THIRD_ENDINGS, *_FOURTH_ENDINGS, "e", "ll")


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """The stem of an English word in lower case: what `retry`, `retries` and `retrying` share.

    A word with anything but the letters a to z is its own stem.
    """
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return word
    known = _known().get(word)
    if known is not None:
        return known
    return _doer(word) or _regular(word)


@cache
def _known() -> Mapping[str, str]:
    found = {word: word for word in _WHOLE.split()}
    for line in _SAME.split("\n"):
        words = line.split()
        for word in words:
            found[word] = found.get(words[0]) or _regular(words[0])
    for line in _ABBREVIATIONS.split("\n"):
        for full, *short in (line.split(),) if line else ():
            for word in short:
                found[word] = found.get(full) or _regular(full)
    return found


@cache
def _verbs() -> frozenset[str]:
    return frozenset(_regular(word) for word in _VERBS.split())


def _doer(word: str) -> str | None:
    """The stem of the verb that a word is made from: `parser`, `allocators`, `readable`."""
    if not word.endswith(_DOERS):
        return None
    for ending in _DOERS:
        if word.endswith(ending):
            root = word[: -len(ending)]
            if len(root) < 3:
                return None
            for verb in (root, root + "e", root[:-1] if root[-1] == root[-2] else root):
                found = _regular(verb)
                if found in _verbs():
                    return _known().get(verb, found)
            return None
    return None


def _regular(word: str) -> str:
    if "is" in word:
        word = _IS.sub("iz", word)
    if word.endswith(_FIRST_ENDINGS):
        for ending, kept in _FIRST:
            if word.endswith(ending):
                word = word[: -len(ending)] + kept
                break
    if word[-1] == "s":
        word = _singular(word)
    if word.endswith(_INFLECTED):
        word = _uninflected(word)
    if len(word) > 2 and word[-1] == "y" and word[-2] not in _VOWELS:
        word = word[:-1] + "i"
    return _underived(word) if word.endswith(_DERIVED) else word


def _underived(word: str) -> str:
    first, second = _regions(word)
    if word.endswith(_SECOND_ENDINGS):
        for ending, kept in _SECOND:
            if word.endswith(ending):
                if len(word) - len(ending) >= first:
                    word = word[: -len(ending)] + kept
                break
    elif word.endswith("li") and len(word) - 2 >= first and word[-3] in "cdeghkmnrt":
        word = word[:-2]
    if word.endswith(_THIRD_ENDINGS):
        for ending, kept in _THIRD:
            if word.endswith(ending):
                if len(word) - len(ending) >= first:
                    word = word[: -len(ending)] + kept
                break
    if word.endswith(_FOURTH_ENDINGS):
        for ending, kept in _FOURTH:
            if word.endswith(ending):
                if len(word) - len(ending) + len(kept) >= second:
                    word = word[: -len(ending)] + kept
                break
    if word.endswith("e"):
        if len(word) > second or (len(word) > first and not _SHORT.match(word[:-1])):
            word = word[:-1]
    elif word.endswith("ll") and len(word) > second:
        word = word[:-1]
    return word


def _singular(word: str) -> str:
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith(("xes", "ches", "shes", "zzes")):
        return word[:-2]
    return word[:-1] if any(letter in _VOWELS for letter in word[:-2]) else word


def _uninflected(word: str) -> str:
    if word.endswith("ied"):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("eed"):
        return word
    for ending in _INFLECTIONS:
        if word.endswith(ending):
            root = word[: -len(ending)]
            if not any(letter in _VOWELS for letter in root):
                return word
            if root.endswith(("at", "bl", "iz", "nc")):
                return root + "e"
            if len(root) > 3 and root[-1] == root[-2] and root[-1] in "bdfgmnprt":
                return root[:-1]
            if _SHORT.match(root) and _regions(root)[0] >= len(root):
                return root + "e"
            return root
    return word


def _regions(word: str) -> tuple[int, int]:
    """Porter's R1 and R2: behind the first consonant that follows a vowel, and once more."""
    found = None if word.startswith(_FIRST_REGIONS) else _REGION.search(word)
    if found is not None:
        first = found.end()
    else:
        first = next((len(each) for each in _FIRST_REGIONS if word.startswith(each)), len(word))
    found = _REGION.search(word, first)
    return first, found.end() if found is not None else len(word)
