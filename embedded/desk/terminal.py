"""What the commands print: progress, tables and refusals."""

import sys
import time


class Stop(Exception):
	"""A refusal with a message for the terminal, no traceback."""


class Progress:
	"""`progress(done, total, label)`: one moving line on a terminal, a line now and then elsewhere."""

	def __init__(self, stream=None):
		self.stream = stream or sys.stderr
		self.moving = self.stream.isatty()
		self.last = 0.0
		self.started = time.monotonic()

	def __call__(self, done: int, total: int | None = None, label: str = "") -> None:
		now = time.monotonic()
		pause = 0.1 if self.moving else 5
		finished = total is not None and done >= total
		if now - self.last < pause and not finished:
			return
		self.last = now
		share = f"{min(100, 100 * done // total):3d} %" if total else f"{done:,}"
		text = f"{share}  {label}"
		self.stream.write(f"\r\033[K{text[:110]}" if self.moving else text + "\n")
		self.stream.flush()

	def done(self, text: str) -> None:
		seconds = time.monotonic() - self.started
		self.stream.write(("\r\033[K" if self.moving else "") + f"{text} ({seconds:.1f} s)\n")


def table(rows: list[tuple], headings: tuple) -> None:
	if not rows:
		return
	lines = [tuple(str(cell) for cell in row) for row in ([headings] if any(headings) else []) + list(rows)]
	widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
	for line in lines:
		print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
