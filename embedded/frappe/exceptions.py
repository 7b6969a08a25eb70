"""Frappe's exception classes, with the HTTP status that REST answers for each."""


def _subclass(names: str, base: type, status: int | None = None):
	for name in names.split():
		members = {"__module__": __name__}
		if status:
			members["http_status_code"] = status
		globals()[name] = type(name, (base,), members)


class ValidationError(Exception):
	http_status_code = 417


class InvalidValue(ValidationError, ValueError):
	"""What a caller sent cannot be read: broken JSON, an unknown choice, a number that no column holds."""

	http_status_code = 400


class FrappeTypeError(TypeError):
	http_status_code = 417


class SessionStopped(Exception):
	http_status_code = 503


class NotInHost(NotImplementedError, AttributeError):
	"""A name of Frappe that this host does not have."""

	http_status_code = 501


_subclass("AuthenticationError", Exception, 401)
_subclass("SessionExpired SessionBootFailed", Exception, 401)
_subclass("PermissionError", Exception, 403)
_subclass("DoesNotExistError", ValidationError, 404)
_subclass("PageDoesNotExistError", ValidationError, 404)
_subclass("NameError", Exception, 409)
_subclass("OutgoingEmailError UnknownDomainError InvalidColumnName IncorrectSitePath", Exception)
_subclass("UnsupportedMediaType", Exception, 415)
_subclass("Redirect", Exception, 301)
_subclass("CSRFTokenError", Exception, 400)
_subclass("TooManyRequestsError", Exception, 429)
_subclass("RateLimitExceededError", ValidationError, 429)
_subclass("DuplicateEntryError", globals()["NameError"])
_subclass("ImplicitCommitError QueryTimeoutError QueryDeadlockError", Exception, 500)
_subclass("SecurityException", Exception, 417)
_subclass(
	"DataError MappingMismatchError InvalidStatusError MandatoryError NonNegativeError InvalidSignatureError "
	"CannotChangeConstantError CharacterLengthExceededError UpdateAfterSubmitError LinkValidationError "
	"CancelledLinkError DocstatusTransitionError TimestampMismatchError EmptyTableError LinkExistsError "
	"InvalidEmailAddressError InvalidNameError InvalidPhoneNumberError UniqueValidationError "
	"AppNotInstalledError InvalidDates DataTooLongException AttachmentLimitReached "
	"RetryBackgroundJobError DocumentLockedError CircularLinkingError MaxFileSizeReachedError",
	ValidationError,
)
