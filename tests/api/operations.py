"""The operations of the API, as its own routers know them."""

from collections.abc import Sequence

from gongxiang.api.site import api
from gongxiang.api.token import Token


def operations() -> list[tuple[str, str, Token | None]]:
    """Give every operation: its method, its path, what it wants."""
    return [
        (method, path, _wanted(operation.auth_callbacks))
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]


def _wanted(callbacks: Sequence[object]) -> Token | None:
    (found,) = callbacks or (None,)
    assert found is None or isinstance(found, Token)
    return found
