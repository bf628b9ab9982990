"""The types of Go's values and variables, as they are written; "" where they are not known.

Pure functions of syntax trees. Where a name is declared is asked of the caller. Of the standard
library only what is met everywhere is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.values import Declared, DeclaredHook

if TYPE_CHECKING:
    from tree_sitter import Node

_LITERALS = {
    "int_literal": "int",
    "float_literal": "float64",
    "imaginary_literal": "complex128",
    "rune_literal": "rune",
    "interpreted_string_literal": "string",
    "raw_string_literal": "string",
    "true": "bool",
    "false": "bool",
    "iota": "int",
}
_BASIC = frozenset(
    {
        "bool",
        "byte",
        "complex64",
        "complex128",
        "error",
        "float32",
        "float64",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "rune",
        "string",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "uintptr",
        "any",
        "comparable",
    }
)
_TRUTHS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_UNTYPED = frozenset({"int_literal", "float_literal", "rune_literal", "imaginary_literal"})
_LIBRARY = {
    "bufio.NewReader": "*bufio.Reader",
    "bufio.NewScanner": "*bufio.Scanner",
    "bufio.NewWriter": "*bufio.Writer",
    "bytes.Contains": "bool",
    "bytes.NewBuffer": "*bytes.Buffer",
    "bytes.NewBufferString": "*bytes.Buffer",
    "bytes.NewReader": "*bytes.Reader",
    "bytes.TrimSpace": "[]byte",
    "context.Background": "context.Context",
    "context.TODO": "context.Context",
    "context.WithCancel": "context.Context,context.CancelFunc",
    "context.WithTimeout": "context.Context,context.CancelFunc",
    "context.WithValue": "context.Context",
    "errors.As": "bool",
    "errors.Is": "bool",
    "errors.New": "error",
    "filepath.Abs": "string,error",
    "filepath.Base": "string",
    "filepath.Dir": "string",
    "filepath.Ext": "string",
    "filepath.Join": "string",
    "filepath.Rel": "string,error",
    "fmt.Errorf": "error",
    "fmt.Sprint": "string",
    "fmt.Sprintf": "string",
    "fmt.Sprintln": "string",
    "http.Get": "*http.Response,error",
    "http.NewRequest": "*http.Request,error",
    "http.NewRequestWithContext": "*http.Request,error",
    "http.NewServeMux": "*http.ServeMux",
    "io.ReadAll": "[]byte,error",
    "io.Copy": "int64,error",
    "json.Marshal": "[]byte,error",
    "json.MarshalIndent": "[]byte,error",
    "json.NewDecoder": "*json.Decoder",
    "json.NewEncoder": "*json.Encoder",
    "json.Unmarshal": "error",
    "math.Abs": "float64",
    "math.Ceil": "float64",
    "math.Floor": "float64",
    "math.Max": "float64",
    "math.Min": "float64",
    "math.Pow": "float64",
    "math.Sqrt": "float64",
    "net.Listen": "net.Listener,error",
    "os.Create": "*os.File,error",
    "os.Getenv": "string",
    "os.Getwd": "string,error",
    "os.LookupEnv": "string,bool",
    "os.MkdirTemp": "string,error",
    "os.Open": "*os.File,error",
    "os.OpenFile": "*os.File,error",
    "os.ReadDir": "[]os.DirEntry,error",
    "os.ReadFile": "[]byte,error",
    "os.Stat": "os.FileInfo,error",
    "os.WriteFile": "error",
    "path.Base": "string",
    "path.Join": "string",
    "reflect.TypeOf": "reflect.Type",
    "reflect.ValueOf": "reflect.Value",
    "regexp.Compile": "*regexp.Regexp,error",
    "regexp.MustCompile": "*regexp.Regexp",
    "strconv.Atoi": "int,error",
    "strconv.FormatInt": "string",
    "strconv.Itoa": "string",
    "strconv.ParseBool": "bool,error",
    "strconv.ParseFloat": "float64,error",
    "strconv.ParseInt": "int64,error",
    "strconv.ParseUint": "uint64,error",
    "strconv.Quote": "string",
    "strings.Contains": "bool",
    "strings.Count": "int",
    "strings.Cut": "string,string,bool",
    "strings.EqualFold": "bool",
    "strings.Fields": "[]string",
    "strings.HasPrefix": "bool",
    "strings.HasSuffix": "bool",
    "strings.Index": "int",
    "strings.Join": "string",
    "strings.LastIndex": "int",
    "strings.NewReader": "*strings.Reader",
    "strings.NewReplacer": "*strings.Replacer",
    "strings.Repeat": "string",
    "strings.Replace": "string",
    "strings.ReplaceAll": "string",
    "strings.Split": "[]string",
    "strings.SplitN": "[]string",
    "strings.Title": "string",
    "strings.ToLower": "string",
    "strings.ToUpper": "string",
    "strings.Trim": "string",
    "strings.TrimLeft": "string",
    "strings.TrimPrefix": "string",
    "strings.TrimRight": "string",
    "strings.TrimSpace": "string",
    "strings.TrimSuffix": "string",
    "time.Now": "time.Time",
    "time.Parse": "time.Time,error",
    "time.ParseDuration": "time.Duration,error",
    "time.Since": "time.Duration",
    "time.Until": "time.Duration",
    "url.Parse": "*url.URL,error",
}
"""What functions of the standard library give back, their results with commas between."""
_CONSTANTS = {
    "time.Nanosecond": "time.Duration",
    "time.Microsecond": "time.Duration",
    "time.Millisecond": "time.Duration",
    "time.Second": "time.Duration",
    "time.Minute": "time.Duration",
    "time.Hour": "time.Duration",
    "os.Args": "[]string",
    "os.Stdin": "*os.File",
    "os.Stdout": "*os.File",
    "os.Stderr": "*os.File",
    "math.Pi": "float64",
}
_METHODS = {
    ("error", "Error"): "string",
    ("*bufio.Scanner", "Text"): "string",
    ("*bufio.Scanner", "Scan"): "bool",
    ("*bufio.Scanner", "Bytes"): "[]byte",
    ("*bufio.Reader", "ReadString"): "string,error",
    ("*bytes.Buffer", "String"): "string",
    ("*bytes.Buffer", "Bytes"): "[]byte",
    ("bytes.Buffer", "String"): "string",
    ("bytes.Buffer", "Bytes"): "[]byte",
    ("strings.Builder", "String"): "string",
    ("time.Time", "Sub"): "time.Duration",
    ("time.Time", "Add"): "time.Time",
    ("time.Time", "Unix"): "int64",
    ("time.Time", "Format"): "string",
    ("time.Duration", "Seconds"): "float64",
    ("context.Context", "Err"): "error",
    ("*regexp.Regexp", "FindStringSubmatch"): "[]string",
    ("*regexp.Regexp", "FindString"): "string",
    ("*regexp.Regexp", "MatchString"): "bool",
    ("*regexp.Regexp", "ReplaceAllString"): "string",
    ("*http.Request", "Context"): "context.Context",
    ("*http.Request", "FormValue"): "string",
}
_NAMES = {"err": "error", "ok": "bool"}
"""Variables whose names say what they are by convention, where nothing else does."""
_QUALIFIED = re.compile(r"(?<![\w.])([A-Z]\w*)(?![\w.])")


def type_of(node: Node, text: bytes, declared: DeclaredHook) -> str:
    """`Values.type_of` of Go: the type of the first result of a call with several."""
    found = types_of(node, text, declared)
    return found[0] if len(found) == 1 else ""


def types_of(node: Node, text: bytes, declared: DeclaredHook) -> tuple[str, ...]:
    """The types of what an expression gives: several for a call with several results."""
    kind = node.type
    if kind == "call_expression":
        return _results_of_call(node, text, declared)
    found = _single(node, text, declared)
    return (found,) if found else ()


def _single(node: Node, text: bytes, declared: DeclaredHook) -> str:
    kind = node.type
    if kind in _LITERALS:
        return _LITERALS[kind]
    if kind == "composite_literal":
        return spelled(node.child_by_field_name("type"), text)
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return type_of(node.named_children[0], text, declared)
    if kind == "unary_expression":
        return _unary(node, text, declared)
    if kind == "binary_expression":
        return _binary(node, text, declared)
    if kind in ("type_assertion_expression", "type_conversion_expression"):
        return spelled(node.child_by_field_name("type"), text)
    if kind == "func_literal":
        parameters = spelled(node.child_by_field_name("parameters"), text)
        result = spelled(node.child_by_field_name("result"), text)
        return f"func{parameters} {result}".strip()
    if kind == "index_expression":
        operand = node.child_by_field_name("operand")
        return _item(type_of(operand, text, declared)) if operand is not None else ""
    if kind == "slice_expression":
        operand = node.child_by_field_name("operand")
        held = type_of(operand, text, declared) if operand is not None else ""
        return re.sub(r"^\[\d+\]", "[]", held)
    if kind == "selector_expression":
        return _member(node, text, declared)
    if kind == "identifier":
        found = declared(node)
        return type_of_name(found.name, found.text, declared) if found is not None else ""
    return ""


def _unary(node: Node, text: bytes, declared: DeclaredHook) -> str:
    operator = node.child_by_field_name("operator")
    operand = node.child_by_field_name("operand")
    if operator is None or operand is None:
        return ""
    inner = type_of(operand, text, declared)
    if operator.type == "!":
        return "bool"
    if operator.type == "&":
        return f"*{inner}" if inner else ""
    if operator.type == "*":
        return inner[1:] if inner.startswith("*") else ""
    if operator.type == "<-":
        return re.sub(r"^(<-)?chan ", "", inner) if "chan " in inner else ""
    return inner


def _binary(node: Node, text: bytes, declared: DeclaredHook) -> str:
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return ""
    if operator.type in _TRUTHS:
        return "bool"
    first, second = type_of(left, text, declared), type_of(right, text, declared)
    if operator.type in ("<<", ">>"):
        return first
    if _is_untyped(left) and not _is_untyped(right):
        return second
    if _is_untyped(right) and not _is_untyped(left):
        return first
    if first == second:
        return first
    if not (_is_untyped(left) and _is_untyped(right)):
        return first or second
    return "float64" if "float64" in (first, second) else first


def _is_untyped(node: Node) -> bool:
    if node.type in _UNTYPED:
        return True
    inner = ("binary_expression", "unary_expression", "parenthesized_expression")
    return node.type in inner and all(_is_untyped(one) for one in node.named_children)


def _item(held: str) -> str:
    """What one index of a collection gives."""
    if held in ("string",):
        return "byte"
    held = held.lstrip("*")
    if held.startswith("map["):
        return held[_closing(held, 3) + 1 :]
    if held.startswith("["):
        return held[_closing(held, 0) + 1 :]
    return ""


def _key(held: str) -> str:
    held = held.lstrip("*")
    if held.startswith("map["):
        return held[4 : _closing(held, 3)]
    return "int" if held.startswith("[") or held == "string" else ""


def _closing(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += {"[": 1, "]": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text) - 1


def _member(node: Node, text: bytes, declared: DeclaredHook) -> str:
    name = node.child_by_field_name("field")
    operand = node.child_by_field_name("operand")
    if name is None or operand is None:
        return ""
    constant = _CONSTANTS.get(spelled(node, text))
    if constant:
        return constant
    found = declared(name)
    if found is None:
        return ""
    parent = found.name.parent
    if parent is None:
        return ""
    written = ""
    if parent.type in ("field_declaration", "var_spec", "const_spec"):
        written = spelled(parent.child_by_field_name("type"), found.text)
        if not written and parent.type != "field_declaration":
            written = type_of_name(found.name, found.text, declared)
    return _qualified(written, _package(operand, text, declared))


def _package(operand: Node, text: bytes, declared: DeclaredHook) -> str:
    """The package that a member's names are relative to, as this file names it; "" for its own."""
    held = type_of(operand, text, declared)
    if held:
        match = re.match(r"[*\[\]]*(\w+)\.\w", held)
        return match.group(1) if match else ""
    if operand.type == "identifier" and declared(operand) is None:
        return spelled(operand, text)
    return ""


def _qualified(written: str, package: str) -> str:
    return _QUALIFIED.sub(rf"{package}.\1", written) if package else written


def _results_of_call(node: Node, text: bytes, declared: DeclaredHook) -> tuple[str, ...]:
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None:
        return ()
    name = spelled(function, text)
    listed = arguments.named_children if arguments is not None else []
    if name in _BASIC:
        return (name,)
    if name in ("len", "cap", "copy"):
        return ("int",)
    if name in ("make", "new") and listed:
        held = spelled(listed[0], text)
        return (held if name == "make" else f"*{held}",)
    if name == "append" and listed:
        held = type_of(listed[0], text, declared)
        return (held,) if held else ()
    if name in ("min", "max") and listed:
        held = type_of(listed[0], text, declared)
        return (held,) if held else ()
    if name in _LIBRARY:
        return tuple(_LIBRARY[name].split(","))
    if function.type == "parenthesized_expression" and function.named_child_count == 1:
        inner = function.named_children[0]
        if inner.type in ("unary_expression", "pointer_type", "array_type"):
            return (spelled(inner, text),)
    if function.type == "func_literal":
        return results_of(function, text)
    called = function.child_by_field_name("field") or function
    operand = function.child_by_field_name("operand")
    if operand is not None:
        known = _METHODS.get((type_of(operand, text, declared), spelled(called, text)))
        if known:
            return tuple(known.split(","))
    if called.type not in ("identifier", "field_identifier"):
        return ()
    found = declared(called)
    if found is None:
        return ()
    return _declared_results(found, function, text, declared)


def _declared_results(
    found: Declared, function: Node, text: bytes, declared: DeclaredHook
) -> tuple[str, ...]:
    holder = found.name.parent
    if holder is None:
        return ()
    if holder.type == "type_spec":
        # A conversion to a type of the program.
        return (spelled(function, text),)
    package = ""
    operand = function.child_by_field_name("operand")
    if operand is not None:
        package = _package(operand, text, declared)
    if holder.type in ("function_declaration", "method_declaration", "method_elem", "method_spec"):
        if holder.child_by_field_name("type_parameters") is not None:
            return ()
        return tuple(_qualified(one, package) for one in results_of(holder, found.text))
    held = type_of_name(found.name, found.text, declared)
    if held.startswith("func("):
        at = held.find(")")
        return (held[at + 1 :].strip(),) if held[at + 1 :].strip() else ()
    return ()


def results_of(function: Node, text: bytes) -> tuple[str, ...]:
    """The types of a function's results."""
    result = function.child_by_field_name("result")
    if result is None:
        return ()
    if result.type != "parameter_list":
        return (spelled(result, text),)
    found: list[str] = []
    for one in result.named_children:
        if one.type != "parameter_declaration":
            continue
        count = max(1, len(one.children_by_field_name("name")))
        found += [spelled(one.child_by_field_name("type"), text)] * count
    return tuple(found)


def type_of_name(name: Node, text: bytes, declared: DeclaredHook) -> str:
    """The type of a variable, by its name where it is declared."""
    found = _type_of_name(name, text, declared)
    return found or _NAMES.get(spelled(name, text), "")


def _type_of_name(name: Node, text: bytes, declared: DeclaredHook) -> str:
    parent = name.parent
    if parent is None:
        return ""
    if parent.type == "parameter_declaration":
        return spelled(parent.child_by_field_name("type"), text)
    if parent.type == "variadic_parameter_declaration":
        return f"[]{spelled(parent.child_by_field_name('type'), text)}"
    if parent.type in ("var_spec", "const_spec"):
        written = spelled(parent.child_by_field_name("type"), text)
        if written:
            return written
        names = parent.children_by_field_name("name")
        value = parent.child_by_field_name("value")
        return _nth(names, name, value, text, declared)
    if parent.type != "expression_list" or parent.parent is None:
        return ""
    holder = parent.parent
    names = parent.named_children
    if holder.type == "range_clause":
        return _ranged(holder, names, name, text, declared)
    if holder.type == "type_switch_statement":
        return ""
    if holder.type in ("short_var_declaration", "assignment_statement", "receive_statement"):
        right = holder.child_by_field_name("right")
        if right is not None and right.type != "expression_list":
            held = type_of(right, text, declared)
            return held if names[0] == name else "bool"
        return _nth(names, name, right, text, declared)
    return ""


def _nth(
    names: list[Node],
    name: Node,
    values: Node | None,
    text: bytes,
    declared: DeclaredHook,
) -> str:
    if values is None or name not in names:
        return ""
    at = names.index(name)
    listed = values.named_children
    if len(listed) == len(names):
        return type_of(listed[at], text, declared)
    if len(listed) != 1:
        return ""
    value = listed[0]
    if value.type in ("index_expression", "type_assertion_expression", "unary_expression"):
        return "bool" if at == 1 else type_of(value, text, declared)
    found = types_of(value, text, declared)
    return found[at] if len(found) == len(names) else ""


def _ranged(
    clause: Node, names: list[Node], name: Node, text: bytes, declared: DeclaredHook
) -> str:
    right = clause.child_by_field_name("right")
    held = type_of(right, text, declared) if right is not None else ""
    if not held or name not in names:
        return ""
    if held == "int" or "chan " in held[:7]:
        return "int" if held == "int" else re.sub(r"^(<-)?chan ", "", held)
    if names.index(name) == 0:
        return _key(held)
    return "rune" if held == "string" else _item(held)


# What is changed where it stands.

_CHANGED_BY_METHODS = frozenset(["bytes.Buffer", "strings.Builder"])


def changes_in_place(name: Node, text: bytes, declared: DeclaredHook) -> bool:
    """`Shapes.changes_in_place` of Go: a field or item of a value is assigned, or its address is
    taken, by `&` or by a method.
    """
    parent = name.parent
    if parent is None:
        return False
    operator = parent.child_by_field_name("operator")
    if parent.type == "unary_expression" and operator is not None and operator.type == "&":
        return True
    if parent.type not in ("selector_expression", "index_expression"):
        return False
    if parent.child_by_field_name("operand") != name:
        return False
    found = declared(name)
    held = type_of_name(found.name, found.text, declared) if found is not None else ""
    if held.startswith(("*", "[]", "map[", "chan", "<-chan", "func")):
        return False
    if parent.type == "index_expression":
        return held.startswith("[") and _is_assigned(parent)
    if _is_assigned(parent):
        return True
    around = parent.parent
    if around is None or around.type != "call_expression":
        return False
    if held in _CHANGED_BY_METHODS:
        return True
    member = parent.child_by_field_name("field")
    method = declared(member) if member is not None else None
    holder = method.name.parent if method is not None else None
    if method is None or holder is None or holder.type != "method_declaration":
        return False
    return "*" in spelled(holder.child_by_field_name("receiver"), method.text)


def _is_assigned(place: Node) -> bool:
    current, parent = place, place.parent
    while parent is not None:
        if parent.type in ("selector_expression", "index_expression"):
            if parent.child_by_field_name("operand") != current:
                return False
        elif parent.type in ("inc_statement", "dec_statement"):
            return True
        elif parent.type == "assignment_statement":
            return parent.child_by_field_name("left") == current
        elif parent.type == "unary_expression":
            operator = parent.child_by_field_name("operator")
            return operator is not None and operator.type == "&"
        elif parent.type != "expression_list":
            return False
        current, parent = parent, parent.parent
    return False
