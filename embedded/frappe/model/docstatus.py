class DocStatus(int):
	"""0 draft, 1 submitted, 2 cancelled."""

	def is_draft(self) -> bool:
		return self == 0

	def is_submitted(self) -> bool:
		return self == 1

	def is_cancelled(self) -> bool:
		return self == 2

	draft = classmethod(lambda cls: cls(0))
	submitted = classmethod(lambda cls: cls(1))
	cancelled = classmethod(lambda cls: cls(2))
