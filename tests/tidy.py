"""House rules that no linter knows, as functions from a source text to its offences.

An offence reads `line: what`; a clean text has none.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FUNCTION_MAX = 60
MODULE_MAX = 400
FIXED_SENTENCE = "积分不保本、不保收益"
DISHONEST = (
    *("保本", "保收益", "保息", "保底", "稳赚", "稳赢", "全返", "全额返", "返本", "只涨不跌"),
    *("零风险", "无风险", "躺赚", "必涨", "必赚", "包赚", "暴富", "上市收益", "原始股"),
    *("guaranteed return", "guaranteed profit", "risk-free", "risk free", "only rises"),
    *("principal protect", "passive income", "get rich"),
)
NAMESPACES = re.compile(r"xmlns(:\w+)?=[\"']http://www\.w3\.org/[^\"']*[\"']")
LINKS = re.compile(r"<a\s[^>]*>")
TWO_MOMENTS = re.compile(r"clock_timestamp\(\),\s*clock_timestamp\(\) \+")
REMOTE = re.compile(r"https?://|(?:src|href)\s*=\s*[\"']//|url\(\s*[\"']?//|@import\s+[\"']//")


def money_offences(source: str) -> list[str]:
    """Find floats, Decimals and divisions; `folder / "name"` is a path and no division.

    >>> money_offences("share = amount / 2")
    ['1: / instead of //']
    """
    return [f"{line}: {what}" for line, what in sorted(_inexact(ast.parse(source)))]


def length_offences(source: str) -> list[str]:
    """Find functions and modules that are too long to read at one go."""
    lines = source.count("\n") + 1
    offences = [f"1: module of {lines} lines"] if lines > MODULE_MAX + 1 else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_MAX:
                offences.append(f"{node.lineno}: {node.name} of {length} lines")
    return offences


def act_offences(source: str, *, name: str) -> list[str]:
    """Find what an act's file offers beside the one function of its name."""
    functions = [
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_"
    ]
    return [] if functions == [name] else [f"1: offers {functions} instead of {name}"]


def docstring_offences(source: str, *, heading: str = "") -> list[str]:
    """Find a module without docstring, or without a heading in it."""
    docstring = ast.get_docstring(ast.parse(source))
    if not docstring:
        return ["1: no module docstring"]
    return [] if heading in docstring else [f"1: no {heading} in the module docstring"]


def honesty_offences(text: str) -> list[str]:
    """Find words that promise what the scheme does not give (H1), outside the fixed sentence."""
    return [
        f"{number}: {word}"
        for number, line in enumerate(text.split("\n"), start=1)
        for word in DISHONEST
        if word in line.replace(FIXED_SENTENCE, "").lower()
    ]


def remote_offences(text: str) -> list[str]:
    """Find what a page would load from elsewhere; a link to follow is nothing loaded."""
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(LINKS.sub("", NAMESPACES.sub("", text)).split("\n"), start=1)
        if REMOTE.search(line)
    ]


def lock_offences(source: str) -> list[str]:
    """Find row locks; only acts and the settlement take them, in the house's one order."""
    return [
        f"{node.lineno}: select_for_update"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update"
    ]


def moment_offences(source: str) -> list[str]:
    """Find a row that begins and ends by two looks at the clock: its life is not the rule's."""
    places = (found.start() for found in TWO_MOMENTS.finditer(source))
    return [f"{len(source[:place].splitlines())}: two moments" for place in places]


def sources(folder: Path, *patterns: str) -> list[Path]:
    """List the files of a folder, or the file itself, that match; what is not there has none."""
    if folder.is_file():
        return [folder]
    return sorted(path for pattern in patterns for path in folder.rglob(pattern))


def _inexact(tree: ast.AST) -> Iterator[tuple[int, str]]:
    paths = {part for node in ast.walk(tree) if _is_path(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                yield node.lineno, f"{node.value!r} is a float"
            case ast.Name(id="float" | "Decimal" as name):
                yield node.lineno, name
            case ast.Attribute(attr="Decimal" | "DecimalField" | "FloatField" as name):
                yield node.lineno, name
            case ast.BinOp(op=ast.Div()) if node not in paths:
                yield node.lineno, "/ instead of //"
            case ast.AugAssign(op=ast.Div()):
                yield node.lineno, "/= instead of //="


def _is_path(node: ast.AST) -> bool:
    """Tell whether a chain of divisions has a text in it: folder / name / "data"."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if _is_text(node.left) or _is_text(node.right):
            return True
        node = node.left
    return False


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
