"""Words that code uses for one another: what a question says, and how programs abbreviate it.

Owns one table. It must not know how much such a word counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pairwright_analyzers.stems import stem

_GROUPS = """
delete remove drop erase discard unlink
create make new build construct generate
get fetch retrieve obtain
load read open import
set assign put
update modify change patch edit
error exception failure fault err
fail error abort
config configuration setting settings option options preference conf
authentication authenticate auth login signin credential
authorization authorize permission access acl privilege
directory dir folder
argument parameter param arg args params kwargs
function func callable fn
convert transform translate cast
serialize encode dump marshal stringify
deserialize decode parse unmarshal unpickle
parse parser tokenize lexer
start launch begin run boot spawn
stop end terminate shutdown close kill quit exit
send emit dispatch publish post push
receive accept consume recv
check verify validate ensure validator validation
find search lookup locate query
show display render print
store save persist write
storage store backend
cache memoize cached memo
limit throttle max quota rate
retry backoff reattempt attempt
url uri href link address
network connection socket net
connect connection conn
disconnect close
database db sql
message msg
request req
response resp reply res
temporary temp tmp
number num count
string str text
initialize init setup bootstrap
asynchronous async await
synchronous sync
parallel concurrent thread worker
process worker fork
lock mutex semaphore
queue fifo
expire timeout ttl expiration
timeout deadline
compress gzip zip deflate compression
decompress gunzip inflate unzip
encrypt cipher crypt encryption
hash digest checksum
random rand
compare diff equal difference
duplicate copy clone dup
merge combine join concat
split partition separate
sort order
log logging logger
notify notification alert
event signal hook callback listener
handler callback hook
schedule scheduler cron timer periodic
user account
environment env
document doc docs documentation
image picture thumbnail img
command cmd cli
execute exec run invoke call
plugin extension addon
middleware interceptor
route router routing url
template view
iterate iterator loop each
array list sequence vector
dictionary dict map mapping hash
previous prev
maximum max
minimum min
average avg mean
length size len
calculate compute calc
identifier id
attribute attr property field prop
information info
reference ref
position pos offset location
index idx
application app
administrator admin
repository repo
library lib
specification spec
source src
destination dst dest target
certificate cert ssl tls
secure ssl tls security
internationalization i18n locale translation
language locale lang
statistics stats metrics
memory mem
buffer buf
character char
context ctx
element elem el node
keyboard key shortcut hotkey keymap
mouse pointer cursor
window win
button btn
object obj
package pkg
manager mgr
server srv
client agent
session sess
token jwt
header hdr
column col
table tbl
value val
variable var
constant const
boolean bool flag
integer int
decimal float
callback cb
password passwd pwd secret
upload file multipart
download fetch
proxy forward
websocket ws socket
websockets websocket
wait sleep delay pause
join wait
monitor watch observe
watch watcher observer
change mutation
subscribe listen listener subscription
unsubscribe unlisten
wrap wrapper decorate
decorator annotation
inherit extend subclass
interface protocol trait
override overwrite
version semver
upgrade migrate migration
transaction commit rollback
format formatter pretty
colour color
behaviour behavior
centre center
style css
encoding charset codec
escape quote sanitize
unescape unquote
normalize canonical
regular regex regexp
expression expr
pattern glob wildcard regex
match matcher
filter select where
clean cleanup clear purge flush
reset clear
empty clear blank
enable on
disable off
exclude ignore skip
include allow
deny reject block forbid
warn warning
debug trace
profile profiler profiling
test spec
mock stub fake
benchmark bench perf
tree ast syntax
compile compiler build
bundle pack package
minify uglify terser compress
module package
dependency dependencies dep deps require import
resolve resolver resolution
inject injection di
container registry
register registry registration
factory builder create
pool pooling
graph network
path route
point coordinate
rectangle rect box bounds
draw paint render
drag drop dnd
select selection
scroll viewport
resize size
zoom scale
rotate rotation
animation animate transition
snapshot dump
backup restore
chunk block part
stream streaming
pipe pipeline
batch bulk
page pagination paginate paginator cursor
iterator generator
lazy deferred
future promise deferred
signal sigterm interrupt
daemon background service
health heartbeat ping
ping heartbeat keepalive
status state
terminal tty console
console cli shell
output stdout print
input stdin
"""


@cache
def _neighbours() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _GROUPS.split("\n"):
        stems = [stem(word) for word in line.split()]
        for one in stems:
            found.setdefault(one, set()).update(stems)
    return {one: frozenset(others - {one}) for one, others in found.items()}


def related_terms(term: str) -> Iterable[str]:
    """Index terms that stand for much the same as one."""
    return _neighbours().get(term, ())
