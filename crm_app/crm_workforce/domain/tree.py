"""Trees given as {node: parent}; a parent of None or "" is a root."""

from collections import defaultdict


def ancestors(parents: dict[str, str | None], node: str) -> list[str]:
	"""From the parent of `node` up to the root; stops where a cycle would begin again."""
	path, current = [], parents.get(node)
	while current and current not in path:
		path.append(current)
		current = parents.get(current)
	return path


def closes_cycle(parents: dict[str, str | None], node: str, parent: str | None) -> bool:
	"""Would `node` under `parent` be its own ancestor?"""
	return bool(parent) and (parent == node or node in ancestors(parents, parent))


def descendants(parents: dict[str, str | None], roots: set[str]) -> set[str]:
	"""Every node under one of `roots`, without the roots (unless one lies under another)."""
	children = defaultdict(list)
	for node, parent in parents.items():
		if parent:
			children[parent].append(node)
	found, queue = set(), list(roots)
	while queue:
		fresh = [child for child in children[queue.pop()] if child not in found]
		found.update(fresh)
		queue.extend(fresh)
	return found
